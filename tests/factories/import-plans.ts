import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { thumbnailOf } from '../../core/celebrities/import/analysis/analyze-file'
import type { Staging } from '../../core/celebrities/import/staging/staging'
import type { Outcome, OutcomeCode } from '../../core/celebrities/contract-import-schemas'
import { toVectorText } from '../../core/database/tables'
import { inventedAnalysis } from './analysis'
import { madeEmbedding } from './planned-files'
import { seeded } from './random'

/** A photo of an import as a plan has decided about it. */
export interface PlannedPhoto {
  /** Of `people`, by their place. */
  person: number
  outcome: Outcome
  /** Equal numbers are equal bytes. Default: a photo of its own. */
  seed?: number
  /** When the celebrity was changed last, as the plan saw it. */
  seen?: string
  licence?: string | null
  model?: string
  /** Where it is planned anew: whose face it shows (`madeEmbedding`), how good and how old. Default: an invented one. */
  face?: { of: number; noise?: number; quality?: number; age?: number }
}

export interface PlannedImport {
  people: { name: string; celebrityId?: string }[]
  photos: PlannedPhoto[]
}

let made = 0

/** Bytes that pass for a JPEG, the same for the same number. */
export function photoBytes(seed: number): Buffer {
  const noise = createHash('sha512').update(`photo ${seed}`).digest()
  return Buffer.concat([Buffer.from([0xff, 0xd8, 0xff, 0xe0]), noise, noise])
}

export interface StagedImport {
  id: string
  /** Ids of its files, in the order of `photos`. */
  files: string[]
  /** The folder with its photos. */
  source: string
  remove: () => Promise<void>
}

/** An import that waits to be published, with its photos in a folder. Faces are invented. */
export async function addPlannedImport(staging: Staging, plan: PlannedImport): Promise<StagedImport> {
  const source = await mkdtemp(join(tmpdir(), 'semblance-photos-'))
  const photos = plan.photos.map((photo) => ({ ...photo, seed: photo.seed ?? (made += 1) + 1_000_000 }))
  for (const [index, { seed }] of photos.entries()) {
    await writeFile(join(source, `${index}.jpg`), photoBytes(seed))
  }
  const { id, files } = await staging.transaction(async (tx) => {
    const { id } = await tx
      .insertInto('imports')
      .values({
        ...{ name: 'Planned', source_kind: 'folder', source_path: source, state: 'publishing' },
        ...{ default_licence: 'CC BY 4.0', default_source: 'a test', planned_revision: '0' },
      })
      .returning('id')
      .executeTakeFirstOrThrow()
    const people = await tx
      .insertInto('people')
      .values(
        plan.people.map(({ name, celebrityId }) => ({
          import_id: id,
          name,
          celebrity_id: celebrityId ?? null,
        })),
      )
      .returning('id')
      .execute()
    const rows = photos.map((photo, index) => {
      const celebrity = plan.people[photo.person]?.celebrityId ?? null
      const name = plan.people[photo.person]?.name ?? null
      return fileRow(photo, index, { id, source, person: people[photo.person]?.id ?? null, celebrity, name })
    })
    const files = (await tx.insertInto('files').values(rows).returning('id').execute()).map((row) => row.id)
    await tx
      .insertInto('found_faces')
      .values(photos.map((photo, index) => faceRow(files[index], photo)))
      .execute()
    return { id, files }
  })
  const folder = await staging.folderOf(id)
  await mkdir(join(folder, 'thumbnails'), { recursive: true })
  for (const file of files) await writeFile(thumbnailOf(folder, file), `thumbnail ${file}`)
  return { id, files, source, remove: () => rm(source, { recursive: true, force: true }) }
}

function fileRow(
  photo: PlannedPhoto & { seed: number },
  index: number,
  around: {
    id: string
    source: string
    person: string | null
    celebrity: string | null
    name: string | null
  },
) {
  const path = `${index}.jpg`
  return {
    ...{ import_id: around.id, path, person_id: around.person, name: around.name },
    locator: JSON.stringify({ in: 'folder', path: join(around.source, path) }),
    ...{
      state: 'analyzed' as const,
      outcome: photo.outcome,
      outcome_code: codes[photo.outcome],
      face_index: 0,
      width: 640,
      height: 480,
    },
    image_hash: createHash('md5').update(photoBytes(photo.seed)).digest('hex'),
    perceptual_hash: pictureOf(photo.seed),
    embedding_model: photo.model ?? 'test/model',
    outcome_reference: photo.seen
      ? JSON.stringify({ celebrity_id: around.celebrity, photo_id: null, seen: photo.seen })
      : null,
    ...(photo.licence === undefined ? {} : { licence: photo.licence }),
  }
}

const codes: Partial<Record<Outcome, OutcomeCode>> = {
  ...{ new_celebrity: 'only_photo', further_photo: 'not_the_best', replaces_photo: 'better_than_gallery' },
  needs_person: 'maybe_minor',
}

/** Of other photos it is far. */
const pictureOf = (seed: number) =>
  [...createHash('md5').update(`picture ${seed}`).digest().subarray(0, 8)]
    .map((byte) => byte.toString(2).padStart(8, '0'))
    .join('')

function faceRow(file: string, { seed, face: made }: PlannedPhoto & { seed: number }) {
  const [face] = inventedAnalysis(seeded(seed)).faces
  if (!face) throw new Error('An invented photo shows a face.')
  const { box, detection_score, embedding: invented, ...rest } = face
  const embedding = made ? [...madeEmbedding(made.of, made.noise)] : invented
  const attributes = {
    ...rest,
    quality_score: made?.quality ?? rest.quality_score,
    age: made?.age ?? rest.age,
  }
  return {
    ...{ file_id: file, face_index: 0, attributes: JSON.stringify(attributes), box: JSON.stringify(box) },
    ...{ detection_score, quality_score: attributes.quality_score, age: attributes.age },
    ...{ gender: attributes.gender, embedding: toVectorText(embedding) },
  }
}
