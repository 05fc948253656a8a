/** What the keychain is asked to do, and the text that it is asked to do it with. */
export interface SecretRequest {
  type: 'secret'
  id: number
  action: 'describe' | 'encrypt' | 'decrypt'
  text: string
}

/** How this machine protects secrets. */
export interface Protection {
  protection: 'keychain' | 'none'
  description: string
}

export type SecretAnswer = { type: 'secret'; id: number } & (
  { value: string | Protection; error?: never } | { error: string; value?: never }
)

/** What the host's process tells the window's. */
export type FromHost =
  | { type: 'progress'; line: string }
  | { type: 'ready'; url: string; supabaseUrl: string }
  /** The host could not start; `message` says what to do. */
  | {
      type: 'failed'
      message: string
      /** Whether another connection may help. */
      mayConnect: boolean
      /** The connection before this one, by name; null where there is none to go back to. */
      former: string | null
    }
  /** The connection was changed: this process is to be ended, and another one started. */
  | { type: 'restart' }
  | SecretRequest

/** What the window's process tells the host's. `port` carries a MessagePort for a window's calls. */
export type ToHost =
  | { type: 'port' }
  | { type: 'close' }
  | { type: 'restore' }
  /** What this machine runs on, at the start and whenever that changes. */
  | { type: 'power'; isOnBattery: boolean }
  | SecretAnswer
