import { sql, type Transaction } from 'kysely'
import type { Tables } from '../../database/tables'
import { SemblanceError } from '../../model/errors'
import {
  executeLookalikes,
  planLookalikes,
  type LookalikesPlan,
  type LookalikesResult,
} from './rescore-lookalikes'
import { readMatchRules } from '../search/search'

/**
 * Matches anew after the weights or the rules have changed: the only way by which pairs below the threshold go. First a
 * plan, which changes nothing; then exactly that plan.
 */

interface Pair {
  face_a_id: string
  face_b_id: string
}

export interface RescorePlan {
  /** What the scores were computed by; a plan is good for as long as they stay. */
  basis: string
  threshold: number
  /** Pairs that stand with another score, below the threshold ones only where they must stay. */
  changed: (Pair & { id: string; from: number; to: number })[]
  /** Pairs that are missing. */
  added: (Pair & { score: number })[]
  /** Pairs whose score is below the threshold now, and nobody has done anything with. */
  removed: (Pair & { id: string; from: number; to: number })[]
  /** Pairs below the threshold that stay, since somebody has reacted, connected or got a baby. */
  kept: number
  /** Pairs without a score: a side is not analysed, or by another model. They stay as they are. */
  unscored: number
  lookalikes: LookalikesPlan
}

export interface RescoreResult {
  changed: number
  added: number
  removed: number
  /** What was another underneath when its turn came, and was left alone: match ids, and pairs that could not be added. */
  skipped: { changed: string[]; removed: string[]; added: Pair[] }
  lookalikes: LookalikesResult
}

const facesAtOnce = 100

/**
 * What a rescore would do, by the weights and rules of this moment. Reads every match, searches people for every default
 * face and celebrities for every face, which takes as long as that many searches.
 * @param onProgress how many faces are searched for, of people and then of celebrities
 */
export async function planRescore(
  tx: Transaction<Tables>,
  onProgress: (faces: number, among: 'people' | 'celebrities') => void = () => undefined,
): Promise<RescorePlan> {
  const { match_threshold: threshold } = await readMatchRules(tx)
  const { rows } = await sql<Pair & { id: string; from: number; to: number | null; is_used: boolean }>`
    with settings as materialized (select private.matching_weights() as weights)
    select m.id, m.face_a_id, m.face_b_id, m.similarity_score as "from", s.score as "to",
      exists (select from public.reactions r where r.match_id = m.id)
        or exists (select from public.mutual_connections c where c.match_id = m.id)
        or exists (select from public.babies b where b.match_id = m.id) as is_used
    from public.matches m
    join public.faces a on a.id = m.face_a_id
    join public.faces b on b.id = m.face_b_id
    cross join settings
    cross join lateral (
      select case when a.embedding_model is not distinct from b.embedding_model then extensions.face_similarity(
        a.embedding, a.embedding_norm, a.geometry, a.age, a.symmetry_score, a.skin_tone, a.expression,
        b.embedding, b.embedding_norm, b.geometry, b.age, b.symmetry_score, b.skin_tone, b.expression, settings.weights
      ) end as score
      offset 0
    ) as s
    order by m.id`.execute(tx)
  const plan: RescorePlan = {
    ...{ basis: await basisOf(tx), threshold, changed: [], removed: [], kept: 0, unscored: 0 },
    added: await missingPairs(tx, (faces) => onProgress(faces, 'people')),
    lookalikes: await planLookalikes(tx, (faces) => onProgress(faces, 'celebrities')),
  }
  for (const { to, is_used: isUsed, ...match } of rows) {
    if (to === null) plan.unscored += 1
    else if (to < threshold && !isUsed) plan.removed.push({ ...match, to })
    else {
      if (to < threshold) plan.kept += 1
      if (to !== match.from) plan.changed.push({ ...match, to })
    }
  }
  return plan
}

/**
 * Executes a plan and nothing else; there is no way back. What has changed underneath since is left alone and named.
 *
 * @throws SemblanceError CONFLICT where the weights or rules have changed since the plan was made
 */
