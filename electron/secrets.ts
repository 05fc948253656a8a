/* eslint-disable @typescript-eslint/no-deprecated --
 * The calls that take their place are not in every Electron that we run on; these do the same. */
import { safeStorage } from 'electron/main'
import type { Protection, SecretAnswer, SecretRequest } from './messages'

const names: Partial<Record<NodeJS.Platform, string>> = {
  darwin: 'the keychain of macOS',
  win32: 'the data protection of Windows',
}

const linuxNames: Record<string, string> = {
  gnome_libsecret: 'the keyring of GNOME (libsecret)',
  kwallet: 'KWallet',
  kwallet5: 'KWallet',
  kwallet6: 'KWallet',
}

/** What the system's keychain is here. On Linux, Chromium's last resort is a key that everybody knows. */
export function describeProtection(
  platform: NodeJS.Platform,
  { isAvailable, backend }: { isAvailable: boolean; backend: string },
): Protection {
  const name = platform === 'linux' ? linuxNames[backend] : names[platform]
  if (isAvailable && name) return { protection: 'keychain', description: `Encrypted by ${name}.` }
  const reason =
    platform === 'linux'
      ? 'no keyring answers (GNOME Keyring or KWallet)'
      : 'the system’s keychain is not available'
  return { protection: 'none', description: `Passwords can’t be encrypted on this machine: ${reason}.` }
}

function protectionHere(): Protection {
  const isAvailable = safeStorage.isEncryptionAvailable()
  const backend = process.platform === 'linux' && isAvailable ? safeStorage.getSelectedStorageBackend() : ''
  return describeProtection(process.platform, { isAvailable, backend })
}

/** Does for the host what only this process can: the keychain is the application's. */
export function answerSecret({ id, action, text }: SecretRequest): SecretAnswer {
  try {
    return { type: 'secret', id, value: perform(action, text) }
  } catch (error) {
    return { type: 'secret', id, error: error instanceof Error ? error.message : String(error) }
  }
}

function perform(action: SecretRequest['action'], text: string): string | Protection {
  const here = protectionHere()
  if (action === 'describe') return here
  if (here.protection === 'none') throw new Error(here.description)
  return action === 'encrypt'
    ? safeStorage.encryptString(text).toString('base64')
    : safeStorage.decryptString(Buffer.from(text, 'base64'))
}
