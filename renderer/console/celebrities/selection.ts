import type { CelebrityFilter } from '../../../core/celebrities/contract-filter'
import type { CurationSelection } from '../../../core/celebrities/contract-curation'

/** The most celebrities that can be named one by one: as many as the host takes at once. */
export const mostChosen = 10_000

/** Which celebrities are chosen: some of them, or all that match but those that were taken out again. */
export type Chosen =
  | { mode: 'some'; ids: ReadonlySet<string>; anchor: number }
  | { mode: 'all'; except: ReadonlySet<string>; anchor: number }

export const nobody: Chosen = { mode: 'some', ids: new Set(), anchor: -1 }
export const everybody: Chosen = { mode: 'all', except: new Set(), anchor: -1 }

export function isChosen(chosen: Chosen, id: string): boolean {
  return chosen.mode === 'all' ? !chosen.except.has(id) : chosen.ids.has(id)
}

/** @param total How many match. */
export function countOf(chosen: Chosen, total: number): number {
  return chosen.mode === 'all' ? Math.max(0, total - chosen.except.size) : chosen.ids.size
}

/**
 * Chooses these or takes them back.
 * @param anchor The place of the one that was touched last, where a range begins.
 */
export function withChosen(chosen: Chosen, ids: readonly string[], isOn: boolean, anchor: number): Chosen {
  const next = new Set(chosen.mode === 'all' ? chosen.except : chosen.ids)
  // In a list of exceptions, choosing takes out.
  const adds = chosen.mode === 'all' ? !isOn : isOn
  for (const id of ids) {
    if (adds) next.add(id)
    else next.delete(id)
  }
  return chosen.mode === 'all' ? { mode: 'all', except: next, anchor } : { mode: 'some', ids: next, anchor }
}

/** What of this the host is told. */
export function selectionOf(chosen: Chosen, filter: CelebrityFilter): CurationSelection {
  if (chosen.mode === 'some') return { ids: [...chosen.ids] }
  return chosen.except.size === 0 ? { all: filter } : { all: filter, except: [...chosen.except] }
}