export async function executeRescore(tx: Transaction<Tables>, plan: RescorePlan): Promise<RescoreResult> {
  if ((await basisOf(tx)) !== plan.basis)
    throw new SemblanceError(
      'CONFLICT',
      'The weights or rules have changed since this plan was made. Make it anew.',
    )
  // The history of scores says so (migrations/0022_match_inspection.sql).
  await sql`select set_config('semblance.score_reason', 'rescore', true)`.execute(tx)
  const changed = await sql<{ id: string }>`
    update public.matches m set similarity_score = p."to"
    from ${rowsOf(plan.changed)} where m.id = p.id and m.similarity_score = p."from"
    returning m.id`.execute(tx)
  const removed = await sql<{ id: string }>`
    delete from public.matches m
    using ${rowsOf(plan.removed)}
    where m.id = p.id and m.similarity_score = p."from"
      and not exists (select from public.reactions r where r.match_id = m.id)
      and not exists (select from public.mutual_connections c where c.match_id = m.id)
      and not exists (select from public.babies b where b.match_id = m.id)
    returning m.id`.execute(tx)
  const added = await sql<Pair>`
    insert into public.matches (face_a_id, face_b_id, similarity_score)
    select p.face_a_id, p.face_b_id, p.score
    from jsonb_to_recordset(${JSON.stringify(plan.added)}::jsonb)
      as p(face_a_id uuid, face_b_id uuid, score float8)
    join public.faces a on a.id = p.face_a_id
    join public.faces b on b.id = p.face_b_id
    order by p.face_a_id, p.face_b_id
    on conflict (least(face_a_id, face_b_id), greatest(face_a_id, face_b_id)) do nothing
    returning face_a_id, face_b_id`.execute(tx)
  const nameOf = ({ face_a_id: a, face_b_id: b }: Pair) => `${a} ${b}`
  const addedNames = new Set(added.rows.map(nameOf))
  return {
    ...{ changed: changed.rows.length, removed: removed.rows.length, added: added.rows.length },
    skipped: {
      changed: withoutIds(plan.changed, changed.rows),
      removed: withoutIds(plan.removed, removed.rows),
      added: plan.added
        .filter((pair) => !addedNames.has(nameOf(pair)))
        .map(({ face_a_id, face_b_id }) => ({ face_a_id, face_b_id })),
    },
    lookalikes: await executeLookalikes(tx, plan.lookalikes),
  }
}

/** What searching for every default face finds and no row says yet. */
async function missingPairs(
  tx: Transaction<Tables>,
  onProgress: (faces: number) => void,
): Promise<RescorePlan['added']> {
  const rules = await readMatchRules(tx)
  const [isSchool, isDifferent] = [rules.match_scope === 'school', rules.match_gender === 'different']
  const found = new Map<string, RescorePlan['added'][number]>()
  let [last, searched] = ['00000000-0000-0000-0000-000000000000', 0]
  for (;;) {
    const faces = await tx
      .selectFrom('faces')
      .select('id')
      .where('is_default', '=', true)
      .where('embedding', 'is not', null)
      .where('id', '>', last)
      .orderBy('id')
      .limit(facesAtOnce)
      .execute()
    if (faces.length === 0) return [...found.values()]
    const { rows } = await sql<RescorePlan['added'][number]>`
      select least(f.id, s.face_id) as face_a_id, greatest(f.id, s.face_id) as face_b_id,
        s.similarity_score as score
      from public.faces f
      cross join lateral public.find_similar_faces_advanced(
        f.id, case when ${isSchool}::boolean then f.owner_school end,
        case when ${isDifferent}::boolean then f.owner_gender end,
        ${rules.match_threshold}::float8, ${rules.match_limit}::integer
      ) as s
      where f.id = any (${faces.map(({ id }) => id)}::uuid[])
        and (not ${isSchool}::boolean or f.owner_school is not null)
        and not exists (
          select from public.matches m
          where least(m.face_a_id, m.face_b_id) = least(f.id, s.face_id)
            and greatest(m.face_a_id, m.face_b_id) = greatest(f.id, s.face_id)
        )`.execute(tx)
    for (const row of rows) found.set(`${row.face_a_id} ${row.face_b_id}`, row)
    last = faces[faces.length - 1].id
    searched += faces.length
    onProgress(searched)
  }
}

/** The settings that a plan depends on, as text. */
async function basisOf(tx: Transaction<Tables>): Promise<string> {
  const { rows } = await sql<{ basis: string }>`
    select coalesce(jsonb_object_agg(key, value), '{}')::text as basis
    from public.system_settings where key ~ '^(celebrity_)?match'`.execute(tx)
  return rows[0]?.basis ?? ''
}

function rowsOf(rows: readonly { id: string; from: number; to: number }[]) {
  const short = JSON.stringify(rows.map(({ id, from, to }) => ({ id, from, to })))
  return sql`jsonb_to_recordset(${short}::jsonb) as p(id uuid, "from" float8, "to" float8)`
}

function withoutIds(planned: readonly { id: string }[], done: readonly { id: string }[]): string[] {
  const ids = new Set(done.map(({ id }) => id))
  return planned.filter(({ id }) => !ids.has(id)).map(({ id }) => id)
}
