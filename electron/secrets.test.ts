import { describe, expect, it, vi } from 'vitest'
import type { SecretAnswer, SecretRequest } from './messages'
import { createParentVault } from './parent-vault'
import { describeProtection } from './secrets'

// Electron is no package that Node could load; what is tested here asks nothing of it.
vi.mock('electron/main', () => ({ safeStorage: {} }))

describe('what protects secrets', () => {
  it.each([
    ['darwin', true, '', 'keychain'],
    ['win32', true, '', 'keychain'],
    ['linux', true, 'gnome_libsecret', 'keychain'],
    ['linux', true, 'kwallet6', 'keychain'],
    ['linux', true, 'basic_text', 'none'],
    ['linux', true, 'unknown', 'none'],
    ['linux', false, '', 'none'],
    ['darwin', false, '', 'none'],
  ] as const)('%s, available %s, backend %s: %s', (platform, isAvailable, backend, protection) => {
    expect(describeProtection(platform, { isAvailable, backend }).protection).toBe(protection)
  })
})

describe('the keychain of the window’s process', () => {
  it('answers each request with its own answer, in whatever order they come', async () => {
    const asked: SecretRequest[] = []
    const vault = createParentVault((request) => void asked.push(request))
    const answers = Promise.all([vault.encrypt('one'), vault.decrypt('two')])
    const reply = ({ id, text }: SecretRequest): SecretAnswer => ({ type: 'secret', id, value: `of ${text}` })
    for (const request of asked.toReversed()) vault.hear(reply(request))
    expect(await answers).toEqual(['of one', 'of two'])
  })

  it('says why it could not', async () => {
    const vault = createParentVault(({ id }) =>
      queueMicrotask(() => vault.hear({ type: 'secret', id, error: 'It is another user’s.' })),
    )
    await expect(vault.decrypt('x')).rejects.toThrow('another user')
  })
})
