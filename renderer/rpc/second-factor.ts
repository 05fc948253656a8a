import type { AuthError } from '@supabase/supabase-js'
import type { SessionStore } from './session'

/** A second factor that works: an authenticator app that has given a right code once. */
export interface SecondFactor {
  id: string
  name: string
  addedAt: Date
}

/** What an authenticator app needs to begin: a picture to scan (a data address), or the same as text. */
export interface Enrolment {
  factorId: string
  picture: string
  secret: string
}

const defaultName = 'Authenticator app'

/** The person's second factors, the oldest first. Throws what the session explains of Supabase's AuthError, as all of these do. */
export async function listSecondFactors(session: SessionStore): Promise<SecondFactor[]> {
  const { totp } = unwrap(session, await session.supabase().auth.mfa.listFactors())
  return totp.map(({ id, friendly_name, created_at }) => ({
    id,
    name: friendly_name || defaultName,
    addedAt: new Date(created_at),
  }))
}

/** Begins with another authenticator app. What was begun and never finished is taken back first. */
export async function beginEnrolment(session: SessionStore): Promise<Enrolment> {
  const { all } = unwrap(session, await session.supabase().auth.mfa.listFactors())
  for (const { id } of all.filter(({ status }) => status !== 'verified')) {
    await session.supabase().auth.mfa.unenroll({ factorId: id })
  }
  const taken = new Set(all.map(({ friendly_name }) => friendly_name))
  let friendlyName = defaultName
  for (let number = 2; taken.has(friendlyName); number += 1) friendlyName = `${defaultName} ${number}`
  const { id, totp } = unwrap(
    session,
    await session.supabase().auth.mfa.enroll({ factorType: 'totp', friendlyName, issuer: 'Semblance' }),
  )
  return { factorId: id, picture: totp.qr_code, secret: totp.secret }
}

/** Shows the code of a factor; the session counts as opened with a second factor from then on. */
export async function showCode(session: SessionStore, factorId: string, code: string): Promise<void> {
  unwrap(session, await session.supabase().auth.mfa.challengeAndVerify({ factorId, code }))
}

/** Removes a factor, and renews the session, which may count for less now. */
export async function removeSecondFactor(session: SessionStore, factorId: string): Promise<void> {
  unwrap(session, await session.supabase().auth.mfa.unenroll({ factorId }))
  unwrap(session, await session.supabase().auth.refreshSession())
}

function unwrap<T>(
  session: SessionStore,
  { data, error }: { data: T; error: AuthError | null },
): NonNullable<T> {
  if (error) throw session.explain(error)
  if (data === null || data === undefined) throw new Error('The sign-in service gave an empty answer.')
  return data
}
