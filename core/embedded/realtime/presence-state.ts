const deepest = 32

/** What a client tracks, as an object; a text instead says what is wrong with it. */
export function readState(value: unknown, mostBytes: number): object | string {
  const state = value ?? {}
  if (typeof state !== 'object' || Array.isArray(state)) return 'What is tracked must be an object'
  if (!isShallow(state, deepest)) return 'What is tracked is nested too deep'
  if (Buffer.byteLength(JSON.stringify(state)) > mostBytes) {
    return `What is tracked is larger than ${mostBytes} bytes`
  }
  return state
}

function isShallow(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return true
  return levels > 0 && Object.values(value).every((part) => isShallow(part, levels - 1))
}
