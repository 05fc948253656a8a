import type { Vault } from '../core/host/connection/vault'
import type { Protection, SecretAnswer, SecretRequest } from './messages'

/** The keychain as the host's process reaches it: through the window's, with a message there and one back. */
export function createParentVault(
  ask: (request: SecretRequest) => void,
): Vault & { hear: (answer: SecretAnswer) => void } {
  const waiting = new Map<number, (answer: SecretAnswer) => void>()
  let last = 0

  function request(action: SecretRequest['action'], text: string): Promise<string | Protection> {
    const id = (last += 1)
    return new Promise((resolve, reject) => {
      waiting.set(id, ({ value, error }) => (value === undefined ? reject(new Error(error)) : resolve(value)))
      ask({ type: 'secret', id, action, text })
    })
  }

  const transform = async (action: 'encrypt' | 'decrypt', text: string) =>
    (await request(action, text)) as string

  return {
    describe: async () => (await request('describe', '')) as Protection,
    encrypt: (text) => transform('encrypt', text),
    decrypt: (ciphertext) => transform('decrypt', ciphertext),
    hear(answer) {
      waiting.get(answer.id)?.(answer)
      waiting.delete(answer.id)
    },
  }
}
