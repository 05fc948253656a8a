import { createHash } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { sql } from 'kysely'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { inventedAnalysis } from '../../../../tests/factories/analysis'
import { engines } from '../../../../tests/factories/engines'
import {
  insertFiles,
  insertImport,
  madeEmbedding,
  shownNow,
  type MadeFile,
} from '../../../../tests/factories/planned-files'
import { openPublishHost, type PublishHost } from '../../../../tests/factories/publish-host'
import { seeded } from '../../../../tests/factories/random'
import { numberedPhoto } from '../../../../tests/factories/numbered-photo'
import { toVectorText } from '../../../database/tables'
import { SemblanceError } from '../../../model/errors'
import { decide } from '../decisions/decisions'
import { refreshGallery } from '../gallery/gallery'
import { celebrityIdOf, imagePathOf, photoIdOf } from './item-ids'
import { planImport } from '../plan/plan-import'
import { undoImport } from '../undo/undo-import'

// Real: the database, Storage over HTTP, the staging area, the plan, decisions. Invented: what the photos show.

const outOf = <T>(values: readonly T[]) => fc.constantFrom(...values)
const often = <T>(value: T, others: readonly T[]) =>
  fc.oneof({ weight: 5, arbitrary: fc.constant(value) }, outOf(others))

const photo = fc.record({
  name: outOf(['Ann', 'Ann', 'ANN', 'Bea', 'Cat', 'Cat', 'Dan', null]),
  licence: often<string | null>('CC0', [null]),
  /** Equal numbers are equal bytes. */
  bytes: fc.nat(12),
  faces: fc.array(
    fc.record({
      of: outOf([1, 1, 1, 2, 3, 4, 5]),
      noise: fc.integer({ min: 1, max: 30 }),
      quality: outOf([0.3, 0.6, 0.7, 0.95]),
      age: often(40, [15, 22]),
      size: outOf([400, 200]),
    }),
    { minLength: 0, maxLength: 2 },
  ),
})
const decision = fc.record({
  kind: outOf(['accept', 'accept', 'reject', 'reset', 'face', 'same_person', 'different_person'] as const),
  file: fc.nat(9),
  other: fc.nat(9),
})
type Photo = typeof photo extends fc.Arbitrary<infer T> ? T : never
type Said = typeof decision extends fc.Arbitrary<infer T> ? T : never

