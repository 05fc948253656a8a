import { sql, type Transaction } from 'kysely'
import { z } from 'zod'
import type { Tables } from '../../database/tables'
import { SemblanceError } from '../../model/errors'

/**
 * Whom a face resembles, and writing it down. Each function runs inside the caller's transaction; a worker calls
 * `lockSearchScope` after it has written the face and before it searches.
 */

export interface FaceResult {
  face_id: string
  profile_id: string
  /** 0..1 */
  similarity_score: number
}

export interface CelebrityResult {
  celebrity_id: string
  /** 0..1 */
  similarity_score: number
}

/** The settings that searches follow; each key's description stands in `system_settings`. */
const rulesSchema = z.object({
  match_threshold: z.number().min(0).max(1).default(0.65),
  match_scope: z.enum(['school', 'everyone']).default('school'),
  match_gender: z.enum(['different', 'any']).default('different'),
  match_limit: z.int().min(0).max(1000).default(20),
  celebrity_match_threshold: z.number().min(0).max(1).default(0),
  celebrity_match_limit: z.int().min(0).max(1000).default(10),
})
export type MatchRules = z.infer<typeof rulesSchema>

/** Advisory lock classes: the second key is a hash of the scope's name. */
const scopeLock = 0x5e3b1
const celebrityLock = 0x5e3b2

/** The rules of this moment. A value that makes no sense is BAD_REQUEST: an admin must mend the setting. */
export async function readMatchRules(tx: Transaction<Tables>): Promise<MatchRules> {
  const rows = await tx
    .selectFrom('system_settings')
    .select(['key', 'value'])
    .where('key', 'in', Object.keys(rulesSchema.shape))
    .execute()
  const parsed = rulesSchema.safeParse(Object.fromEntries(rows.map((row) => [row.key, row.value])))
  if (parsed.success) return parsed.data
  const keys = parsed.error.issues.map((issue) => issue.path.join('.'))
  throw new SemblanceError('BAD_REQUEST', `These settings have unusable values: ${keys.join(', ')}.`, {
    keys,
  })
}

/**
 * Makes searches that could find each other wait for one another, until the transaction ends. Two faces analysed at
 * the same time would each search before the other is committed, and their pair would be lost. Takes the locks in one
 * order everywhere (people before celebrities), so no two transactions wait in a circle.
 */
export async function lockSearchScope(
  tx: Transaction<Tables>,
  subject: { faceId: string } | { celebrityId: string },
): Promise<void> {
  if ('celebrityId' in subject) {
    await sql`select pg_advisory_xact_lock(${sql.lit(celebrityLock)}, 0)`.execute(tx)
    return
  }
  const [{ match_scope }, owner] = [await readMatchRules(tx), await ownerOf(tx, subject.faceId)]
  const scope = match_scope === 'school' ? `school:${owner?.school ?? ''}` : 'everyone'
  await sql`select pg_advisory_xact_lock(${sql.lit(scopeLock)}, hashtext(${scope}))`.execute(tx)
  await sql`select pg_advisory_xact_lock_shared(${sql.lit(celebrityLock)}, 0)`.execute(tx)
}

/**
 * The best matches of an analysed face among people, best first, by the rules of `system_settings`: scope, gender,
 * quality, threshold and limit. Exact, and proved to be complete (docs/matching.md). Nobody for a face that is not
 * analysed or too poor, whose owner is suspended, or has no school where the scope is the school.
 */
export async function searchUsers(tx: Transaction<Tables>, faceId: string): Promise<FaceResult[]> {
  const [rules, owner] = [await readMatchRules(tx), await ownerOf(tx, faceId)]
  if (!owner || (rules.match_scope === 'school' && owner.school === null)) return []
  const school = rules.match_scope === 'school' ? owner.school : null
  const gender = rules.match_gender === 'different' ? owner.gender : null
  const { rows } = await sql<FaceResult>`
    select face_id, profile_id, similarity_score
    from public.find_similar_faces_advanced(
      ${faceId}::uuid, ${school}::text, ${gender}::text, ${rules.match_threshold}::float8,
      ${rules.match_limit}::integer
    )
  `.execute(tx)
  return rows
}

/** The celebrities who resemble an analysed face most, best first, by `celebrity_match_limit` and `…_threshold`. */
export async function searchCelebrities(tx: Transaction<Tables>, faceId: string): Promise<CelebrityResult[]> {
  const rules = await readMatchRules(tx)
  const { rows } = await sql<CelebrityResult>`
    select celebrity_id, similarity_score
    from public.find_similar_celebrities_advanced(
      ${faceId}::uuid, ${rules.celebrity_match_threshold}::float8, ${rules.celebrity_match_limit}::integer
    )
  `.execute(tx)
  return rows
}

async function ownerOf(
  tx: Transaction<Tables>,
  faceId: string,
): Promise<{ school: string | null; gender: string | null } | undefined> {
  return tx
    .selectFrom('faces')
    .select(['owner_school as school', 'owner_gender as gender'])
    .where('id', '=', faceId)
    .executeTakeFirst()
}
