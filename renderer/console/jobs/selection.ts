/** Which jobs a bulk action is for: some by key, or all that the filters match, loaded or not. */
export type Selection = { mode: 'some'; keys: ReadonlySet<string>; last?: string } | { mode: 'all' }

export const nothing: Selection = { mode: 'some', keys: new Set() }

export function isChosen(selection: Selection, key: string): boolean {
  return selection.mode === 'all' || selection.keys.has(key)
}

/** How many are chosen; `total` is how many match. */
export function chosenCount(selection: Selection, total: number): number {
  return selection.mode === 'all' ? total : selection.keys.size
}

/**
 * Chooses one or takes it back. As a range, every one from the last that was toggled up to it becomes as it becomes.
 * @param keys What is loaded, in order. Taking one back from all that match leaves the others of these.
 */
export function toggle(
  selection: Selection,
  key: string,
  keys: readonly string[],
  isRange: boolean,
): Selection {
  const next = new Set(selection.mode === 'all' ? keys : selection.keys)
  const isOn = !isChosen(selection, key)
  const last = selection.mode === 'some' ? selection.last : undefined
  for (const one of isRange ? between(keys, last, key) : [key]) {
    if (isOn) next.add(one)
    else next.delete(one)
  }
  return { mode: 'some', keys: next, last: key }
}

/** All that are loaded, or none. */
export function toggleAll(keys: readonly string[], isOn: boolean): Selection {
  return isOn ? { mode: 'some', keys: new Set(keys) } : nothing
}

function between(keys: readonly string[], from: string | undefined, to: string): readonly string[] {
  const start = from === undefined ? -1 : keys.indexOf(from)
  const end = keys.indexOf(to)
  if (start < 0 || end < 0) return [to]
  return keys.slice(Math.min(start, end), Math.max(start, end) + 1)
}
