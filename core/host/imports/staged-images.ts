import { randomBytes } from 'node:crypto'
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Hono } from 'hono'
import type { Logger } from 'pino'
import sharp from 'sharp'
import { renditionOf, thumbnailOf } from '../../celebrities/import/analysis/analyze-file'
import { readStagedFile, type StagingReader } from '../../celebrities/import/source/read-file'
import {
  createImageSigner,
  type StagedImage,
  type StagedImages,
} from '../../celebrities/import/staging/staged-image'
import type { Locator } from '../../celebrities/import/staging/staging-tables'
import { decodeImage } from '../../faces/images/decode'
import { acceptedFormats, type ImageFormat, sniffFormat } from '../../faces/images/sniff'
import { SemblanceError } from '../../model/errors'
import { isHiddenFormat } from '../../model/photo-formats'
import { withoutMetadata } from '../../model/photo-metadata/without-metadata'

interface Parts {
  /** Where this host answers. */
  url: string
  staging: StagingReader
  log: Logger
  clock?: () => Date
}

interface Picture {
  bytes: Uint8Array
  type: string
  /** The analysis will make a better one. */
  isForNow?: boolean
}

/** The path that the addresses lie under. */
export const stagedImagesPath = '/staged'

/** Pixels of a thumbnail's side, as of those that the analysis makes. */
const thumbnailSide = 256
/** Photos of more bytes are shown as a smaller one: a reviewer goes through hundreds. */
const mostViewBytes = 4_000_000
/** How long a browser keeps a picture that another one follows. */
const secondsForNow = 20
/** Pictures made at the same time; an analysis may be running beside. */
const atOnce = 2

/** Shows photos of imports, by signed addresses alone. Their key is this process's own: a new start ends them all. */
export function createStagedImages({ url, staging, log, clock }: Parts): StagedImages & { routes: Hono } {
  const signer = createImageSigner(randomBytes(32), clock)
  const makers = createMakers(staging)
  const routes = new Hono()
  routes.get('/:token', async (c) => {
    const image = signer.check(c.req.param('token'))
    if (!image) return c.text('This address has ended.', 403, noStore)
    try {
      const picture = await makers.pictureOf(image)
      return c.body(new Uint8Array(picture.bytes), 200, {
        'content-type': picture.type,
        'cache-control': `private, max-age=${picture.isForNow ? Math.min(secondsForNow, image.seconds) : image.seconds}`,
        // Photos come from anywhere: whatever they are, they run nothing under this origin.
        'content-security-policy': "default-src 'none'; sandbox",
        'x-content-type-options': 'nosniff',
        'content-disposition': 'inline',
      })
    } catch (error) {
      // What is wrong with a photo stands in its row; here nobody is told of paths.
      if (!(error instanceof SemblanceError))
        log.warn({ err: error }, 'a photo of an import can not be shown')
      return c.text('This photo can’t be shown.', 404, noStore)
    }
  })
  return {
    routes,
    sign: (importId, fileId, kind) =>
      `${url}${stagedImagesPath}/${signer.sign({ importId, fileId: String(fileId), kind })}`,
  }
}

const noStore = { 'cache-control': 'no-store' }

function createMakers(staging: StagingReader) {
  const making = new Map<string, Promise<Picture>>()
  const inTurn = createGate(atOnce)

  async function pictureOf(image: StagedImage): Promise<Picture> {
    const folder = await staging.folderOf(image.importId)
    const analysed = await readPicture(analysedOf(folder, image))
    if (analysed) return analysed
    const made = await readPicture(pathOf(folder, image))
    if (made) return { ...made, isForNow: image.kind === 'thumbnail' }
    const key = `${image.importId}/${image.fileId}/${image.kind}`
    const known = making.get(key)
    if (known) return known
    const one = inTurn(() => make(folder, image)).finally(() => making.delete(key))
    making.set(key, one)
    return one
  }

  async function make(folder: string, image: StagedImage): Promise<Picture> {
    const file = await readStagedFile(staging, image.importId, await locatorOf(staging, image))
    const bytes = withoutMetadata(file)
    const format = sniffFormat(bytes)
    if (image.kind === 'view' && isShownAsItIs(format, bytes)) return { bytes, type: `image/${format}` }
    const picture = await render(bytes, image.kind)
    await keep(pathOf(folder, image), picture)
    return { bytes: picture, type: 'image/webp', isForNow: image.kind === 'thumbnail' }
  }
  return { pictureOf }
}

/** Where the analysis leaves its picture: its thumbnail shows the face. */
const analysedOf = (folder: string, { fileId, kind }: StagedImage) =>
  kind === 'thumbnail' ? thumbnailOf(folder, fileId) : renditionOf(folder, fileId)

const pathOf = (folder: string, { fileId, kind }: StagedImage) =>
  join(folder, 'pictures', `${fileId}.${kind}.webp`)

async function readPicture(path: string): Promise<Picture | null> {
  const bytes = await readFile(path).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    return null
  })
  return bytes && { bytes, type: path.endsWith('.jpg') ? 'image/jpeg' : 'image/webp' }
}

async function locatorOf(staging: StagingReader, { importId, fileId }: StagedImage): Promise<Locator> {
  const row = await staging.transaction((tx) =>
    tx
      .selectFrom('files')
      .select('locator')
      .where('id', '=', fileId)
      .where('import_id', '=', importId)
      .executeTakeFirst(),
  )
  if (!row?.locator) throw new SemblanceError('NOT_FOUND', 'This photo is no longer on this machine.')
  return row.locator
}

/** Browsers turn it upright themselves. */
const isShownAsItIs = (format: ImageFormat | undefined, bytes: Uint8Array) =>
  format !== undefined &&
  acceptedFormats.has(format) &&
  !isHiddenFormat(format) &&
  bytes.length <= mostViewBytes

/** Upright, in sRGB, no larger than the analysis sees it. @throws SemblanceError IMAGE_REJECTED */
async function render(bytes: Uint8Array, kind: StagedImage['kind']): Promise<Buffer> {
  const { raster } = await decodeImage(bytes)
  const { width, height, data } = raster
  const image = sharp(data, { raw: { width, height, channels: 3 } })
  return kind === 'view'
    ? image.webp({ quality: 86, effort: 2 }).toBuffer()
    : image
        .resize(thumbnailSide, thumbnailSide, { fit: 'contain', background: { r: 0, g: 0, b: 0, alpha: 0 } })
        .webp({ quality: 82, effort: 0 })
        .toBuffer()
}

/** All or nothing, and never a reason not to show it: a full disk only costs the next one the time. */
async function keep(path: string, bytes: Uint8Array): Promise<void> {
  const partial = `${path}.${randomBytes(6).toString('hex')}.part`
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 })
    await writeFile(partial, bytes, { mode: 0o600 })
    await rename(partial, path)
  } catch {
    await rm(partial, { force: true }).catch(() => undefined)
  }
}

/** Lets so many go at once; the others wait in order. */
function createGate(most: number): <T>(work: () => Promise<T>) => Promise<T> {
  const waiting: (() => void)[] = []
  let running = 0
  return async (work) => {
    if (running >= most) await new Promise<void>((resolve) => waiting.push(resolve))
    else running++
    try {
      return await work()
    } finally {
      const next = waiting.shift()
      if (next) next()
      else running--
    }
  }
}
