import { sql, type Transaction } from 'kysely'
import type { Tables } from '../../database/tables'
import { readMatchRules } from '../search/search'

/** The part of a rescore that is about celebrities: every analysed face gets its best ones of today, and no others. */

interface Lookalike {
  face_id: string
  celebrity_id: string
}

export interface LookalikesPlan {
  /** Rows that stand with another score. */
  changed: (Lookalike & { id: string; from: number; to: number })[]
  /** Rows that are missing. */
  added: (Lookalike & { score: number })[]
  /** Rows that are not among the best any more, or below the threshold. Nobody can have done anything with them. */
  removed: (Lookalike & { id: string; from: number })[]
  /** Rows without a score: a side is not analysed, or by another model. They stay as they are. */
  unscored: number
}

export interface LookalikesResult {
  changed: number
  added: number
  removed: number
  /** What was another underneath when its turn came, and was left alone. */
  skipped: { changed: string[]; removed: string[]; added: Lookalike[] }
}

const facesAtOnce = 100

/** What stands and what should, for every analysed face; takes as long as a search for each. */
export async function planLookalikes(
  tx: Transaction<Tables>,
  onProgress: (faces: number) => void,
): Promise<LookalikesPlan> {
  const plan: LookalikesPlan = { changed: [], added: [], removed: [], unscored: 0 }
  let [last, searched] = ['00000000-0000-0000-0000-000000000000', 0]
  for (;;) {
    const faces = await tx
      .selectFrom('faces')
      .select('id')
      .where('id', '>', last)
      .orderBy('id')
      .limit(facesAtOnce)
      .execute()
    if (faces.length === 0) return plan
    const ids = faces.map(({ id }) => id)
    for (const { id, from, to, is_scored: isScored, ...pair } of await differences(tx, ids)) {
      if (id === null) plan.added.push({ ...pair, score: to ?? 0 })
      else if (to !== null) plan.changed.push({ ...pair, id, from: from ?? 0, to })
      else if (isScored) plan.removed.push({ ...pair, id, from: from ?? 0 })
      else plan.unscored += 1
    }
    last = ids[ids.length - 1]
    searched += ids.length
    onProgress(searched)
  }
}

/** Rows that differ from what a search finds now: no id where one is missing, no `to` where one is too much. */
async function differences(tx: Transaction<Tables>, faceIds: readonly string[]) {
  const rules = await readMatchRules(tx)
  const { rows } = await sql<
    Lookalike & { id: string | null; from: number | null; to: number | null; is_scored: boolean }
  >`
    with found as (
      select f.id as face_id, s.celebrity_id, s.similarity_score as score
      from unnest(${[...faceIds]}::uuid[]) as f(id)
      cross join lateral public.find_similar_celebrities_advanced(
        f.id, ${rules.celebrity_match_threshold}::float8, ${rules.celebrity_match_limit}::integer
      ) as s
    ),
    standing as (
      select
        cm.id, cm.face_id, cm.celebrity_id, cm.similarity_score as score,
        f.embedding is not null and c.embedding is not null
          and f.embedding_model is not distinct from c.embedding_model as is_scored
      from public.celebrity_matches cm
      join public.faces f on f.id = cm.face_id
      join public.celebrities c on c.id = cm.celebrity_id
      where cm.face_id = any (${[...faceIds]}::uuid[])
    )
    select face_id, celebrity_id, standing.id, standing.score as "from", found.score as "to",
      coalesce(standing.is_scored, true) as is_scored
    from found
    full join standing using (face_id, celebrity_id)
    where found.score is distinct from standing.score
    order by face_id, celebrity_id`.execute(tx)
  return rows
}

/** Executes a plan and nothing else. What has changed underneath since is left alone and named. */
export async function executeLookalikes(
  tx: Transaction<Tables>,
  plan: LookalikesPlan,
): Promise<LookalikesResult> {
  const changed = await sql<{ id: string }>`
    update public.celebrity_matches m set similarity_score = p."to"
    from jsonb_to_recordset(${JSON.stringify(plan.changed)}::jsonb) as p(id uuid, "from" float8, "to" float8)
    where m.id = p.id and m.similarity_score = p."from"
    returning m.id`.execute(tx)
  const removed = await sql<{ id: string }>`
    delete from public.celebrity_matches m
    using jsonb_to_recordset(${JSON.stringify(plan.removed)}::jsonb) as p(id uuid, "from" float8)
    where m.id = p.id and m.similarity_score = p."from"
    returning m.id`.execute(tx)
  const added = await sql<Lookalike>`
    insert into public.celebrity_matches (face_id, celebrity_id, similarity_score)
    select p.face_id, p.celebrity_id, p.score
    from jsonb_to_recordset(${JSON.stringify(plan.added)}::jsonb) as p(face_id uuid, celebrity_id uuid, score float8)
    join public.faces f on f.id = p.face_id
    join public.celebrities c on c.id = p.celebrity_id
    order by p.face_id, p.celebrity_id
    on conflict (face_id, celebrity_id) do nothing
    returning face_id, celebrity_id`.execute(tx)
  const [isChanged, isRemoved] = [changed, removed].map(({ rows }) => new Set(rows.map(({ id }) => id)))
  const nameOf = (pair: Lookalike) => `${pair.face_id} ${pair.celebrity_id}`
  const isAdded = new Set(added.rows.map(nameOf))
  return {
    ...{ changed: changed.rows.length, removed: removed.rows.length, added: added.rows.length },
    skipped: {
      changed: plan.changed.filter(({ id }) => !isChanged.has(id)).map(({ id }) => id),
      removed: plan.removed.filter(({ id }) => !isRemoved.has(id)).map(({ id }) => id),
      added: plan.added
        .filter((pair) => !isAdded.has(nameOf(pair)))
        .map(({ face_id, celebrity_id }) => ({ face_id, celebrity_id })),
    },
  }
}
