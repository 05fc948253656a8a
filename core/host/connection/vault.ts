/** What encrypts secrets with a key that the system keeps. */
export interface Vault {
  /** Whether it does so here, and what it is called, or why there is none. */
  describe(): Promise<{ protection: 'keychain' | 'none'; description: string }>
  /** @returns the ciphertext, base64 */
  encrypt(text: string): Promise<string>
  /** @throws where it was encrypted by another user, or on another machine */
  decrypt(ciphertext: string): Promise<string>
}

/** A host in a terminal has no keychain: the desktop app alone reaches it. */
export const noVault: Vault = {
  describe: () =>
    Promise.resolve({
      protection: 'none',
      description: 'A host in a terminal has no keychain; the desktop app uses that of the system.',
    }),
  encrypt: () => Promise.reject(new Error('There is no keychain here.')),
  decrypt: () => Promise.reject(new Error('There is no keychain here.')),
}
