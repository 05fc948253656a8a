import { sql } from 'kysely'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { toVectorText } from '../database/tables'
import { testEngines } from '../../tests/factories/database'
import {
  advance,
  begin,
  inventedPool,
  photo,
  planTo,
  snapshot,
  spaces,
  workToEnd,
} from '../../tests/factories/model-switch'
import { openQueueHost, type QueueHost } from '../../tests/factories/queue-host'
import { withPeople } from '../../tests/factories/with-people'
import { listOutliers } from '../celebrities/curation/outliers'
import { photosOfCelebrity } from '../celebrities/curation/photos'
import { queueAllPhotos } from '../celebrities/curation/queue-analysis'
import { choosePhoto } from '../celebrities/curation/swap-photo'
import { undoGroup } from '../celebrities/curation/undo'
import { searchCelebrities } from '../matching/search/search'
import { acceptFailed, cancelSwitch } from './switches'

// Real: database, triggers, Storage over HTTP, workers, curation. Invented: what the models say of a photo.

const anna = '00000000-0000-4000-8000-00000000000a'
const bert = '00000000-0000-4000-8000-00000000000b'

describe.each(await testEngines())('further photos of celebrities on %s', { timeout: 60_000 }, (engine) => {
  let host: QueueHost
  let add: Awaited<ReturnType<typeof withPeople>>
  let star: string
  let [second, third] = ['', '']

  beforeAll(async () => {
    host = await openQueueHost(engine)
    add = await withPeople(host, [anna, bert])
    await host.database.asOwner((tx) =>
      sql`update public.profiles set role = 'curator' where id = ${anna}`.execute(tx),
    )
  })
  afterAll(() => host.close())
  beforeEach(async () => {
    await add.addFace(anna, photo(1))
    await add.addFace(bert, photo(2))
    star = await add.addCelebrity('Star', photo(4))
    ;[second, third] = [await add.addFurtherPhoto(star, photo(5)), await add.addFurtherPhoto(star, photo(6))]
    await work(spaces.old)
  })
  afterEach(() =>
    host.database.asService(async (tx) => {
      for (const table of [
        'model_switches',
        'faces',
        'celebrities',
        'celebrity_changes',
        'active_model',
      ] as const)
        await tx.deleteFrom(table).execute()
    }),
  )

  const work = (active: string, staged?: string) => workToEnd(host, active, staged)

  const curator = {
    caller: { id: anna } as never,
    transaction: <T>(task: Parameters<typeof host.database.asService<T>>[0]) => host.database.asService(task),
  }
  const furtherPhotos = async () => new Map((await snapshot(host)).photos.map((row) => [row.id, row]))

  /** What the models of a space say of the photos that are made of these bytes. */
  const embeddingOf = async (bytes: number, space: string) => {
    const { faces } = await inventedPool(space).analyze(photo(bytes))
    return toVectorText(faces[0].embedding)
  }
  const cosineOf = async (one: number, other: number, space: string) => {
    const { rows } = await host.database.asService(async (tx) =>
      sql<{ cosine: number }>`select 1 - (${await embeddingOf(one, space)}::extensions.vector
        operator(extensions.<=>) ${await embeddingOf(other, space)}::extensions.vector) as cosine`.execute(
        tx,
      ),
    )
    return rows[0].cosine
  }
  const allModels = async () => {
    const { faces, celebrities, photos } = await snapshot(host)
    return [...faces, ...celebrities, ...photos].map((row) => row.embedding_model)
  }

  test('one that comes without an analysis gets one, with all that an analysis says', async () => {
    const { faces } = await inventedPool(spaces.old).analyze(photo(5))
    const row = (await furtherPhotos()).get(second)
    expect(row).toMatchObject({ embedding_model: spaces.old, quality_score: faces[0].quality_score })
    expect(row?.analysis).toMatchObject({
      ...{ age: faces[0].age, gender: faces[0].gender, pose: faces[0].pose, detection_box: faces[0].box },
      ...{ landmarks_68: faces[0].landmarks_68, faces_found: 1 },
      analyzed_at: expect.stringContaining('T') as string,
    })
  })

  const indexes = () =>
    host.database.asOwner(async (tx) => {
      const { rows } = await sql<{ definition: string }>`
        select indexdef as definition from pg_indexes where tablename = 'faces' order by 1`.execute(tx)
      return rows
    })

  test('a switch takes them along: staged beside, moved with everything else, and right when one is promoted', async () => {
    const [before, indexesBefore] = [await snapshot(host), await indexes()]
    expect((await planTo(host)).to_do).toEqual({ faces: 2, celebrities: 1, photos: 2 })
    await begin(host)
    await work(spaces.old, spaces.new)
    expect((await snapshot(host)).photos).toEqual(before.photos)
    expect((await snapshot(host)).staged).toHaveLength(5)
    expect(await advance(host)).toBe('completed')
    expect(await indexes()).toEqual(indexesBefore)
    expect((await planTo(host, spaces.old)).to_do).toEqual({ faces: 2, celebrities: 1, photos: 2 })
    expect(await allModels()).toEqual(Array(5).fill(spaces.new))
    await work(spaces.new)

    const [current, ...others] = await host.database.asService((tx) => photosOfCelebrity(tx, star))
    expect(current.cosine).toBeNull()
    for (const { id, cosine } of others)
      expect(cosine).toBeCloseTo(await cosineOf(4, id === second ? 5 : 6, spaces.new), 5)

    await choosePhoto(curator, { id: star, photo_id: second })
    await work(spaces.new)
    const after = await snapshot(host)
    expect(await cosineToRow(5)).toBeCloseTo(1, 5)
    // Whoever looks like them is scored by that photo: the same as a search of this moment says.
    expect(after.lookalikes).not.toEqual([])
    for (const { face_id, similarity_score: score } of after.lookalikes) {
      const [found] = await host.database.asService((tx) => searchCelebrities(tx, face_id))
      expect(score).toBeCloseTo(found.similarity_score, 9)
    }
    expect(await allModels()).toEqual(Array(5).fill(spaces.new))
  })

  /** How alike the celebrity's embedding and that of a photo in the new space are. */
  const cosineToRow = async (bytes: number) => {
    const { rows } = await host.database.asService(async (tx) =>
      sql<{ cosine: number }>`select 1 - (embedding operator(extensions.<=>)
        ${await embeddingOf(bytes, spaces.new)}::extensions.vector) as cosine
        from public.celebrities where id = ${star}`.execute(tx),
    )
    return rows[0].cosine
  }

  test('what an undo brings back from before a switch is compared with nobody, and analysed anew', async () => {
    const { group_id: group } = await choosePhoto(curator, { id: star, photo_id: third })
    await work(spaces.old)
    await begin(host)
    await work(spaces.old, spaces.new)
    expect(await advance(host)).toBe('completed')
    await work(spaces.new)
    await undoGroup(curator, group)
    // The photo that they are known by again, and the one that was, are of the old space for this moment.
    expect((await allModels()).filter((model) => model === spaces.old)).toHaveLength(2)
    const photos = await host.database.asService((tx) => photosOfCelebrity(tx, star))
    const ofNew = photos.filter(({ embedding_model }) => embedding_model === spaces.new)
    expect(ofNew.map(({ id, cosine }) => [id, cosine])).toEqual([[second, null]])
    const unlike = await listOutliers({ ...host, ...curator }, { kind: 'unlike', limit: 10 })
    expect(unlike.items.map(({ photo: other }) => other?.id)).not.toContain(second)
    const { faces } = await snapshot(host)
    for (const { id } of faces)
      expect(await host.database.asService((tx) => searchCelebrities(tx, id))).toEqual([])

    await work(spaces.new)
    expect(await allModels()).toEqual(Array(5).fill(spaces.new))
    expect(await cosineToRow(4)).toBeCloseTo(1, 5)
    expect((await furtherPhotos()).get(third)?.embedding_model).toBe(spaces.new)
  })

  test('one whose file is gone holds the switch back; left out, it stays as it is, with a failed job', async () => {
    const lost = (await furtherPhotos()).get(second)!
    await host.images.remove('celebrity-images', [lost.image_path])
    expect((await planTo(host)).missing).toEqual({ faces: 0, celebrities: 0, photos: 1 })
    await begin(host)
    await work(spaces.old, spaces.new)
    expect(await advance(host)).toBe('stuck')
    expect(await host.database.asService(acceptFailed)).toBe(1)
    expect(await advance(host)).toBe('completed')
    const after = await snapshot(host)
    expect(after.photos.find(({ id }) => id === second)).toEqual(lost)
    expect(after.jobs.filter(({ photo_id: id }) => id === second)).toMatchObject([
      {
        switch_id: null,
        photo_id: second,
        celebrity_id: star,
        status: 'failed',
        error_code: 'image_missing',
      },
    ])
    expect((await allModels()).filter((model) => model === spaces.new)).toHaveLength(4)
    const photos = await host.database.asService((tx) => photosOfCelebrity(tx, star))
    expect(photos.find(({ id }) => id === second)?.cosine).toBeNull()
  })

  test('one that comes during a switch is analysed in both spaces; cancelled, nothing of it is left', async () => {
    await begin(host)
    const late = await add.addFurtherPhoto(star, photo(7))
    await work(spaces.old, spaces.new)
    // What the first worker wrote has queued it for the new space.
    await work(spaces.old, spaces.new)
    expect((await snapshot(host)).staged.filter(({ photo_id: id }) => id !== null)).toHaveLength(3)
    await host.database.asService((tx) => cancelSwitch(tx, null))
    expect((await furtherPhotos()).get(late)?.embedding_model).toBe(spaces.old)
    const { staged, jobs } = await snapshot(host)
    expect(staged).toEqual([])
    expect(jobs.every(({ switch_id, status }) => switch_id === null && status === 'completed')).toBe(true)
  })

  test('analysing again takes all photos, each once however often it is asked', async () => {
    await host.database.asService((tx) =>
      sql`update public.celebrity_photos set embedding = null, quality_score = null, analysis = '{"gender": "female"}'`.execute(
        tx,
      ),
    )
    for (const _ of [1, 2]) expect(await host.database.asService((tx) => queueAllPhotos(tx, [star]))).toBe(1)
    const open = (await snapshot(host)).jobs.filter(({ status }) => status === 'pending')
    expect(open.map(({ photo_id: id }) => id).toSorted()).toEqual([second, third].toSorted())
    await work(spaces.old)
    for (const row of (await furtherPhotos()).values()) {
      expect(row.embedding_model).toBe(spaces.old)
      // What somebody has said of the person stands.
      expect(row.analysis).toMatchObject({ gender: 'female', faces_found: 1 })
    }
    expect((await snapshot(host)).photos.every(({ embedding }) => embedding !== null)).toBe(true)
  })

  test('one that shows nobody fails by itself; one that is removed meanwhile is written nowhere', async () => {
    const nobody = await add.addFurtherPhoto(star, photo(0, 1))
    await work(spaces.old)
    const [failed] = (await snapshot(host)).jobs.filter(({ status }) => status === 'failed')
    expect(failed).toMatchObject({ photo_id: nobody, error_code: 'no_face', attempts: 1 })
    expect((await furtherPhotos()).get(nobody)).toMatchObject({
      embedding: null,
      analysis: { faces_found: 0 },
    })
    await host.database.asService((tx) => queueAllPhotos(tx, [star]))
    await host.database.asService((tx) =>
      tx.deleteFrom('celebrity_photos').where('id', '=', nobody).execute(),
    )
    await work(spaces.old)
    expect((await snapshot(host)).jobs.every(({ status }) => status === 'completed')).toBe(true)
  })
})
