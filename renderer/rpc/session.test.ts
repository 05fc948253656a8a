import { afterEach, describe, expect, it, vi } from 'vitest'
import WebSocket from 'ws'
import { createSession } from './session'
import { uploadImage } from './upload'

// Real: Supabase's client, and an address where nobody listens. Node 20 has no WebSocket for the client to find.
vi.stubGlobal('WebSocket', WebSocket)

const nobody = 'http://127.0.0.1:9'

/** A session's access token that ends in so many seconds. */
function token(seconds: number) {
  const expires_at = Math.floor(Date.now() / 1000) + seconds
  return { access_token: 'ended', token_type: 'bearer', expires_in: 3600, expires_at }
}

/** Keeps what it is given, as a browser does. */
function windowStorage() {
  const items = new Map<string, string>()
  return {
    getItem: (key: string) => items.get(key) ?? null,
    setItem: (key: string, value: string) => void items.set(key, value),
    removeItem: (key: string) => void items.delete(key),
  }
}

describe('a session whose services do not answer', () => {
  let session: ReturnType<typeof createSession>
  const openIn = (mode: 'embedded' | 'shared') => {
    session = createSession('semblance-session')
    session.open({ mode, supabase_url: nobody, publishable_key: 'sb_publishable_test' })
  }
  afterEach(() => session.supabase().auth.stopAutoRefresh())

  it.each([
    ['embedded', 'HostAwayError'],
    ['shared', 'ProjectAwayError'],
  ] as const)('names who is away in %s mode: %s', async (mode, name) => {
    openIn(mode)
    await expect(session.signIn('ada@school.edu', 'correct horse')).rejects.toMatchObject({ name })
    const upload = uploadImage(session.supabase(), 'faces', new File(['x'], 'a.png'), 'ada')
    expect(await upload.catch(session.explain)).toMatchObject({ name })
  })

  it('keeps whoever is signed in, and hands out their token as it is after its end', async () => {
    vi.stubGlobal('localStorage', windowStorage())
    const ended = { ...token(-60), refresh_token: 'r', user: { id: 'ada', email: 'ada@school.edu' } }
    localStorage.setItem('semblance-session-127.0.0.1:9', JSON.stringify(ended))
    openIn('shared')
    expect(session.snapshot()).toEqual({ state: 'signed-in', userId: 'ada', email: 'ada@school.edu' })
    expect(await session.getToken()).toBe(ended.access_token)
    await expect(session.requireFresh()).rejects.toMatchObject({ name: 'ProjectAwayError' })
    await expect(session.renewed(ended.access_token)).rejects.toMatchObject({ name: 'ProjectAwayError' })
    expect(await session.renewed('the one before')).toBe(true)
    await session.signOut()
    expect(session.snapshot()).toEqual({ state: 'signed-out' })
    expect(await session.getToken()).toBeUndefined()
    vi.stubGlobal('localStorage', undefined)
  })

  it('leaves what the services say as it is', () => {
    openIn('shared')
    const refusal = new Error('mime type not supported')
    expect(session.explain(refusal)).toBe(refusal)
  })
})
