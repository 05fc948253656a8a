import { sql, type RawBuilder, type Transaction } from 'kysely'
import type { Tables } from '../../database/tables'
import type { Histogram, Standing } from '../contract-pair'
import { findPairRow, type PairKey } from './inspect-pair'
import { readMatchRules } from '../search/search'

/** Where a score stands among others: stored ones, which the threshold has cut, and those of strangers. */

type Tx = Transaction<Tables>

const bins = 50
/** Pairs of strangers: the 99.5th percentile is then known to ± 0.3 %, and scoring them takes some milliseconds. */
const sampleSize = 2_000

/** @throws SemblanceError NOT_FOUND */
export async function standingOf(tx: Tx, key: PairKey): Promise<Standing> {
  const pair = await findPairRow(tx, key)
  const rules = await readMatchRules(tx)
  await sql`set local jit = off`.execute(tx)
  const isMatch = key.kind === 'match'
  const other: Table = isMatch ? 'faces' : 'celebrities'
  const people = await draw(tx, 'faces', pair.a)
  const others = isMatch ? people : await draw(tx, 'celebrities', pair.a)
  const strangers = pairUp(people, others)
  const all = isMatch ? 'match_facts' : 'celebrity_matches'
  const score = pair.similarity_score
  const histogramOf = (scores: RawBuilder<unknown>) => histogram(tx, scores, score)
  const stored = (side: 'a' | 'b') =>
    histogramOf(isMatch ? matchesOfOwner(pair[side], pair.id) : lookalikesOf(side, pair))
  return {
    score,
    threshold: isMatch ? rules.match_threshold : rules.celebrity_match_threshold,
    stored: await histogramOf(sql`select similarity_score as score from ${sql.table(`public.${all}`)}`),
    background: await histogramOf(scoresOf(strangers, ['faces', other])),
    a: {
      stored: await stored('a'),
      background: await histogramOf(
        scoresOf(
          others.map((id) => [pair.a, id]),
          ['faces', other],
        ),
      ),
    },
    b: {
      stored: await stored('b'),
      background: await histogramOf(
        scoresOf(
          people.map((id) => [pair.b, id]),
          [other, 'faces'],
        ),
      ),
    },
  }
}

type Table = 'faces' | 'celebrities'

/** Counted where the scores are. Scores beyond [0, 1], of other clients, fall into the outer bins. */
async function histogram(tx: Tx, scores: RawBuilder<unknown>, marker: number): Promise<Histogram> {
  const { rows } = await sql<{ bin: number; scores: number; lower: number; equal: number }>`
    select least(${sql.lit(bins - 1)}, greatest(0, floor(s.score * ${sql.lit(bins)})))::int as bin,
      count(*)::int as scores,
      (count(*) filter (where s.score < ${marker}::float8))::int as lower,
      (count(*) filter (where s.score = ${marker}::float8))::int as equal
    from (${scores}) as s
    where s.score is not null
    group by 1`.execute(tx)
  const counts = Array.from({ length: bins }, () => 0)
  let [total, below] = [0, 0]
  for (const { bin, scores: inBin, lower, equal } of rows) {
    counts[bin] = inBin
    total += inBin
    below += lower + equal / 2
  }
  return { counts, total, percentile: total === 0 ? null : below / total }
}

/** The other matches of whoever owns a face, by any of their photos. */
function matchesOfOwner(faceId: string, matchId: string): RawBuilder<unknown> {
  const own = sql`select other.id from public.faces one join public.faces other on other.profile_id = one.profile_id
    where one.id = ${faceId}::uuid`
  return sql`
    select m.similarity_score as score from public.matches m
    where m.face_a_id in (${own}) and m.id <> ${matchId}::uuid
    union all
    select m.similarity_score from public.matches m
    where m.face_b_id in (${own}) and m.id <> ${matchId}::uuid`
}

function lookalikesOf(side: 'a' | 'b', pair: { id: string; a: string; b: string }): RawBuilder<unknown> {
  return sql`select similarity_score as score from public.celebrity_matches
    where ${sql.ref(side === 'a' ? 'face_id' : 'celebrity_id')} = ${pair[side]}::uuid and id <> ${pair.id}::uuid`
}

/** Who is compared: default photos, or celebrities, of the model of a face. In an order by chance, the same each time. */
async function draw(tx: Tx, table: Table, faceId: string): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select c.id
    from ${sql.table(`public.${table}`)} c
    where c.embedding_norm is not null and ${table === 'faces' ? sql`c.is_default` : sql`true`}
      and c.embedding_model is not distinct from (
        select one.embedding_model from public.faces one where one.id = ${faceId}::uuid
      )
    order by uuid_hash_extended(c.id, 20260101), c.id
    limit ${sql.lit(sampleSize)}`.execute(tx)
  return rows.map(({ id }) => id)
}

/**
 * Pairs of strangers, no pair twice: each with the next in an order by chance, then each with the one after the next and
 * so on, until there are enough, or everybody was with everybody. Two lists that are the same one are people among
 * themselves.
 */
export function pairUp(lefts: readonly string[], rights: readonly string[]): [string, string][] {
  const isSame = lefts === rights
  const pairs: [string, string][] = []
  const turns = isSame ? Math.floor((rights.length - 1) / 2) : rights.length
  for (let turn = 0; turn < turns && pairs.length < sampleSize; turn += 1) {
    const step = isSame ? turn + 1 : turn
    for (const [place, left] of lefts.entries()) pairs.push([left, rights[(place + step) % rights.length]])
  }
  if (isSame && rights.length === 2) pairs.push([lefts[0], lefts[1]])
  return pairs.slice(0, sampleSize)
}

/** The scores of pairs by today's weights; of one person with themself there is none. */
function scoresOf(pairs: readonly (readonly [string, string])[], [left, right]: [Table, Table]) {
  const areFaces = left === 'faces' && right === 'faces'
  return sql`
    select extensions.face_similarity(${compared('l')}, ${compared('r')}, settings.weights) as score
    from (select private.matching_weights() as weights) as settings
    cross join unnest(${pairs.map(([id]) => id)}::uuid[], ${pairs.map(([, id]) => id)}::uuid[]) as drawn(l, r)
    join ${sql.table(`public.${left}`)} l on l.id = drawn.l
    join ${sql.table(`public.${right}`)} r on r.id = drawn.r and r.embedding_model is not distinct from l.embedding_model
    where ${areFaces ? sql`l.profile_id <> r.profile_id` : sql`true`}`
}

function compared(table: 'l' | 'r'): RawBuilder<unknown> {
  const columns = [
    'embedding',
    'embedding_norm',
    'geometry',
    'age',
    'symmetry_score',
    'skin_tone',
    'expression',
  ]
  return sql.join(columns.map((column) => sql.raw(`${table}.${column}`)))
}
