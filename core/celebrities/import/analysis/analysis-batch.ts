import { sql } from 'kysely'
import type { ImageAnalysis } from '../../../model/face'
import type { OutcomeCode } from '../../contract-import-schemas'
import type { Staging, StagingTx } from '../staging/staging'
import type { Locator } from '../staging/staging-tables'

/** What the analysis of an import writes, several photos a transaction: a commit costs about as much as a small photo. */

/** A file that is being analysed. */
export interface Claim {
  id: string
  path: string
  locator: Locator
}

/** What came of one. */
export type Result = { id: string } & (
  | {
      kind: 'analyzed'
      analysis: Omit<ImageAnalysis, 'thumbnail' | 'rendition' | 'grey_picture'>
      perceptualHash: string
      sourceHash: string | null
    }
  /** The picture was analysed before: all is as with that file. */
  | { kind: 'known'; as: string; imageHash: string; sourceHash: string | null }
  | { kind: 'rejected'; code: OutcomeCode; reason: string; imageHash?: string | undefined }
  /** It was not done, and that says nothing against it. */
  | { kind: 'released' }
)

export interface Exchange {
  results: readonly Result[]
  /** How many files are to be had next; 0 for none. */
  wanted: number
  /** Ids from which on those are that nobody has begun; null: of those that a host was lost with, least often first. */
  from: string | null
}

/**
 * Writes what came of files and hands out the next ones, which count as begun from here on.
 * @returns those, and the files that could not be written after all, since the one that they were to be like is gone:
 *   they still count as begun
 */
export function exchange(staging: Staging, importId: string, { results, wanted, from }: Exchange) {
  return staging.transaction(async (tx) => {
    const missing = await save(tx, importId, results)
    return { missing, claims: wanted > 0 ? await claim(tx, importId, wanted, from) : [] }
  })
}

async function claim(tx: StagingTx, importId: string, wanted: number, from: string | null): Promise<Claim[]> {
  const next = tx
    .selectFrom('files')
    .select('id')
    .where('import_id', '=', importId)
    .where('state', '=', 'found')
    .$if(from !== null, (query) => query.where('attempts', '=', 0).where('id', '>', from ?? '0'))
    .$if(from === null, (query) => query.where('attempts', '>', 0).orderBy('attempts'))
    .orderBy('id')
    .limit(wanted)
  const claims = await tx
    .updateTable('files')
    .set({ attempts: sql`attempts + 1` })
    .where('id', 'in', next)
    .returning(['id', 'path', 'locator'])
    .execute()
  return claims
    .map(({ id, path, locator }) => ({ id, path, locator: locator as Locator }))
    .sort((one, other) => Number(one.id) - Number(other.id))
}

async function save(tx: StagingTx, importId: string, results: readonly Result[]): Promise<string[]> {
  const missing: string[] = []
  const of = <K extends Result['kind']>(kind: K) =>
    results.filter((result): result is Extract<Result, { kind: K }> => result.kind === kind)
  await saveAnalyzed(tx, of('analyzed'))
  await saveRejected(tx, of('rejected'))
  for (const known of of('known')) if (!(await saveKnown(tx, known))) missing.push(known.id)
  await release(
    tx,
    of('released').map(({ id }) => id),
  )
  const changed = results.length - of('released').length - missing.length
  if (changed > 0) {
    await tx
      .updateTable('imports')
      .set({ revision: sql`revision + 1` })
      .where('id', '=', importId)
      .execute()
  }
  return missing
}

async function saveAnalyzed(
  tx: StagingTx,
  results: readonly Extract<Result, { kind: 'analyzed' }>[],
): Promise<void> {
  if (results.length === 0) return
  const files = results.map(({ id, analysis, perceptualHash, sourceHash }) => ({
    ...{ id, perceptual_hash: perceptualHash, image_hash: analysis.image_hash, source_hash: sourceHash },
    ...{ width: analysis.width, height: analysis.height, embedding_model: analysis.embedding_model },
  }))
  await sql`
    with results as materialized (
      select * from jsonb_to_recordset(${JSON.stringify(files)}::jsonb) as r (id bigint, image_hash text, source_hash text,
        perceptual_hash text, width integer, height integer, embedding_model text)
    ), gone as (delete from found_faces where file_id in (select id from results))
    update files as f set state = 'analyzed', analyzed_at = now(),
      image_hash = r.image_hash, source_hash = r.source_hash, perceptual_hash = r.perceptual_hash::bit(64), width = r.width, height = r.height,
      embedding_model = r.embedding_model
    from results as r where f.id = r.id`.execute(tx)
  const faces = results.flatMap(({ id, analysis }) =>
    analysis.faces.map(({ embedding, box, detection_score, ...attributes }, face_index) => ({
      ...{ file_id: id, face_index, detection_score, box: JSON.stringify(box) },
      attributes: JSON.stringify(attributes),
      ...{ quality_score: attributes.quality_score, age: attributes.age, gender: attributes.gender },
      embedding: sql<string>`${vectorBytes(embedding)}`,
    })),
  )
  if (faces.length > 0) await tx.insertInto('found_faces').values(faces).execute()
}

/** As pgvector receives it: two 16-bit numbers (length, unused), then 32-bit floats, the high byte first. */
function vectorBytes(values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(4 + values.length * 4)
  bytes.writeUInt16BE(values.length, 0)
  for (let index = 0; index < values.length; index++) bytes.writeFloatBE(values[index], 4 + index * 4)
  return bytes
}

async function saveRejected(
  tx: StagingTx,
  results: readonly Extract<Result, { kind: 'rejected' }>[],
): Promise<void> {
  for (const { id, code, reason, imageHash } of results) {
    await tx
      .updateTable('files')
      .set({ state: 'rejected', reason_code: code, reason, analyzed_at: sql`now()` })
      .$if(imageHash !== undefined, (query) => query.set({ image_hash: imageHash ?? null }))
      .where('id', '=', id)
      .execute()
  }
}

/** False where the file that it is like is gone. */
async function saveKnown(
  tx: StagingTx,
  { id, as, imageHash, sourceHash }: Extract<Result, { kind: 'known' }>,
): Promise<boolean> {
  const { numAffectedRows } = await sql`
    update files as f set state = 'analyzed', analyzed_at = now(),
      image_hash = ${imageHash}, source_hash = ${sourceHash}, perceptual_hash = k.perceptual_hash, width = k.width, height = k.height,
      embedding_model = k.embedding_model
    from files as k where f.id = ${id} and k.id = ${as} and k.state = 'analyzed'`.execute(tx)
  if (!numAffectedRows) return false
  await tx.deleteFrom('found_faces').where('file_id', '=', id).execute()
  await sql`
    insert into found_faces (file_id, face_index, attributes, box, detection_score, quality_score, age, gender, embedding)
    select ${id}, face_index, attributes, box, detection_score, quality_score, age, gender, embedding
    from found_faces where file_id = ${as}`.execute(tx)
  return true
}

async function release(tx: StagingTx, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return
  await tx
    .updateTable('files')
    .set({ attempts: sql`greatest(attempts - 1, 0)` })
    .where('id', 'in', ids)
    .execute()
}
