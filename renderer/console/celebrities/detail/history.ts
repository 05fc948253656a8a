import type { CelebrityChange } from '../../../../core/celebrities/contract-curation'

/** Changes that were made at once. */
export interface HistoryGroup {
  group_id: string
  changes: CelebrityChange[]
  canUndo: boolean
}

/** Neighbours of one group as one entry, in their order. */
export function groupHistory(changes: readonly CelebrityChange[]): HistoryGroup[] {
  const groups: HistoryGroup[] = []
  for (const change of changes) {
    const last = groups.at(-1)
    if (last?.group_id === change.group_id) {
      last.changes.push(change)
      last.canUndo ||= change.can_undo
    } else {
      groups.push({ group_id: change.group_id, changes: [change], canUndo: change.can_undo })
    }
  }
  return groups
}
