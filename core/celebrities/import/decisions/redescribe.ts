import { sql } from 'kysely'
import { loadDecisions } from '../plan/load-decisions'
import type { StagingTx } from '../staging/staging'
import type { Given } from '../staging/staging-tables'

const fields = ['name', 'bio', 'category', 'gender', 'licence', 'source'] as const
const rowsAtOnce = 500

/**
 * Writes what files are described by: what the source gave, and over it what people said since and did not take back, in
 * order. From that alone, so that taking a description back leaves nothing of it; but not what is published.
 */
export async function redescribe(tx: StagingTx, importId: string, ids: readonly number[]): Promise<void> {
  const files = await tx
    .selectFrom('files')
    .select(['id', ...fields, 'given'])
    .where(sql<boolean>`id = any (${[...ids]}::bigint[])`)
    .where('published_at', 'is', null)
    .execute()
  const said = new Map<number, Given | null>(ids.map((id) => [id, null]))
  for (const decision of await loadDecisions(tx, importId)) {
    if (decision.kind !== 'describe' && decision.kind !== 'reset') continue
    for (const id of decision.file_ids) {
      if (!said.has(id)) continue
      said.set(id, decision.kind === 'reset' ? null : over(said.get(id) ?? null, decision.set))
    }
  }
  const rows = files.map((file) => {
    const { id, given, ...own } = file
    const source: Given = given ?? own
    const words = said.get(Number(id)) ?? null
    return { id, ...over(source, words ?? {}), given: words ? source : null }
  })
  for (let from = 0; from < rows.length; from += rowsAtOnce) {
    await sql`
      update files as f set name = r.name, bio = r.bio, category = r.category, gender = r.gender,
        licence = r.licence, source = r.source, given = r.given
      from jsonb_to_recordset(${JSON.stringify(rows.slice(from, from + rowsAtOnce))}::jsonb) as r (
        id bigint, name text, bio text, category text, gender text, licence text, source text, given jsonb
      )
      where f.id = r.id`.execute(tx)
  }
}

/** What is null leaves what was there. */
function over(below: Given | null, above: Partial<Given>): Given {
  return {
    name: above.name ?? below?.name ?? null,
    bio: above.bio ?? below?.bio ?? null,
    category: above.category ?? below?.category ?? null,
    gender: above.gender ?? below?.gender ?? null,
    licence: above.licence ?? below?.licence ?? null,
    source: above.source ?? below?.source ?? null,
  }
}
