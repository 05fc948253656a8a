/** What the host's process tells the window's. */
export type FromHost =
  | { type: 'progress'; line: string }
  | { type: 'ready'; url: string; supabaseUrl: string }
  /** The host could not start; `message` says what to do. */
  | { type: 'failed'; message: string }

/** What the window's process tells the host's. `port` carries a MessagePort for a window's calls. */
export type ToHost = { type: 'port' } | { type: 'close' }