describe.each(engines)('what is published is the plan, on %s', (engine) => {
  let room: PublishHost
  let folder: string
  let picture: Buffer
  beforeAll(async () => {
    room = await openPublishHost(engine)
    folder = await mkdtemp(join(tmpdir(), 'semblance-photos-'))
    picture = await sharp({ create: { width: 80, height: 100, channels: 3, background: '#a08070' } })
      .jpeg()
      .toBuffer()
    // Ann and Bea are known, one by a poor photo.
    for (const [of, name, quality] of [
      [1, 'Ann', 0.5],
      [3, 'Bea', 0.9],
    ] as const) {
      await room.query(
        `insert into celebrities (name, image_path, image_hash, quality_score, age, embedding, embedding_model)
        values ($1, $2, $3, $4, 40, $5::extensions.vector, 'test/model')`,
        [name, `${name}.jpg`, hashOf(of), quality, toVectorText(madeEmbedding(of))],
      )
    }
  }, 240_000)
  afterAll(async () => {
    await room?.close()
    if (folder) await rm(folder, { recursive: true, force: true })
  })

  const bytesOf = (seed: number) => numberedPhoto(picture, seed)
  const hashOf = (seed: number) => createHash('md5').update(bytesOf(seed)).digest('hex')

  async function stage(photos: readonly Photo[]): Promise<{ id: string; files: number[] }> {
    const id = await insertImport(room.staging, { source: 'made' })
    const made = photos.map(({ name, licence, bytes, faces }, i): MadeFile => ({
      ...{ path: `${i}.jpg`, name, licence, faces, hash: hashOf(bytes) },
      ...(faces.length === 0 ? { rejected: { code: 'no_face', reason: 'No face was found in it.' } } : {}),
    }))
    for (const [i, { bytes }] of photos.entries()) await writeFile(join(folder, `${i}.jpg`), bytesOf(bytes))
    const files = Object.values(await insertFiles(room.staging, id, made))
    const [face] = inventedAnalysis(seeded(1)).faces
    await room.staging.transaction(async (tx) => {
      await tx.updateTable('imports').set({ source_path: folder }).where('id', '=', id).execute()
      await sql`update files set embedding_model = 'test/model',
        locator = jsonb_build_object('in', 'folder', 'path', ${folder}::text || '/' || path)
        where import_id = ${id}`.execute(tx)
      await sql`update found_faces set attributes = ${JSON.stringify({ ...face, embedding: undefined })}::jsonb
        || jsonb_build_object('age', age, 'quality_score', quality_score)
        where file_id in (select id from files where import_id = ${id})`.execute(tx)
    })
    await refreshGallery(room.staging, room.host.database)
    await planImport(room.staging, id)
    return { id, files }
  }

  /** What makes no sense is refused, and changes nothing. */
  async function say(id: string, files: readonly number[], { kind, file, other }: Said): Promise<void> {
    const [one, two] = [files[file % files.length], files[other % files.length]]
    const given = async () => {
      if (kind === 'accept') return { kind, files: await shownNow(room.staging, [one]) }
      if (kind === 'face') return { kind, file_id: one, face_index: other % 2 }
      if (kind === 'same_person') return { kind, file_id: one, with: { file_id: two } }
      return kind === 'different_person' ? { kind, file_id: one } : { kind, file_ids: [one] }
    }
    await decide(room.staging, id, await given(), null).catch((error: unknown) => {
      if (!(error instanceof SemblanceError)) throw error
    })
  }

  interface Planned {
    id: string
    path: string
    outcome: string
    face_index: number | null
    person: string | null
    name: string | null
    celebrity: string | null
  }
  const planOf = (id: string) =>
    room.inStaging<Planned>(
      `select f.id::text, f.path, f.outcome, f.face_index, f.person_id::text as person, p.name,
        p.celebrity_id::text as celebrity
      from files f left join people p on p.id = f.person_id where f.import_id = $1 order by f.id`,
      [id],
    )

  /** Rows that the plan says there will be: celebrities by id, and further photos. */
  function expected(id: string, plan: readonly Planned[]) {
    const leads = new Map(
      plan.filter(({ outcome }) => outcome === 'new_celebrity').map((one) => [one.person, one.id]),
    )
    const whose = ({ person, celebrity }: Planned) =>
      celebrity ?? celebrityIdOf(id, leads.get(person) ?? 'nobody')
    const known = plan.filter(({ outcome }) => ['new_celebrity', 'replaces_photo'].includes(outcome))
    const further = plan.filter(({ outcome }) => outcome === 'further_photo')
    return {
      celebrities: known
        .map((one) => ({ id: whose(one), name: one.name, image_path: imagePathOf(id, one.id, one.path) }))
        .toSorted((a, b) => (a.id < b.id ? -1 : 1)),
      photos: further
        .map((one) => ({
          ...{ id: photoIdOf(id, one.id), celebrity_id: whose(one) },
          image_path: imagePathOf(id, one.id, one.path),
        }))
        .toSorted((a, b) => (a.id < b.id ? -1 : 1)),
    }
  }

  test('any batch, any decisions: published as planned, undone as before', { timeout: 900_000 }, async () => {
    const met = new Set<string>()
    await fc.assert(
      fc.asyncProperty(
        fc.array(photo, { minLength: 1, maxLength: 10 }),
        fc.array(decision, { maxLength: 6 }),
        async (photos, decisions) => {
          const before = await room.dump()
          const { id, files } = await stage(photos)
          for (const one of decisions) await say(id, files, one)
          const plan = await planOf(id)
          const due = expected(id, plan)
          const count = due.celebrities.length + due.photos.length
          expect(await room.publish(id)).toEqual({ published: count, changed: 0 })
          const celebrities = await room.query(
            `select id, name, image_path from celebrities where import_id = $1 order by id::text`,
            [id],
          )
          const kept = await room.query(
            `select id, celebrity_id, image_path from celebrity_photos where import_id = $1 order by id::text`,
            [id],
          )
          expect({ celebrities, photos: kept }).toEqual(due)
          expect((await planOf(id)).map(({ outcome }) => outcome)).toEqual(plan.map(({ outcome }) => outcome))
          for (const { outcome } of plan) met.add(outcome)
          if (count > 0)
            expect(await undoImport(room.host, id, room.curator.id)).toEqual({ undone: count, kept: 0 })
          expect(await room.dump()).toEqual(before)
          await room.inStaging('delete from imports', [])
        },
      ),
      {
        numRuns: Number(process.env['SEMBLANCE_FUZZ_RUNS'] ?? 25),
        seed: 20261123,
      },
    )
    // It is no test of nothing.
    expect([...met].toSorted()).toEqual(
      [
        'duplicate',
        'further_photo',
        'needs_person',
        'new_celebrity',
        'rejected',
        'replaces_photo',
      ].toSorted(),
    )
  })
})
