import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createSupabase } from '../../core/supabase/client'
import { createUsers } from '../../core/supabase/users'
import { testEngines } from '../factories/database'
import { freshEmail, password, signUp } from './people'
import { openProject, type EmbeddedProject } from './project'

/** The database refuses an address; the embedded Auth says so in words. Elsewhere it would be a 500 without any. */
describe.each(await testEngines())(
  'addresses of embedded auth while only .edu may sign up, on %s',
  (engine) => {
    let project: EmbeddedProject
    const allow = (value: boolean) =>
      project.database.asOwner((trx) =>
        sql`update public.system_settings set value = ${JSON.stringify(value)}::jsonb
        where key = 'allow_non_edu_emails'`.execute(trx),
      )
    beforeAll(async () => {
      project = await openProject(engine)
      await allow(false)
    })
    afterAll(() => project?.close())

    const elsewhere = () => `${randomUUID()}@company.com`
    const client = () => createSupabase({ url: project.url, key: project.publishableKey })
    const refused = {
      status: 422,
      code: 'email_address_not_authorized',
      message: 'Only addresses that end in .edu may sign up. Use the address that your school gave you.',
    }

    test('a sign-up with another is refused, and leaves nothing behind', async () => {
      const email = elsewhere()
      expect((await client().auth.signUp({ email, password })).error).toMatchObject(refused)
      expect((await client().auth.signInWithPassword({ email, password })).error?.code).toBe(
        'invalid_credentials',
      )
    })

    test('a person does not change to another', async () => {
      const { supabase, email } = await signUp(project)
      expect((await supabase.auth.updateUser({ email: elsewhere() })).error).toMatchObject(refused)
      expect((await supabase.auth.getUser()).data.user?.email).toBe(email)
      expect((await supabase.auth.updateUser({ email: freshEmail() })).error).toBeNull()
    })

    test('the host makes no account with another, and knows why', async () => {
      const users = createUsers(createSupabase({ url: project.url, key: project.secretKey }))
      await expect(users.create({ email: elsewhere(), password })).rejects.toMatchObject({
        code: 'BAD_REQUEST',
        message: refused.message,
      })
    })

    test('once all may, all can', async () => {
      await allow(true)
      expect((await client().auth.signUp({ email: elsewhere(), password })).error).toBeNull()
      await allow(false)
    })
  },
)
