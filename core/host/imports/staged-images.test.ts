import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import pino from 'pino'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openScanner, type ScannedFile, type Scanner } from '../../../tests/factories/scanned'
import { makeZip } from '../../../tests/factories/zip'
import { thumbnailOf } from '../../celebrities/import/analysis/analyze-file'
import { createImageSigner } from '../../celebrities/import/staging/staged-image'
import { withoutMetadata } from '../../model/photo-metadata/without-metadata'
import { createStagedImages, stagedImagesPath } from './staged-images'

// Real: the staging area, the files, the pictures. Not real: the time.
let scanner: Scanner
let now = new Date('2026-01-01T10:10:00Z')
let images: ReturnType<typeof createStagedImages>
let rows: ScannedFile[]

const photo = (format: 'jpeg' | 'tiff', orientation?: number) =>
  sharp({ create: { width: 60, height: 40, channels: 3, background: '#a33' } })
    .withMetadata(orientation === undefined ? {} : { orientation })
    .toFormat(format)
    .toBuffer()

beforeAll(async () => {
  scanner = await openScanner()
  const folder = await scanner.folderOf({
    'a.jpg': await photo('jpeg'),
    'b.tiff': await photo('tiff', 6),
    'c.jpg': 'no photo',
  })
  rows = await scanner.scan(folder)
  const log = pino({ level: 'silent' })
  images = createStagedImages({ url: 'http://127.0.0.1:1', staging: scanner.staging, log, clock: () => now })
})
afterAll(() => scanner.close())

const ask = (address: string) => {
  expect(address).toContain(`http://127.0.0.1:1${stagedImagesPath}/`)
  return images.routes.request(address.slice(`http://127.0.0.1:1${stagedImagesPath}`.length))
}
const addressOf = (row: ScannedFile, kind: 'thumbnail' | 'view') => images.sign(row.import_id, row.id, kind)

describe('photos of imports', () => {
  test('are shown as they are but for their metadata, where browsers show them', async () => {
    const answer = await ask(addressOf(rows[0], 'view'))
    expect(answer.status).toBe(200)
    expect(answer.headers.get('content-type')).toBe('image/jpeg')
    expect(answer.headers.get('content-security-policy')).toContain('sandbox')
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff')
    expect(answer.headers.get('cache-control')).toMatch(/^private, max-age=\d+$/)
    expect(new Uint8Array(await answer.arrayBuffer())).toEqual(withoutMetadata(await photo('jpeg')))
  })

  test('are shown upright as another picture, where browsers do not, made once', async () => {
    for (const asked of [1, 2]) {
      const answer = await ask(addressOf(rows[1], 'view'))
      expect(answer.headers.get('content-type'), `time ${asked}`).toBe('image/webp')
      const { width, height } = await sharp(Buffer.from(await answer.arrayBuffer())).metadata()
      expect([width, height]).toEqual([40, 60])
    }
    const pictures = join(await scanner.staging.folderOf(rows[1].import_id), 'pictures')
    expect(await readdir(pictures)).toEqual([`${rows[1].id}.view.webp`])
  })

  test('have a thumbnail of their own until the analysis has made that of the face', async () => {
    const made = await ask(addressOf(rows[0], 'thumbnail'))
    expect(made.headers.get('cache-control')).toBe('private, max-age=20')
    const { width, height } = await sharp(Buffer.from(await made.arrayBuffer())).metadata()
    expect([width, height]).toEqual([256, 256])
    const path = thumbnailOf(await scanner.staging.folderOf(rows[0].import_id), rows[0].id)
    await mkdir(dirname(path), { recursive: true })
    await writeFile(path, 'the face')
    expect(await (await ask(addressOf(rows[0], 'thumbnail'))).text()).toBe('the face')
    expect(await readFile(path, 'utf8')).toBe('the face')
  })

  test('out of a ZIP are shown too', async () => {
    const folder = await scanner.folderOf({
      'p.zip': makeZip([{ name: 'a.jpg', data: await photo('jpeg') }]),
    })
    const [row] = await scanner.scan(join(folder, 'p.zip'))
    expect((await ask(addressOf(row, 'view'))).status).toBe(200)
  })

  test('that can not be shown say nothing of where they lie', async () => {
    for (const address of [
      addressOf(rows[2], 'view'),
      images.sign(rows[0].import_id, 999_999, 'view'),
      images.sign('00000000-0000-4000-8000-000000000000', rows[0].id, 'view'),
    ]) {
      const answer = await ask(address)
      expect(answer.status).toBe(404)
      expect(answer.headers.get('cache-control')).toBe('no-store')
      expect(await answer.text()).toBe('This photo can’t be shown.')
    }
  })
})

describe('an address', () => {
  test('is the same within the hour, lasts at least one, and then ends', async () => {
    const address = addressOf(rows[0], 'view')
    now = new Date('2026-01-01T10:59:59Z')
    expect(addressOf(rows[0], 'view')).toBe(address)
    now = new Date('2026-01-01T11:59:59Z')
    expect((await ask(address)).status).toBe(200)
    now = new Date('2026-01-01T12:00:00Z')
    expect((await ask(address)).status).toBe(403)
  })

  test('is good for nothing else, however it is changed', async () => {
    const address = addressOf(rows[0], 'thumbnail')
    const token = address.slice(address.lastIndexOf('/') + 1)
    for (let at = 0; at < token.length; at++) {
      const other = token[at] === '1' ? '2' : '1'
      const changed = token.slice(0, at) + other + token.slice(at + 1)
      // The last letter of a signature carries bits that mean nothing.
      if (at === token.length - 1) continue
      expect((await images.routes.request(`/${changed}`)).status, `letter ${at}`).toBe(403)
    }
    for (const path of ['/', '/x', '/..%2f..%2fetc%2fpasswd', `/${token}/more`]) {
      expect((await images.routes.request(path)).status, path).not.toBe(200)
    }
    const stranger = createImageSigner(new Uint8Array(32))
    const forged = stranger.sign({ importId: rows[0].import_id, fileId: rows[0].id, kind: 'view' })
    expect((await images.routes.request(`/${forged}`)).status).toBe(403)
  })
})
