import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { engines } from '../../../../tests/factories/engines'
import { openPublishHost, type PublishHost } from '../../../../tests/factories/publish-host'
import { silentLog } from '../../../../tests/factories/queue-host'
import { createStaging, type TestStaging } from '../../../../tests/factories/staging'
import { SemblanceError } from '../../../model/errors'
import type { Images } from '../../../supabase/images'
import { createImporter, type Importer } from '../importer'
import type { Staging } from '../staging/staging'

// Real: the database, Storage over HTTP, the staging area, the lanes. Invented: photos and their faces; that Storage is away.

const [engine] = engines

describe('an undo that a machine goes on with', { timeout: 240_000 }, () => {
  let room: PublishHost
  let elsewhere: TestStaging
  let importer: Importer
  /** What stands between an undo and Storage. */
  let onRemove: () => Promise<void>
  let left: boolean

  beforeAll(async () => {
    ;[room, elsewhere] = await Promise.all([openPublishHost(engine), createStaging()])
  })
  beforeEach(() => {
    onRemove = () => Promise.resolve()
    left = false
    importer = open(room.staging)
  })
  afterEach(async () => {
    await importer.close()
    await room.clear()
  })
  afterAll(async () => {
    await elsewhere?.close()
    await room?.close()
  })

  function open(staging: Staging): Importer {
    const { host } = room
    const images: Images = {
      ...host.images,
      remove: (...args) => onRemove().then(() => host.images.remove(...args)),
    }
    return createImporter({
      staging: { ...staging, isOpen: () => true, close: () => Promise.resolve() },
      ...{ database: host.database, images, log: silentLog, undoChunk: 2, retryMs: { first: 20, most: 20 } },
      faces: () => Promise.reject(new Error('Nothing is analysed here.')),
      leftOver: {
        note: async () => void (left = true),
        forget: async () => void (left = false),
        isThere: () => left,
      },
    })
  }

  const setState = (id: string, state: 'review' | 'published') =>
    room.staging.transaction((tx) => tx.updateTable('imports').set({ state }).where('id', '=', id).execute())

  /** Six photos that are published. */
  async function published(): Promise<string> {
    const { id } = await room.mixed()
    await room.publish(id)
    await setState(id, 'published')
    return id
  }

  /** Storage lets the first call wait until it is let go. */
  function holding() {
    let letGo = () => {}
    let reached = () => {}
    const isReached = new Promise<void>((resolve) => (reached = resolve))
    const held = new Promise<void>((resolve) => (letGo = resolve))
    onRemove = () => {
      reached()
      return held
    }
    return { isReached, letGo }
  }
  const eventually = (check: () => Promise<unknown>) => vi.waitFor(check, { timeout: 60_000, interval: 20 })

  test('says what came of it, and can be asked for again', async () => {
    const before = await room.dump()
    const id = await published()
    expect(await importer.undo(id, room.curator.id)).toEqual({ undone: 6, kept: 0 })
    expect(await importer.get(id)).toMatchObject({ state: 'undone', published: 0, problem: null })
    expect(await room.dump()).toEqual(before)
    expect(await importer.undo(id, room.curator.id)).toEqual({ undone: 6, kept: 0 })
    await eventually(async () => expect(left).toBe(false))
  })

  test('goes on by itself once what was away is back, and says that it will', async () => {
    const id = await published()
    let calls = 0
    onRemove = () =>
      (calls += 1) < 3
        ? Promise.reject(new SemblanceError('UNAVAILABLE', 'Storage is away.'))
        : Promise.resolve()
    await expect(importer.undo(id, room.curator.id)).rejects.toMatchObject({ code: 'UNAVAILABLE' })
    expect(left).toBe(true)
    await eventually(async () => expect((await importer.get(id)).state).toBe('undone'))
    expect((await importer.get(id)).problem).toBeNull()
    expect(calls).toBeGreaterThan(2)
  })

  test('stands still while it is paused, and whoever waits is told', async () => {
    const id = await published()
    const { isReached, letGo } = holding()
    const asked = importer.undo(id, room.curator.id)
    const refused = expect(asked).rejects.toMatchObject({
      code: 'CONFLICT',
      message: expect.stringContaining('paused') as string,
    })
    await isReached
    const pausing = importer.pause(id)
    await refused
    letGo()
    expect(await pausing).toMatchObject({ state: 'undoing', paused: true })
    await importer.settled()
    expect((await importer.get(id)).state).toBe('undoing')
    await importer.resume(id)
    await importer.settled()
    expect(await importer.get(id)).toMatchObject({ state: 'undone', published: 0 })
  })

  test('leaves an import as it was of which nothing was published', async () => {
    const { id } = await room.mixed()
    await setState(id, 'review')
    await expect(importer.undo(id, room.curator.id)).rejects.toMatchObject({
      code: 'CONFLICT',
      message: 'This import was not published to this database.',
    })
    expect(await importer.get(id)).toMatchObject({ state: 'review', paused: false, problem: null })
  })

  test('says of an id that is no import’s that there is none, and keeps nothing of it', async () => {
    const id = '00000000-0000-4000-8000-000000000000'
    await expect(importer.undo(id, room.curator.id)).rejects.toMatchObject({ code: 'NOT_FOUND' })
    await expect(importer.get(id)).rejects.toMatchObject({ code: 'NOT_FOUND' })
  })

  test('stands still where who asked is no curator any more, until another one asks', async () => {
    const id = await published()
    const other = await room.host.signUp('curator')
    const { isReached, letGo } = holding()
    const asked = expect(importer.undo(id, other.id)).rejects.toMatchObject({ code: 'FORBIDDEN' })
    await isReached
    await room.query(`update profiles set role = 'user' where id = $1`, [other.id])
    letGo()
    await asked
    await eventually(async () =>
      expect(await importer.get(id)).toMatchObject({
        ...{ state: 'undoing', paused: true },
        problem: expect.stringContaining('Only a curator') as string,
      }),
    )
    expect(await importer.undo(id, room.curator.id)).toEqual({ undone: 6, kept: 0 })
    expect(await importer.get(id)).toMatchObject({ state: 'undone', paused: false, problem: null })
  })

  test('of an import of another machine is nothing that this one lists, before and after', async () => {
    const before = await room.dump()
    const id = await published()
    const there = open(elsewhere)
    const { isReached, letGo } = holding()
    const asked = there.undo(id, room.curator.id)
    await isReached
    expect(await there.list()).toEqual([])
    letGo()
    expect(await asked).toEqual({ undone: 6, kept: 0 })
    await expect(there.get(id)).rejects.toMatchObject({ code: 'NOT_FOUND' })
    expect(await room.dump()).toEqual(before)
    await expect(there.undo('00000000-0000-4000-8000-00000000000f', room.curator.id)).rejects.toMatchObject({
      code: 'NOT_FOUND',
    })
    expect(await there.list()).toEqual([])
    await there.close()
  })
})
