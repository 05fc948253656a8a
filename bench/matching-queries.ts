import type { Sql } from './database-queries'

/** Whose face is searched for. */
export interface Query {
  id: string
  school: string
  gender: string
}

interface Found {
  face_id: string
  similarity_score: number
}

type Search = (query: Sql, face: Query) => Promise<Found[]>

const best = 20
/** The default of `match_threshold`. */
const threshold = 0.65

/** The rules of a search that a population of one face each can break: not oneself, of another gender, good enough. */
const everybodyScored = (scope: string) => `
  select f.id as face_id, s.score as similarity_score
  from public.faces q
  cross join (select private.matching_weights() as weights offset 0) as settings
  cross join lateral (
    select * from public.faces f
    where f.is_default and f.profile_id <> q.profile_id and f.quality_score >= 0.6 and ${scope}
  ) as f
  cross join lateral (select extensions.face_similarity(${compared('q')}, ${compared('f')}, settings.weights) offset 0)
    as s(score)
  where q.id = $1 and s.score >= ${threshold}
  order by 2 desc, 1 limit ${best}`

function compared(table: string): string {
  return ['embedding', 'embedding_norm', 'geometry', 'age', 'symmetry_score', 'skin_tone', 'expression']
    .map((column) => `${table}.${column}`)
    .join(', ')
}

const search =
  (text: string, ...values: (keyof Query)[]): Search =>
  (query, face) =>
    query<Found>(text, [face.id, ...values.map((name) => face[name])])

const found = `select face_id, similarity_score from public.find_similar_faces_advanced`
const bruteForce = {
  school: search(
    everybodyScored('f.owner_school = $2 and f.owner_gender is distinct from $3'),
    'school',
    'gender',
  ),
  everyone: search(everybodyScored('f.owner_gender is distinct from $2'), 'gender'),
  'everyone, any gender': search(everybodyScored('true')),
}

/** What is measured, by name. */
export const searches: Record<string, Search> = {
  school: search(`${found}($1, $2, $3, ${threshold}, ${best})`, 'school', 'gender'),
  everyone: search(`${found}($1, null, $2, ${threshold}, ${best})`, 'gender'),
  'everyone, any gender': search(`${found}($1, null, null, ${threshold}, ${best})`),
  'everyone, no threshold': search(`${found}($1, null, $2, 0, ${best})`, 'gender'),
  'every row scored': bruteForce.everyone,
  'every row scored, any gender': bruteForce['everyone, any gender'],
}

/** What share of the best twenty that scoring every row finds each search finds; the scores must be the same, too. */
export async function againstBruteForce(query: Sql, face: Query): Promise<Record<string, number>> {
  const recall: Record<string, number> = {}
  for (const [name, truth] of Object.entries(bruteForce)) {
    const expected = await truth(query, face)
    recall[name] = shareOf(expected, await searches[name](query, face))
  }
  return recall
}

function shareOf(expected: readonly Found[], actual: readonly Found[]): number {
  const scores = new Map(actual.map((one) => [one.face_id, one.similarity_score]))
  if (expected.length === 0) return 1
  return expected.filter((one) => scores.get(one.face_id) === one.similarity_score).length / expected.length
}

/** The score of every row, and the cosine of every row, with nothing else done. Weights are read once, as a search does. */
export async function sqlScore(query: Sql, face: Query): Promise<unknown> {
  const [{ weights }] = await query<{ weights: number[] }>('select private.matching_weights() as weights')
  return query(
    `with q as materialized (select * from public.faces where id = $1)
     select sum(extensions.face_similarity(${compared('q')}, ${compared('f')}, $2::float8[]))
     from public.faces f cross join q`,
    [face.id, weights],
  )
}
export const bareCosine = (query: Sql, face: Query) =>
  query(
    `with q as materialized (select embedding from public.faces where id = $1)
     select sum(1 - (f.embedding operator(extensions.<=>) q.embedding)) from public.faces f cross join q`,
    [face.id],
  )
