import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { sql } from 'kysely'
import sharp from 'sharp'
import { afterAll, beforeAll, expect, describe, test } from 'vitest'
import { testEngines } from '../../../tests/factories/database'
import { findStarterPack, openFacePool } from '../../../tests/factories/pack'
import { insertPerson } from '../../../tests/factories/people'
import { openQueueHost, silentLog, type QueueHost } from '../../../tests/factories/queue-host'
import { signPhotos, viewOf } from '../../access/photo-urls'
import { pathsOf, removePhotos } from '../../access/remove-photos'
import type { FacePool } from '../../faces/pool/pool'
import type { PackStatus } from '../../model/status'
import { createWorker } from '../worker'

// Real: database, triggers, Storage over HTTP and its lists of what buckets take, libheif, the models in their threads.

const pack = await findStarterPack()
const anna = '00000000-0000-4000-8000-00000000000a'
const ready: PackStatus = {
  ...{ name: 'starter', state: 'ready', progress: 1, message: '', embedding_model: null, provider: 'CPU' },
  threads: 1,
}
const fixture = (name: string) => readFile(join(import.meta.dirname, '../../../tests/fixtures/photos', name))

describe.skipIf(!pack).each(await testEngines())(
  'photos that browsers can not show, on %s',
  { timeout: 120_000 },
  (engine) => {
    let host: QueueHost
    let pool: FacePool

    beforeAll(async () => {
      host = await openQueueHost(engine)
      pool = await openFacePool(pack!)
      await insertPerson(host.database, anna)
    })
    afterAll(async () => {
      await pool.close()
      await host.close()
    })

    async function analyse(): Promise<void> {
      const worker = createWorker({
        ...host,
        faces: () => Promise.resolve(pool),
        packStatus: () => ready,
        ...{ log: silentLog, workerId: 'test-worker', concurrency: 1, random: () => 0 },
      })
      worker.start()
      await worker.drain()
      await worker.stop()
    }

    async function addFace(bytes: Uint8Array, ending: string, mediaType: string) {
      const image_path = host.images.facePath(anna, ending)
      await host.images.upload('faces', image_path, bytes, mediaType)
      await host.database.asService((tx) =>
        tx.insertInto('faces').values({ profile_id: anna, image_path }).execute(),
      )
      return () =>
        host.database.asService((tx) =>
          tx.selectFrom('faces').selectAll().where('image_path', '=', image_path).executeTakeFirstOrThrow(),
        )
    }

    const addressOf = async (photo: { image_path: string; view_path: string | null }) => {
      const url = await signPhotos({ images: host.images, log: silentLog }, { faces: [viewOf(photo)] })
      return url('faces', viewOf(photo))
    }
    const isThere = (path: string) =>
      host.images.download('faces', path).then(
        () => true,
        () => false,
      )

    test('a HEIC photo has no address before its analysis, then that of a JPEG on which its landmarks lie', async () => {
      const face = await addFace(await fixture('drawn-face.heic'), 'heic', 'image/heic')
      expect(await addressOf(await face())).toBeNull()
      await analyse()
      const row = await face()
      expect(row).toMatchObject({ faces_found: 1, image_width: 680, image_height: 720 })
      expect(row.view_path).toBe(row.image_path.replace(/heic$/, 'view.jpg'))

      const address = await addressOf(row)
      const response = await fetch(address!)
      expect(response.headers.get('content-type')).toBe('image/jpeg')
      const picture = await sharp(Buffer.from(await response.arrayBuffer())).metadata()
      expect(picture).toMatchObject({ format: 'jpeg', width: 680, height: 720 })

      await host.database.asService((tx) => tx.deleteFrom('faces').where('id', '=', row.id).execute())
      await removePhotos(host, 'faces', row)
      const paths = pathsOf(host.images, row)
      expect(paths).toHaveLength(3)
      expect(await Promise.all(paths.map(isThere))).toEqual([false, false, false])
    })

    test('a large TIFF on its side becomes an upright JPEG of at most 2048 px, though it shows nobody', async () => {
      const tiff = await sharp({ create: { width: 3000, height: 1000, channels: 3, background: '#336699' } })
        .withMetadata({ orientation: 6 })
        .tiff({ compression: 'deflate' })
        .toBuffer()
      const face = await addFace(tiff, 'tiff', 'image/tiff')
      await analyse()
      const row = await face()
      expect(row).toMatchObject({ faces_found: 0, image_width: 1000, image_height: 3000 })
      const picture = await sharp(await host.images.download('faces', row.view_path!)).metadata()
      expect(picture).toMatchObject({ format: 'jpeg', width: 500, height: 1500 })
      expect(picture.orientation).toBeUndefined()
    })

    test('what browsers show gets no second copy', async () => {
      const png = await sharp({ create: { width: 64, height: 64, channels: 3, background: '#336699' } })
        .png()
        .toBuffer()
      const face = await addFace(png, 'png', 'image/png')
      await analyse()
      const row = await face()
      expect(row.view_path).toBeNull()
      expect(await isThere(host.images.viewPath(row.image_path))).toBe(false)
      expect(await addressOf(row)).toMatch(/^http/)
    })

    test('nobody puts another picture where a rendition stands', async () => {
      const face = await addFace(await fixture('four-fields.heic'), 'heic', 'image/heic')
      await analyse()
      const { view_path } = await face()
      const claims = JSON.stringify({ sub: anna, role: 'authenticated' })
      const put = (name: string) =>
        host.database.asOwner(async (tx) => {
          await sql`select set_config('role', 'authenticated', true), set_config('request.jwt.claims', ${claims}, true)`.execute(
            tx,
          )
          await sql`delete from storage.objects where name = ${view_path}`.execute(tx)
          await sql`insert into storage.objects (bucket_id, name) values ('faces', ${name})`.execute(tx)
        })
      await expect(put(view_path!)).rejects.toThrow(/row-level security/)
      await put(`${anna}/another.jpg`)
    })
  },
)
