import type { Client } from '../../../../core/api/contract'

/** Somebody who lies in the trash. */
export type Trashed = Awaited<ReturnType<Client['curation']['trashed']>>['items'][number]

/** The undos that bring these back and nobody else: of each step, those of it that are meant. */
export function restoreGroups(
  trashed: readonly Pick<Trashed, 'group_id' | 'celebrity_id'>[],
): { group_id: string; celebrity_ids: string[] }[] {
  const groups = new Map<string, string[]>()
  for (const { group_id, celebrity_id } of trashed) {
    groups.set(group_id, [...(groups.get(group_id) ?? []), celebrity_id])
  }
  return [...groups].map(([group_id, celebrity_ids]) => ({ group_id, celebrity_ids }))
}
