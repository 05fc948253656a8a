import { sql, type Transaction } from 'kysely'
import type { Database } from '../../../database/connect'
import type { Tables } from '../../../database/tables'
import type { ScoredFace } from '../../../matching/factors'
import { readVector } from '../plan/load-files'

/** A person's analysed face, with the lookalikes that it has. */
export interface LookalikeFace {
  faceId: string
  profileId: string
  name: string | null
  photo: string
  model: string | null
  face: ScoredFace & { embedding: Float32Array }
  standing: Standing[]
  /** The person has a lookalike, by this face or another. */
  hasAny: boolean
}

interface Standing {
  celebrityId: string
  name: string
  score: number
}

const facesAtOnce = 100

/**
 * In pages of a transaction each. Those of people who are suspended, gone or known to be minors are left out, as where
 * people are counted and matched: a curator has no business with their names and faces.
 */
export async function* loadLookalikePages(
  database: Pick<Database, 'asService' | 'asOwner'>,
): AsyncGenerator<LookalikeFace[]> {
  for (let last: string | null = null; ;) {
    const from: string | null = last
    const page: LookalikeFace[] = await database.asService((tx) => selectPage(tx, from))
    const hidden = await hiddenAmong(database, page)
    const shown = page.filter(({ profileId }) => !hidden.has(profileId))
    if (shown.length > 0) yield shown
    if (page.length < facesAtOnce) return
    last = page[page.length - 1].faceId
  }
}

/** Who of them is suspended or gone: nobody but the owner of the schema reads that. */
async function hiddenAmong(
  database: Pick<Database, 'asOwner'>,
  page: readonly LookalikeFace[],
): Promise<ReadonlySet<string>> {
  const ids = [...new Set(page.map(({ profileId }) => profileId))]
  if (ids.length === 0) return new Set()
  const { rows } = await database.asOwner((tx) =>
    sql<{ id: string }>`
      select u.id from auth.users u
      where u.id = any (${ids}::uuid[]) and (u.banned_until > now() or u.deleted_at is not null)`.execute(tx),
  )
  return new Set(rows.map(({ id }) => id))
}

type Row = Omit<LookalikeFace, 'face'> & Omit<ScoredFace, 'embedding'> & { embedding: string }

async function selectPage(tx: Transaction<Tables>, after: string | null): Promise<LookalikeFace[]> {
  const { rows } = await sql<Row>`
    select f.id as "faceId", f.profile_id as "profileId", p.name, coalesce(f.thumbnail_path, f.image_path) as photo,
      f.embedding_model as model, encode(extensions.vector_send(f.embedding), 'base64') as embedding,
      f.age, f.geometry_ratios, f.skin_tone_lab, f.symmetry_score, f.expression,
      coalesce((
        select jsonb_agg(
          jsonb_build_object('celebrityId', m.celebrity_id, 'name', c.name, 'score', m.similarity_score)
          order by m.similarity_score desc, m.celebrity_id
        )
        from public.celebrity_matches m
        join public.celebrities c on c.id = m.celebrity_id
        where m.face_id = f.id
      ), '[]') as standing,
      exists (
        select from public.celebrity_matches m
        join public.faces other on other.id = m.face_id
        where other.profile_id = f.profile_id
      ) as "hasAny"
    from public.faces f
    join public.profiles p on p.id = f.profile_id
    where f.embedding is not null
      and coalesce(f.owner_birth_year < extract(year from now())::integer - 18, true)
      and (${after}::uuid is null or f.id > ${after}::uuid)
    order by f.id
    limit ${facesAtOnce}`.execute(tx)
  return rows.map(
    ({ embedding, age, geometry_ratios, skin_tone_lab, symmetry_score, expression, ...row }) => ({
      ...row,
      face: {
        ...{ age, geometry_ratios, skin_tone_lab, symmetry_score, expression },
        embedding: readVector(embedding),
      },
    }),
  )
}

/** A face's best among those whose photo is not replaced: who comes up for one that falls is not in the list of today. */
export async function searchWithout(
  tx: Transaction<Tables>,
  faceId: string,
  {
    rules,
    replaced,
  }: {
    rules: { celebrity_match_threshold: number; celebrity_match_limit: number }
    replaced: ReadonlySet<string>
  },
): Promise<Standing[]> {
  const { rows } = await sql<Standing>`
    select s.celebrity_id as "celebrityId", c.name, s.similarity_score as score
    from public.find_similar_celebrities_advanced(
      ${faceId}::uuid, ${rules.celebrity_match_threshold}::float8,
      ${rules.celebrity_match_limit + replaced.size}::integer
    ) as s
    join public.celebrities c on c.id = s.celebrity_id
    where s.celebrity_id <> all (${[...replaced]}::uuid[])
    order by s.similarity_score desc, s.celebrity_id
    limit ${rules.celebrity_match_limit}`.execute(tx)
  return rows
}
