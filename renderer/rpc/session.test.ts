import { afterEach, describe, expect, it, vi } from 'vitest'
import WebSocket from 'ws'
import { createSession } from './session'
import { uploadImage } from './upload'

// Real: Supabase's client, and an address where nobody listens. Node 20 has no WebSocket for the client to find.
vi.stubGlobal('WebSocket', WebSocket)

const nobody = 'http://127.0.0.1:9'

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

  it('leaves what the services say as it is', () => {
    openIn('shared')
    const refusal = new Error('mime type not supported')
    expect(session.explain(refusal)).toBe(refusal)
  })
})
