import { randomUUID } from 'node:crypto'
import type { SupabaseClient } from '@supabase/supabase-js'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createSupabase } from '../../core/supabase/client'
import { codeOf, wrongCodeOf } from './codes'
import { password, signUp } from './people'
import { openTestProject, testProjects, type Project } from './project'

const projects = await testProjects()

/** What Semblance needs of second factors, asked through supabase-js. Nothing here knows who answers. */
describe.each(projects)('second factors of auth, on %s', (which) => {
  let project: Project
  beforeAll(async () => {
    project = await openTestProject(which)
  })
  afterAll(() => project?.close())

  const client = () => createSupabase({ url: project.url, key: project.publishableKey })
  const service = () => createSupabase({ url: project.url, key: project.secretKey })

  async function enroll(supabase: SupabaseClient, friendlyName = 'Phone') {
    const { data, error } = await supabase.auth.mfa.enroll({
      factorType: 'totp',
      friendlyName,
      issuer: 'Semblance',
    })
    if (error) throw error
    return { factorId: data.id, secret: data.totp.secret, data }
  }

  /** Somebody with a factor that has been verified, in a session of aal2. */
  async function enrolled() {
    const person = await signUp(project)
    const { factorId, secret } = await enroll(person.supabase)
    const answer = await person.supabase.auth.mfa.challengeAndVerify({ factorId, code: codeOf(secret) })
    if (answer.error) throw answer.error
    return { ...person, factorId, secret }
  }

  /** By password alone. A code is taken once: within half a minute it takes the one after it to go further. */
  async function signInAgain(person: { email: string; factorId: string; secret: string }) {
    const supabase = client()
    const { error } = await supabase.auth.signInWithPassword({ email: person.email, password })
    if (error) throw error
    return supabase
  }

  const levels = async (supabase: SupabaseClient) =>
    (await supabase.auth.mfa.getAuthenticatorAssuranceLevel()).data
  const methods = async (supabase: SupabaseClient) => {
    const { data } = await supabase.auth.getClaims()
    return (data?.claims.amr as { method: string }[]).map(({ method }) => method)
  }

  test('enrolment gives a picture, a secret and an address that belong together', async () => {
    const { supabase, email } = await signUp(project)
    const { data } = await enroll(supabase)
    expect(data).toMatchObject({ type: 'totp', friendly_name: 'Phone' })
    expect(data.totp.secret).toMatch(/^[A-Z2-7]{32}$/)
    const uri = new URL(data.totp.uri)
    expect(uri.searchParams.get('secret')).toBe(data.totp.secret)
    expect(uri.searchParams.get('issuer')).toBe('Semblance')
    expect(decodeURIComponent(uri.pathname)).toContain(email)
    // The client puts it into an address without encoding it: a "#" would cut it off.
    expect(data.totp.qr_code).toMatch(/^data:image\/svg\+xml;utf-8,[^#]*<svg[^#]*<\/svg>\s*$/s)
  })

  test('a factor counts once its first code is right', async () => {
    const { supabase } = await signUp(project)
    const { factorId, secret } = await enroll(supabase)
    expect((await supabase.auth.mfa.listFactors()).data).toMatchObject({
      all: [{ id: factorId, status: 'unverified', factor_type: 'totp', friendly_name: 'Phone' }],
      totp: [],
    })
    await supabase.auth.refreshSession()
    expect(await levels(supabase)).toMatchObject({ currentLevel: 'aal1', nextLevel: 'aal1' })
    const challenge = await supabase.auth.mfa.challenge({ factorId })
    expect(challenge.data).toMatchObject({ type: 'totp', id: expect.any(String) as string })
    expect(challenge.data!.expires_at).toBeGreaterThan(Date.now() / 1000)
    const { data, error } = await supabase.auth.mfa.verify({
      factorId,
      challengeId: challenge.data!.id,
      code: codeOf(secret),
    })
    expect(error).toBeNull()
    expect(data).toMatchObject({ token_type: 'bearer', expires_in: 3600 })
    expect((await supabase.auth.mfa.listFactors()).data?.totp).toMatchObject([
      { id: factorId, status: 'verified' },
    ])
    expect(await levels(supabase)).toMatchObject({ currentLevel: 'aal2', nextLevel: 'aal2' })
    expect(await methods(supabase)).toEqual(['totp', 'password'])
  })

  test('the session goes on under its name, and a refresh keeps what it has reached', async () => {
    const { supabase, session } = await enrolled()
    const sessionOf = (token: string) =>
      (JSON.parse(Buffer.from(token.split('.')[1], 'base64url').toString()) as { session_id: string })
        .session_id
    const { data } = await supabase.auth.refreshSession()
    expect(sessionOf(data.session!.access_token)).toBe(sessionOf(session.access_token))
    expect(await levels(supabase)).toMatchObject({ currentLevel: 'aal2', nextLevel: 'aal2' })
    expect(await methods(supabase)).toEqual(['totp', 'password'])
  })

  test('a new sign-in begins with the password alone and knows what is missing', async () => {
    const person = await enrolled()
    const supabase = await signInAgain(person)
    expect(await levels(supabase)).toMatchObject({ currentLevel: 'aal1', nextLevel: 'aal2' })
    expect(await methods(supabase)).toEqual(['password'])
    const right = await supabase.auth.mfa.challengeAndVerify({
      factorId: person.factorId,
      code: codeOf(person.secret, new Date(), 1),
    })
    expect(right.error).toBeNull()
    expect(await levels(supabase)).toMatchObject({ currentLevel: 'aal2', nextLevel: 'aal2' })
  })

  test('other sessions that have shown no second factor end', async () => {
    const person = await signUp(project)
    const other = client()
    await other.auth.signInWithPassword({ email: person.email, password })
    const { factorId, secret } = await enroll(person.supabase)
    await person.supabase.auth.mfa.challengeAndVerify({ factorId, code: codeOf(secret) })
    expect((await other.auth.getUser()).data.user).toBeNull()
    expect((await person.supabase.auth.getUser()).data.user?.id).toBe(person.user.id)
  })

  test('a wrong code is refused and changes nothing', async () => {
    const person = await enrolled()
    const supabase = await signInAgain(person)
    const wrong = await supabase.auth.mfa.challengeAndVerify({
      factorId: person.factorId,
      code: wrongCodeOf(person.secret),
    })
    expect(wrong.error).toMatchObject({ status: 422, code: 'mfa_verification_failed' })
    expect(await levels(supabase)).toMatchObject({ currentLevel: 'aal1', nextLevel: 'aal2' })
  })

  test('a challenge of nobody, and a factor of another person, are not there', async () => {
    const person = await enrolled()
    const { supabase } = await signUp(project)
    const foreign = await supabase.auth.mfa.challenge({ factorId: person.factorId })
    expect(foreign.error).toMatchObject({ status: 404, code: 'mfa_factor_not_found' })
    const invented = await person.supabase.auth.mfa.verify({
      factorId: person.factorId,
      challengeId: randomUUID(),
      code: codeOf(person.secret, new Date(), 1),
    })
    expect(invented.error).toMatchObject({ status: 422, code: 'mfa_factor_not_found' })
    expect((await supabase.auth.mfa.unenroll({ factorId: person.factorId })).error?.status).toBe(404)
  })

  test('who has a factor must show it before another is added, or this one removed', async () => {
    const person = await enrolled()
    const supabase = await signInAgain(person)
    const added = await supabase.auth.mfa.enroll({ factorType: 'totp', friendlyName: 'Tablet' })
    expect(added.error).toMatchObject({ status: 403, code: 'insufficient_aal' })
    const removed = await supabase.auth.mfa.unenroll({ factorId: person.factorId })
    expect(removed.error).toMatchObject({ status: 422, code: 'insufficient_aal' })
  })

  test('a password alone does not change the password or the address of who has a factor', async () => {
    const person = await enrolled()
    const supabase = await signInAgain(person)
    for (const change of [{ password: 'another good password' }, { email: `${randomUUID()}@school.edu` }]) {
      const refused = await supabase.auth.updateUser(change)
      expect(refused.error).toMatchObject({ status: 401, code: 'insufficient_aal' })
    }
    expect((await supabase.auth.updateUser({ data: { name: 'Ada' } })).error).toBeNull()
    expect((await person.supabase.auth.updateUser({ password: 'another good password' })).error).toBeNull()
  })

  test('two factors of one name are refused, of two names not', async () => {
    const { supabase } = await enrolled()
    const same = await supabase.auth.mfa.enroll({ factorType: 'totp', friendlyName: 'Phone' })
    expect(same.error).toMatchObject({ status: 422, code: 'mfa_factor_name_conflict' })
    const { factorId } = await enroll(supabase, 'Tablet')
    expect((await supabase.auth.mfa.listFactors()).data?.all.map(({ id }) => id)).toContain(factorId)
  })

  test('removing a factor leaves the password, from the next refresh on', async () => {
    const { supabase, factorId } = await enrolled()
    const { data, error } = await supabase.auth.mfa.unenroll({ factorId })
    expect(error).toBeNull()
    expect(data).toEqual({ id: factorId })
    await supabase.auth.refreshSession()
    expect(await levels(supabase)).toMatchObject({ currentLevel: 'aal1', nextLevel: 'aal1' })
    expect(await methods(supabase)).toEqual(['password'])
  })

  test('an administrator lists and removes the factors of a person who lost theirs', async () => {
    const person = await enrolled()
    const { data } = await service().auth.admin.mfa.listFactors({ userId: person.user.id })
    expect(data?.factors).toMatchObject([{ id: person.factorId, status: 'verified', friendly_name: 'Phone' }])
    expect(JSON.stringify(data)).not.toContain(person.secret)
    const removed = await service().auth.admin.mfa.deleteFactor({
      userId: person.user.id,
      id: person.factorId,
    })
    expect(removed.error).toBeNull()
    const supabase = await signInAgain(person)
    expect(await levels(supabase)).toMatchObject({ currentLevel: 'aal1', nextLevel: 'aal1' })
    expect((await enroll(supabase)).factorId).not.toBe(person.factorId)
  })

  test('nobody else may', async () => {
    const person = await enrolled()
    const answer = await fetch(`${project.url}/auth/v1/admin/users/${person.user.id}/factors`, {
      headers: {
        apikey: project.publishableKey,
        authorization: `Bearer ${person.session.access_token}`,
      },
    })
    expect(answer.status).toBe(403)
    const bare = await fetch(`${project.url}/auth/v1/factors`, {
      method: 'POST',
      headers: { apikey: project.publishableKey, 'content-type': 'application/json' },
      body: '{"factor_type":"totp"}',
    })
    expect(bare.status).toBe(401)
  })
})
