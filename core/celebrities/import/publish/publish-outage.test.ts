import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { postgresAvailable, testServer } from '../../../../tests/factories/database'
import { startProxy, type Proxy } from '../../../../tests/factories/proxy'
import { openPublishHost, type PublishHost } from '../../../../tests/factories/publish-host'
import { connectDatabase, type Database } from '../../../database/connect'
import { isOutage } from '../../../database/outage'
import { undoImport } from '../undo/undo-import'

// Real: PostgreSQL behind a network that is cut, Storage over HTTP, the staging area. Invented: photos and their faces.

describe.skipIf(!(await postgresAvailable()))(
  'an import whose database goes away',
  { timeout: 120_000 },
  () => {
    let room: PublishHost
    let proxy: Proxy
    let database: Database
    beforeAll(async () => {
      room = await openPublishHost('postgres')
      const [row] = await room.query<{ name: string }>('select current_database() as name')
      const url = new URL(testServer)
      url.pathname = `/${row?.name ?? ''}`
      proxy = await startProxy(url.href)
      database = await connectDatabase({ url: proxy.urlThrough(url.href) }, { connections: 8 })
    }, 240_000)
    afterAll(async () => {
      await room?.clear()
      await database?.close()
      await proxy?.close()
      await room?.close()
    })

    /** Again and again, as the host does, until it gets through. */
    async function persist<T>(work: () => Promise<T>): Promise<{ result: T; outages: number }> {
      for (let outages = 0; ; outages += 1) {
        try {
          return { result: await work(), outages }
        } catch (error) {
          if (!isOutage(error)) throw error
          await proxy.heal()
        }
      }
    }

    test('is published and undone once it is back, nothing twice', async () => {
      const before = await room.dump()
      const { id } = await room.plan({
        people: Array.from({ length: 90 }, (_, i) => ({ name: `Person ${i}` })),
        photos: Array.from({ length: 90 }, (_, i) => ({ person: i, outcome: 'new_celebrity' })),
      })
      let cuts = 0
      const published = await persist(() =>
        room.publish(id, {
          database,
          onProgress: (done) => {
            if (done < 20 || cuts > 2) return
            cuts += 1
            proxy.cut()
            if (cuts === 2) void proxy.refuse()
          },
        }),
      )
      expect(cuts).toBeGreaterThan(1)
      expect(published.outages).toBeGreaterThan(0)
      const counts =
        await room.query(`select count(*)::int as stars, count(distinct image_hash)::int as photos
      from celebrities where import_id = '${id}'`)
      expect(counts).toEqual([{ stars: 90, photos: 90 }])
      const images = {
        ...room.host.images,
        remove: (...args: Parameters<typeof room.host.images.remove>) => {
          if ((cuts += 1) === 5) proxy.cut()
          return room.host.images.remove(...args)
        },
      }
      const undone = await persist(() => undoImport({ database, images }, id, room.curator.id))
      expect(undone.result).toEqual({ undone: 90, kept: 0 })
      expect(await room.dump()).toEqual(before)
    })
  },
)
