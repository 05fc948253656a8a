import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { openPublishHost, type PublishHost } from '../../../../tests/factories/publish-host'
import { SemblanceError } from '../../../model/errors'
import type { Images } from '../../../supabase/images'
import { stepsOf } from '../lanes/steps'

// Real: PGlite, Storage over HTTP, the staging area, which alone decides here. Invented: photos and their faces.

describe('publishing that takes long, or begins again', { timeout: 120_000 }, () => {
  let room: PublishHost
  beforeAll(async () => {
    room = await openPublishHost('pglite')
  }, 240_000)
  afterEach(() => room.clear())
  afterAll(() => room?.close())

  test('a copy of the gallery that is newer than the plan says nothing of what the plan saw', async () => {
    const one = await room.starOf('Star 1')
    await room.query(`insert into celebrities (name, image_path) values ('Later', 'later.jpg')`)
    const later = await room.starOf('Later')
    const publishAfter = async (copied: string) => {
      const { id } = await room.plan({
        people: [{ name: 'Later' }, { name: 'Star 1', celebrityId: one.id }],
        photos: [
          { person: 0, outcome: 'new_celebrity' },
          { person: 1, outcome: 'further_photo' },
        ],
      })
      await room.inStaging('update imports set planned_at = now() where id = $1', [id])
      for (const [name, star] of Object.entries({ Later: later, 'Star 1': one }))
        await room.inStaging(
          `insert into gallery (celebrity_id, name, seen, copied_at) values ($1, $2, $3, now() + $4::interval)`,
          [star.id, name, star.seen, copied],
        )
      const result = await room.publish(id)
      await room.inStaging('delete from gallery')
      return result
    }
    expect(await publishAfter('1 minute')).toEqual({ published: 0, changed: 2 })
    expect(await publishAfter('-1 minute')).toEqual({ published: 2, changed: 0 })
    await room.query(`delete from celebrities where name = 'Later'`)
  })

  test('what was held by an attempt that broke off brings the import back to a person, too', async () => {
    const { id } = await room.plan({
      people: [{ name: 'Ann' }, { name: 'Ben' }],
      photos: [
        { person: 0, outcome: 'new_celebrity', licence: '' },
        { person: 1, outcome: 'new_celebrity' },
      ],
    })
    const upload = () => Promise.reject(new SemblanceError('UNAVAILABLE', 'Storage is away.'))
    const run = async (images: Images) => {
      const { database } = room.host
      const parts = {
        staging: room.staging,
        database,
        images,
        faces: () => Promise.reject(new Error('none')),
      }
      const gallery = { changed: () => undefined, refresh: async () => {}, close: async () => {} }
      const lane = stepsOf(parts, gallery).find(({ state }) => state === 'publishing')
      const nothing = () => undefined
      await lane?.run(id, { signal: new AbortController().signal, note: nothing, touch: nothing })
    }
    await expect(run({ ...room.host.images, upload })).rejects.toThrow('Storage is away.')
    await run(room.host.images)
    expect(
      await room.inStaging('select path from files where import_id = $1 and changed_reason is not null', [
        id,
      ]),
    ).toHaveLength(1)
    expect(await room.inStaging('select state, held_back from imports where id = $1', [id])).toEqual([
      { state: 'review', held_back: false },
    ])
  })
})
