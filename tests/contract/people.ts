import { randomUUID } from 'node:crypto'
import type { Session, SupabaseClient, User } from '@supabase/supabase-js'
import { createSupabase } from '../../core/supabase/client'
import type { Project } from './project'

export const password = 'correct horse battery'
export const freshEmail = () => `${randomUUID()}@school.edu`

/** Somebody who has just signed up, and is signed in. */
export interface Person {
  supabase: SupabaseClient
  email: string
  user: User
  session: Session
}

/** Throws where sign-up is refused. */
export async function signUp(project: Project, data?: object): Promise<Person> {
  const email = freshEmail()
  const supabase = createSupabase({ url: project.url, key: project.publishableKey })
  const answer = await supabase.auth.signUp({ email, password, options: { data } })
  if (answer.error) throw answer.error
  if (!answer.data.user || !answer.data.session) throw new Error('Sign-up gives no session.')
  return { supabase, email, user: answer.data.user, session: answer.data.session }
}
