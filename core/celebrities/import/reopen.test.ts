import { rename } from 'node:fs/promises'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { engines } from '../../../tests/factories/engines'
import { shownNow } from '../../../tests/factories/planned-files'
import { openPublishHost, type PublishHost } from '../../../tests/factories/publish-host'
import { silentLog } from '../../../tests/factories/queue-host'
import { SemblanceError } from '../../model/errors'
import { decide } from './decisions/decisions'
import { undoDecision } from './decisions/undo-decision'
import { createImporter, type Importer } from './importer'

// Real: both engines, Storage over HTTP, the staging area, the lanes, the plan. Invented: photos and their faces; that the
// network is away.

describe.each(engines)('an import that is taken up again on %s', { timeout: 240_000 }, (engine) => {
  let room: PublishHost
  let importer: Importer
  let isAway: boolean

  beforeAll(async () => {
    room = await openPublishHost(engine)
  }, 240_000)
  beforeEach(() => {
    isAway = false
    importer = open()
  })
  afterEach(async () => {
    await importer.close()
    await room.clear()
    await room.inStaging('delete from gallery')
  })
  afterAll(() => room?.close())

  function open(): Importer {
    const { database, images } = room.host
    const refuse = () => Promise.reject(new SemblanceError('UNAVAILABLE', 'There is no network.'))
    return createImporter({
      staging: { ...room.staging, isOpen: () => true, close: () => Promise.resolve() },
      ...{ images, log: silentLog, retryMs: { first: 20, most: 20 } },
      database: { ...database, asService: (work) => (isAway ? refuse() : database.asService(work)) },
      faces: () => Promise.reject(new Error('Nothing is analysed here.')),
      leftOver: { note: async () => {}, forget: async () => {}, isThere: () => true },
    })
  }

  /**
   * Ann is new, and Star 2 has a better photo; published. A better one of each was left open, and one of Ben. Files that
   * come later were published sooner.
   */
  async function published() {
    const two = await room.starOf('Star 2')
    const staged = await room.plan({
      people: [{ name: 'Ann' }, { name: 'Ben' }, { name: 'Star 2', celebrityId: two.id }],
      photos: [
        { person: 2, outcome: 'needs_person', face: { of: 2, noise: 1, quality: 0.95, age: 17 } },
        { person: 0, outcome: 'needs_person', face: { of: 1, noise: 1, quality: 0.9, age: 17 } },
        { person: 1, outcome: 'needs_person', face: { of: 3, age: 20 } },
        { person: 0, outcome: 'new_celebrity', face: { of: 1, noise: 2, quality: 0.6, age: 40 } },
        {
          ...{ person: 2, outcome: 'replaces_photo', seen: two.seen },
          face: { of: 2, noise: 2, quality: 0.7, age: 40 },
        },
      ],
    })
    await room.publish(staged.id)
    await setPublished(staged.id)
    return { ...staged, open: staged.files.slice(0, 3).map(Number) }
  }

  const setPublished = (id: string) =>
    room.inStaging(`update imports set state = 'published' where id = $1`, [id])
  const outcomes = async (id: string) =>
    (
      await room.inStaging<{ outcome: string }>(
        'select outcome from files where import_id = $1 order by id',
        [id],
      )
    ).map(({ outcome }) => outcome)
  async function remove(name: string): Promise<void> {
    const [{ id }] = await room.query<{ id: string }>('select id from celebrities where name = $1', [name])
    await room.curator.client.celebrities.remove({ id })
  }
  async function acceptAll(id: string, open: number[]): Promise<void> {
    const files = await shownNow(room.staging, open)
    await decide(room.staging, id, { kind: 'accept', files }, room.curator.id)
    importer.changed(id)
  }
  async function publishAll(id: string): Promise<void> {
    await importer.settled()
    await importer.publish(id, room.curator.id)
    await importer.settled()
  }

  test('what was left open is published as part of it, and one undo takes all of it back', async () => {
    const before = await room.dump()
    const { id, open } = await published()
    await importer.reopen(id)
    await importer.settled()
    expect(await importer.get(id)).toMatchObject({ state: 'review', is_planned: true, published: 2 })
    const held = 'needs_person'
    expect(await outcomes(id)).toEqual([held, held, held, 'new_celebrity', 'replaces_photo'])
    await acceptAll(id, open)
    const [star, ann, ben] = ['replaces_photo', 'replaces_photo', 'new_celebrity']
    expect(await outcomes(id)).toEqual([star, ann, ben, 'new_celebrity', 'replaces_photo'])
    await publishAll(id)
    expect(await importer.get(id)).toMatchObject({ state: 'published', published: 5, problem: null })
    expect(
      await room.query(
        `select c.name, (select count(*)::int from celebrity_photos p where p.celebrity_id = c.id) as further
         from celebrities c where c.import_id = $1 order by c.name`,
        [id],
      ),
    ).toEqual([
      { name: 'Ann', further: 1 },
      { name: 'Ben', further: 0 },
      { name: 'Star 2', further: 2 },
    ])
    expect(await room.query('select state from celebrity_imports where id = $1', [id])).toEqual([
      { state: 'published' },
    ])
    expect(await importer.undo(id, room.curator.id)).toEqual({ undone: 5, kept: 0 })
    expect(await room.dump()).toEqual(before)
  })

  test('while it is reviewed again it is undone exactly, and not discarded', async () => {
    const before = await room.dump()
    const { id } = await published()
    await importer.reopen(id)
    await expect(importer.discard(id)).rejects.toMatchObject({ code: 'CONFLICT' })
    expect(await importer.undo(id, room.curator.id)).toEqual({ undone: 2, kept: 0 })
    expect(await room.dump()).toEqual(before)
    await expect(importer.reopen(id)).rejects.toMatchObject({ code: 'CONFLICT' })
    await importer.discard(id)
  })

  test('with nothing to publish it is closed again; what is published is not taken back by Ctrl Z', async () => {
    const { id, open } = await published()
    await importer.reopen(id)
    await importer.settled()
    await acceptAll(id, open)
    await publishAll(id)
    await importer.reopen(id)
    expect(await undoDecision(room.staging, id, room.curator.id)).toMatchObject({ undone: null })
    await publishAll(id)
    expect(await importer.get(id)).toMatchObject({ state: 'published', published: 5 })
    const changes = 'select count(*)::int as n from celebrity_changes where group_id = $1'
    expect(await room.query(changes, [id])).toEqual([{ n: 5 }])
  })

  test('who was removed from the gallery since is a new celebrity again', async () => {
    const { id, open } = await published()
    const ids = () => room.query<{ id: string }>(`select id from celebrities where name = 'Ann'`)
    const [{ id: first }] = await ids()
    await remove('Ann')
    await importer.reopen(id)
    await importer.settled()
    await acceptAll(id, open)
    expect(await outcomes(id)).toMatchObject({ 1: 'new_celebrity', 3: 'new_celebrity' })
    await publishAll(id)
    expect(await importer.get(id)).toMatchObject({ state: 'published', published: 5, problem: null })
    const [{ id: second }] = await ids()
    expect(second).not.toBe(first)
  })

  test('who is removed once it is planned is asked about once', async () => {
    const { id, open } = await published()
    await importer.reopen(id)
    await importer.settled()
    await acceptAll(id, open)
    await remove('Ann')
    await publishAll(id)
    expect(await importer.get(id)).toMatchObject({ state: 'review', published: 4 })
    expect(await outcomes(id)).toMatchObject({ 1: 'needs_person' })
    await acceptAll(id, [open[1]])
    expect(await outcomes(id)).toMatchObject({ 1: 'new_celebrity' })
    await publishAll(id)
    expect(await importer.get(id)).toMatchObject({ state: 'published', published: 5 })
  })

  test('is decided without a network; nothing is published while the source is gone', async () => {
    const { id, open, source } = await published()
    isAway = true
    await importer.reopen(id)
    await importer.settled()
    await acceptAll(id, open)
    expect(await importer.get(id)).toMatchObject({ state: 'review', is_planned: true })
    isAway = false
    await rename(source, `${source}-away`)
    await importer.settled()
    await expect(importer.publish(id, room.curator.id)).rejects.toMatchObject({ code: 'UNAVAILABLE' })
    expect(await importer.get(id)).toMatchObject({ state: 'review' })
    await rename(`${source}-away`, source)
    await publishAll(id)
    expect(await importer.get(id)).toMatchObject({ state: 'published', published: 5 })
  })

  test('whose source is gone in the middle of publishing goes back to the review, and is ended', async () => {
    const { id, open, source } = await published()
    await importer.reopen(id)
    await importer.settled()
    await acceptAll(id, open)
    await importer.settled()
    await rename(source, `${source}-away`)
    await room.inStaging(`update imports set state = 'publishing' where id = $1`, [id])
    importer.changed(id)
    await importer.settled()
    const { problem } = await importer.get(id)
    expect(problem).toContain('go back to the review')
    expect(await importer.reopen(id)).toMatchObject({
      ...{ state: 'review', paused: false, problem: null, published: 2 },
    })
    await importer.settled()
    expect(await outcomes(id)).not.toContain('needs_person')
    await decide(room.staging, id, { kind: 'reject', file_ids: open }, room.curator.id)
    await publishAll(id)
    expect(await importer.get(id)).toMatchObject({ state: 'published', published: 2, problem: null })
    await rename(`${source}-away`, source)
  })
})
