import { sql, type SqlBool } from 'kysely'
import { z } from 'zod'
import { cutPage, decodeCursor } from '../../../access/cursor'
import { containsPattern } from '../../../access/search-text'
import { SemblanceError } from '../../../model/errors'
import type { ImportFileFilter } from '../../contract-import'
import type { ImportFile } from '../../contract-import-schemas'
import { selectFiles, viewFiles, type FileViewParts } from './file-rows'
import type { StagingTx } from '../staging/staging'

export interface FilesQuery extends ImportFileFilter {
  id: string
  cursor?: string | undefined
  limit: number
}

const cursorSchema = z.strictObject({
  rank: z.int(),
  name: z.string(),
  person: z.string().regex(/^\d{1,18}$/),
  path: z.string(),
  total: z.int(),
})

/** Those for a person first, then by person and path; those that show nobody known come last. */
const order = {
  rank: sql<number>`(case when f.outcome = 'needs_person' then 0 else 1 end)`,
  name: sql<string>`coalesce(left(lower(p.name), 200), chr(1114109))`,
  person: sql<string>`coalesce(f.person_id, 0)`,
}

/**
 * One page of an import's files, in order of need. The first page counts; the later ones carry that total along.
 * @throws SemblanceError NOT_FOUND, BAD_REQUEST for a cursor of another list
 */
export async function listFiles(
  parts: FileViewParts,
  query: FilesQuery,
): Promise<{ items: ImportFile[]; total: number; next_cursor: string | null }> {
  const after = decodeCursor(query.cursor, cursorSchema)
  const page = await parts.staging.transaction(async (tx) => {
    await requireImport(tx, query.id)
    const total = after?.total ?? (await countFiles(tx, query))
    const rows = await selectFiles(tx, query.id)
      .where(matching(query))
      .where(
        after
          ? sql<SqlBool>`(${order.rank}, ${order.name}, ${order.person}, f.path)
              > (${after.rank}::integer, ${after.name}::text, ${after.person}::bigint, ${after.path}::text)`
          : sql<SqlBool>`true`,
      )
      .select([
        order.rank.as('rank'),
        order.name.as('sort_name'),
        sql<string>`${order.person}::text`.as('sort_person'),
      ])
      .orderBy(order.rank)
      .orderBy(order.name)
      .orderBy(order.person)
      .orderBy('f.path')
      .limit(query.limit + 1)
      .execute()
    return { total, rows }
  })
  const { items, next_cursor } = cutPage(page.rows, query.limit, (last) => ({
    ...{ rank: last.rank, name: last.sort_name, person: last.sort_person, path: last.path },
    total: page.total,
  }))
  return { items: await viewFiles(parts, query.id, items), total: page.total, next_cursor }
}

/** Files by their ids, in that order; those that are gone are left out. */
export async function filesByIds(
  parts: FileViewParts,
  importId: string,
  ids: readonly number[],
): Promise<ImportFile[]> {
  const files = new Map<number, ImportFile>()
  for (let from = 0; from < ids.length; from += 500) {
    const some = ids.slice(from, from + 500)
    const rows = await parts.staging.transaction((tx) =>
      selectFiles(tx, importId)
        .where(sql<boolean>`f.id = any (${some}::bigint[])`)
        .execute(),
    )
    for (const file of await viewFiles(parts, importId, rows)) files.set(file.id, file)
  }
  return ids.flatMap((id) => files.get(id) ?? [])
}

async function countFiles(tx: StagingTx, query: FilesQuery): Promise<number> {
  const { total } = await tx
    .selectFrom('files as f')
    .leftJoin('people as p', 'p.id', 'f.person_id')
    .where('f.import_id', '=', query.id)
    .where(matching(query))
    .select(sql<number>`count(*)::int`.as('total'))
    .executeTakeFirstOrThrow()
  return total
}

function matching({ outcome, code, person_id, search }: FilesQuery) {
  const conditions = [
    ...(outcome === undefined ? [] : [sql`f.outcome = ${outcome}`]),
    ...(code === undefined ? [] : [sql`coalesce(f.outcome_code, f.reason_code) = ${code}`]),
    ...(person_id === undefined ? [] : [sql`f.person_id = ${person_id}`]),
    ...(search === undefined || search.trim() === '' ? [] : [searched(containsPattern(search.trim()))]),
  ]
  return conditions.length === 0 ? sql<SqlBool>`true` : sql<SqlBool>`${sql.join(conditions, sql` and `)}`
}

const searched = (pattern: string) =>
  sql`(f.path ilike ${pattern} or f.name ilike ${pattern} or p.name ilike ${pattern})`

export async function requireImport(tx: StagingTx, id: string): Promise<void> {
  const row = await tx.selectFrom('imports').select('id').where('id', '=', id).executeTakeFirst()
  if (!row) throw new SemblanceError('NOT_FOUND', 'This import is no longer on this machine.')
}
