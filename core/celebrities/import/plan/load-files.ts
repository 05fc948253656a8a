import { sql } from 'kysely'
import { storedComponents } from './components'
import type { Staging } from '../staging/staging'
import type { Reference } from '../staging/staging-tables'
import type { Outcome, OutcomeCode } from '../../contract-import-schemas'
import { readPictureHash } from './picture-hash'
import type { PlanFace, PlanFile } from './types'

/** Files of an import, as a plan needs them. Read in pages, so that neither this thread nor the database is held long. */

/** What the plan before wrote of a file. */
export interface StoredPlan {
  outcome: Outcome | null
  code: OutcomeCode | null
  reason: string | null
  reference: Reference | null
  personId: number | null
  faceIndex: number | null
}

export interface LoadedFile {
  file: Omit<PlanFile, 'faces'>
  stored: StoredPlan
  /** Another one where it was analysed anew. */
  version: string
}

const filesAtOnce = 250
const facesAtOnce = 100

/** Null where the gallery was looked at since, and they were not in it any more. */
const standingCelebrity = sql<string | null>`case
  when f.published_celebrity is null then null
  when f.published_at >= (select refreshed_at from gallery_state)
    or exists (select from gallery as g where g.celebrity_id = f.published_celebrity)
    or not exists (select from gallery_state where refreshed_at is not null)
  then f.published_celebrity end`

/** In order of id; those that nothing has looked at yet are left out. */
export async function* loadFiles(
  staging: Staging,
  importId: string,
  only?: readonly number[],
): AsyncGenerator<LoadedFile[]> {
  for (let last = 0; ;) {
    const from = last
    const rows = await staging.transaction((tx) =>
      tx
        .selectFrom('files as f')
        .innerJoin('imports as i', 'i.id', 'f.import_id')
        .where('f.import_id', '=', importId)
        .where('f.state', '<>', 'found')
        .where('f.id', '>', String(from))
        .$if(only !== undefined, (query) => query.where(sql<boolean>`f.id = any (${only ?? []}::bigint[])`))
        .select(['f.id', 'f.path', 'f.name', 'f.name_original', 'f.state', 'f.reason_code', 'f.reason'])
        // Whom a person named needs no line of the source.
        .select(
          sql<boolean>`f.given is not null and f.name is distinct from f.given ->> 'name'`.as('is_named'),
        )
        .select([
          'f.image_hash',
          'f.source_hash',
          'f.width',
          'f.height',
          'f.embedding_model',
          'f.changed_reason',
        ])
        .select(standingCelebrity.as('published_celebrity'))
        .select(['f.outcome', 'f.outcome_code', 'f.outcome_reason', 'f.person_id'])
        .select(['f.outcome_reference', 'f.face_index'])
        .select(sql<string | null>`f.perceptual_hash::text`.as('perceptual_hash'))
        .select(sql<string>`coalesce(f.analyzed_at::text, '') || f.state`.as('version'))
        .select(sql<boolean>`f.published_at is not null`.as('is_published'))
        .select(sql<string | null>`coalesce(f.licence, i.default_licence)`.as('licence'))
        .select(sql<string | null>`coalesce(f.source, i.default_source)`.as('source'))
        .orderBy('f.id')
        .limit(filesAtOnce)
        .execute(),
    )
    if (rows.length === 0) return
    last = Number(rows[rows.length - 1].id)
    yield rows.map(viewFile)
    if (rows.length < filesAtOnce) return
  }
}

interface Row {
  id: string
  path: string
  name: string | null
  name_original: string | null
  state: 'found' | 'analyzed' | 'rejected'
  reason_code: OutcomeCode | null
  reason: string | null
  is_named: boolean
  image_hash: string | null
  source_hash: string | null
  width: number | null
  height: number | null
  embedding_model: string | null
  changed_reason: string | null
  published_celebrity: string | null
  outcome: Outcome | null
  outcome_code: OutcomeCode | null
  outcome_reason: string | null
  person_id: string | null
  outcome_reference: Reference | null
  face_index: number | null
  perceptual_hash: string | null
  version: string
  is_published: boolean
  licence: string | null
  source: string | null
}

function viewFile(row: Row): LoadedFile {
  const { path, name, licence, source, version } = row
  const reason = row.state !== 'rejected' && row.is_named ? null : row.reason
  return {
    version,
    file: {
      ...{ id: Number(row.id), path, name, nameOriginal: row.name_original, licence, source, reason },
      state: row.state === 'rejected' ? 'rejected' : 'analyzed',
      reasonCode: row.reason_code,
      imageHash: row.image_hash,
      sourceHash: row.source_hash,
      pictureHash: readPictureHash(row.perceptual_hash),
      pixels: (row.width ?? 0) * (row.height ?? 0),
      model: row.embedding_model,
      changedReason: row.changed_reason,
      published:
        row.is_published && row.outcome && row.outcome_code
          ? {
              celebrityId: row.published_celebrity,
              outcome: row.outcome,
              code: row.outcome_code,
              faceIndex: row.face_index,
            }
          : null,
    },
    stored: {
      outcome: row.outcome,
      code: row.outcome_code,
      reason: row.outcome_reason,
      reference: row.outcome_reference,
      personId: row.person_id === null ? null : Number(row.person_id),
      faceIndex: row.face_index,
    },
  }
}

/** Of those files; the largest face first. */
export async function loadFaces(staging: Staging, ids: readonly number[]): Promise<Map<number, PlanFace[]>> {
  const faces = new Map<number, PlanFace[]>(ids.map((id) => [id, []]))
  for (let from = 0; from < ids.length; from += facesAtOnce) {
    const some = ids.slice(from, from + facesAtOnce)
    const rows = await staging.transaction((tx) =>
      tx
        .selectFrom('found_faces')
        .where(sql<boolean>`file_id = any (${some}::bigint[])`)
        .select(['file_id', 'face_index', 'quality_score', 'age', 'box'])
        .select(sql`attributes -> 'quality_components'`.as('components'))
        .select(sql<string>`encode(extensions.vector_send(embedding), 'base64')`.as('embedding'))
        .orderBy('file_id')
        .orderBy('face_index')
        .execute(),
    )
    for (const row of rows) {
      faces.get(Number(row.file_id))?.push({
        index: row.face_index,
        embedding: readVector(row.embedding),
        quality: row.quality_score,
        components: storedComponents(row.components),
        age: row.age,
        area: row.box ? row.box.width * row.box.height : 0,
      })
    }
  }
  return faces
}

/** As pgvector sends it: two 16-bit numbers (length, unused), then 32-bit floats, the high byte first. */
export function readVector(base64: string): Float32Array {
  const bytes = Buffer.from(base64, 'base64')
  const vector = new Float32Array((bytes.length - 4) >> 2)
  for (let i = 0; i < vector.length; i += 1) vector[i] = bytes.readFloatBE(4 + i * 4)
  return vector
}
