import { sql } from 'kysely'
import { pathsOf } from '../../../access/remove-photos'
import type { Database } from '../../../database/connect'
import type { Images } from '../../../supabase/images'
import { importDoor, type ImportDoor } from '../publish/publish-door'
import { isLeft } from './published'

export interface UndoOptions {
  /** Items that are taken back in one transaction, and whose files go at once. Default 50. */
  chunkSize?: number
  /** Ends it between two of them. */
  signal?: AbortSignal
  /** Told the items that are undone and whose files are gone, before the database forgets the files. */
  onUndone?: (items: string[]) => Promise<void>
}

/** How many items are as they were before, and how many were left since somebody changed them. */
export interface UndoResult {
  undone: number
  kept: number
}

/**
 * Takes back what an import published, from any machine: its celebrities and photos with their lookalikes and files go,
 * and what it took the place of is as it was. Any number of calls one after the other: each goes on where the last one
 * ended. What somebody changed since is left, and `keptOf` says why; a later call tries it again.
 *
 * @param by in whose name; null for the command line
 * @throws SemblanceError FORBIDDEN; CONFLICT where nothing of this import was published to this database; UNAVAILABLE;
 *   the signal's reason
 */
export async function undoImport(
  { database, images }: { database: Database; images: Images },
  importId: string,
  by: string | null,
  options: UndoOptions = {},
): Promise<UndoResult> {
  const door = importDoor(database, by)
  await door((tx) => sql`select private.begin_import_undo(${importId}::uuid)`.execute(tx))
  const { chunkSize = 50, signal } = options
  for (;;) {
    signal?.throwIfAborted()
    const { rows } = await door((tx) =>
      sql<{ seen: number }>`
        select private.undo_import_items(${importId}::uuid, ${chunkSize}) as seen`.execute(tx),
    )
    await removeFiles({ door, images }, importId, options)
    if (!rows[0]?.seen) break
  }
  await door((tx) => sql`select private.end_import_undo(${importId}::uuid)`.execute(tx))
  return door(async (tx) => {
    const { rows } = await sql<UndoResult>`
      select count(*) filter (where it.undone_at is not null and it.published_at is not null)::int as undone,
        count(*) filter (where ${isLeft})::int as kept
      from public.celebrity_import_items it where it.import_id = ${importId}::uuid`.execute(tx)
    return rows[0]
  })
}

/** Removes the files of what is undone, also of chunks that an earlier call did not come to. */
async function removeFiles(
  { door, images }: { door: ImportDoor; images: Images },
  importId: string,
  { signal, onUndone }: UndoOptions,
): Promise<void> {
  for (;;) {
    signal?.throwIfAborted()
    const items = await door((tx) =>
      tx
        .selectFrom('celebrity_import_items')
        .select(['item', 'image_path'])
        .where('import_id', '=', importId)
        .where('undone_at', 'is not', null)
        .where('image_path', 'is not', null)
        .limit(100)
        .execute(),
    )
    if (items.length === 0) return
    const paths = items.flatMap(({ image_path }) =>
      image_path ? pathsOf(images, { image_path, thumbnail_path: null, view_path: null }) : [],
    )
    await images.remove('celebrity-images', paths)
    const gone = items.map(({ item }) => item)
    await onUndone?.(gone)
    await door((tx) =>
      sql`select private.forget_import_files(${importId}::uuid, ${gone}::bigint[])`.execute(tx),
    )
  }
}
