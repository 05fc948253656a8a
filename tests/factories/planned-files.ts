import type { ShownFile } from '../../core/celebrities/contract-import-schemas'
import type { FaceAttributes } from '../../core/model/face'
import type { Staging } from '../../core/celebrities/import/staging/staging'

/** Files of an import as the analysis leaves them, with made-up faces: one number names a person's face. */

export interface MadeFile {
  path: string
  name?: string | null
  licence?: string | null
  source?: string | null
  hash?: string
  /** 64 zeros and ones. */
  picture?: string
  faces?: { of: number; noise?: number; quality?: number; age?: number; size?: number }[]
  rejected?: { code: 'no_face' | 'unreadable'; reason: string }
}

export const madeModel = 'made/000000000000/a1'

/** An import that waits for review. */
export async function insertImport(staging: Staging, defaults: { licence?: string; source?: string } = {}) {
  const { id } = await staging.transaction((tx) =>
    tx
      .insertInto('imports')
      .values({
        ...{ name: 'Made', source_kind: 'folder', source_path: '/made', state: 'review' },
        default_licence: defaults.licence ?? null,
        default_source: defaults.source ?? null,
      })
      .returning('id')
      .executeTakeFirstOrThrow(),
  )
  return id
}

/** Gives ids by path. */
export async function insertFiles(staging: Staging, importId: string, files: readonly MadeFile[]) {
  const ids: Record<string, number> = {}
  for (let from = 0; from < files.length; from += 250) {
    const some = files.slice(from, from + 250)
    await staging.transaction(async (tx) => {
      const rows = await tx
        .insertInto('files')
        .values(some.map((file) => ({ import_id: importId, ...columnsOf(file) })))
        .returning(['id', 'path'])
        .execute()
      for (const { id, path } of rows) ids[path] = Number(id)
      const faces = some.flatMap((file) =>
        (file.faces ?? []).map((face, index) => facesRow(String(ids[file.path]), index, face)),
      )
      if (faces.length > 0) await tx.insertInto('found_faces').values(faces).execute()
    })
  }
  return ids
}

function columnsOf(file: MadeFile) {
  return {
    path: file.path,
    locator: JSON.stringify({ in: 'folder', path: `/made/${file.path}` }),
    name: file.name ?? null,
    name_original: file.name ?? null,
    licence: file.licence ?? null,
    source: file.source ?? null,
    state: file.rejected ? ('rejected' as const) : ('analyzed' as const),
    reason_code: file.rejected?.code ?? null,
    reason: file.rejected?.reason ?? null,
    image_hash: file.hash ?? `hash of ${file.path}`,
    perceptual_hash: file.picture ?? null,
    ...{ width: 800, height: 1000, embedding_model: madeModel },
  }
}

type MadeFace = NonNullable<MadeFile['faces']>[number]

function facesRow(fileId: string, index: number, face: MadeFace) {
  const size = face.size ?? 400
  const quality = face.quality ?? 0.8
  const attributes: Partial<FaceAttributes> = { quality_components: { sharpness: 70 } }
  return {
    ...{ file_id: fileId, face_index: index, detection_score: 0.99, quality_score: quality },
    attributes: JSON.stringify(attributes),
    box: JSON.stringify({ x: 0, y: 0, width: size, height: size }),
    ...{ age: face.age ?? 40, gender: 'female' as const },
    embedding: JSON.stringify([...madeEmbedding(face.of, face.noise ?? 0)]),
  }
}

/**
 * A unit vector that depends on the person, turned a little by the noise: different people are nearly at right angles.
 * @param noise a number of the photo; 0 for none
 */
export function madeEmbedding(person: number, noise = 0, strength = 0.4): Float32Array {
  const own = random(person * 7919 + 17)
  if (noise === 0) return own
  const other = random(noise * 104_729 + person * 31 + 5)
  return unit(own.map((element, i) => element + strength * other[i]))
}

function random(seed: number): Float32Array {
  let state = seed | 0
  const elements = Float32Array.from({ length: 512 }, () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32 - 0.5
  })
  return unit(elements)
}

function unit(elements: Float32Array): Float32Array {
  const norm = Math.sqrt(elements.reduce((sum, element) => sum + element * element, 0))
  return elements.map((element) => element / norm)
}

/** What the plan says of each file, by path. */
export async function outcomesOf(staging: Staging, importId: string) {
  const rows = await staging.transaction((tx) =>
    tx
      .selectFrom('files as f')
      .leftJoin('people as p', 'p.id', 'f.person_id')
      .where('f.import_id', '=', importId)
      .select(['f.path', 'f.outcome', 'f.outcome_code', 'f.outcome_reason', 'f.outcome_reference'])
      .select(['f.face_index', 'f.name', 'f.given', 'p.name as person'])
      .orderBy('path')
      .execute(),
  )
  return Object.fromEntries(rows.map(({ path, ...row }) => [path, row]))
}

/** Files as somebody is shown them at this moment, in the order of their ids. */
export function shownNow(staging: Staging, ids: readonly number[]): Promise<ShownFile[]> {
  return staging.transaction(async (tx) => {
    const rows = await tx
      .selectFrom('files')
      .select(['id', 'outcome_code', 'face_index'])
      .where('id', 'in', ids.map(String))
      .orderBy('id')
      .execute()
    return rows.map(({ id, ...shown }) => ({ id: Number(id), ...shown }))
  })
}
