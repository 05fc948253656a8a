import { createHash } from 'node:crypto'
import { copyFile, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { FacePool } from '../../../faces/pool/pool'
import { type ImageReason, SemblanceError } from '../../../model/errors'
import { withoutMetadata } from '../../../model/photo-metadata/without-metadata'
import type { OutcomeCode } from '../../contract-import-schemas'
import type { Claim, Result } from './analysis-batch'
import type { KnownPhotos } from './known-photos'
import { hashOfGrey } from './perceptual-hash'

export interface FileTools {
  pool: FacePool
  signal: AbortSignal
  known: KnownPhotos
  /** The file's bytes. @throws SemblanceError where they can't be had; `data.code`, an {@link OutcomeCode}, says why */
  read: (claim: Claim) => Promise<Uint8Array>
  /** The import's own folder. */
  folder: string
}

/** Where the picture of a file's largest face lies: a square WebP. */
export function thumbnailOf(folder: string, fileId: string): string {
  return join(folder, 'thumbnails', `${fileId}.webp`)
}

/** Where a JPEG of a photo lies that browsers can't show as it is. */
export function renditionOf(folder: string, fileId: string): string {
  return join(folder, 'renditions', `${fileId}.jpg`)
}

/** Why the analysis refuses an image, as an import's file says it. */
const codes: Record<ImageReason, OutcomeCode> = {
  empty_file: 'not_a_photo',
  not_an_image: 'not_a_photo',
  unsupported_format: 'not_a_photo',
  broken_image: 'unreadable',
  too_many_bytes: 'too_large',
  too_many_pixels: 'too_large',
  no_face: 'no_face',
}

const words = {
  noFace: 'No face was found in this photo.',
  poison: 'The analysis broke down on this photo, twice. Save it in another format and import it again.',
}

/**
 * Reads and analyses one file. What is wrong with the file itself is a result.
 * @throws whatever is wrong with anything else: the signal's reason, UNAVAILABLE, a disk that is full
 */
export async function analyzeFile(tools: FileTools, claim: Claim): Promise<Result> {
  const { id } = claim
  let imageHash: string | undefined
  try {
    const source = await tools.read(claim)
    const bytes = withoutMetadata(source)
    imageHash = md5(bytes)
    const sourceHash = bytes === source ? null : md5(source)
    const same =
      tools.known.find(imageHash) ?? (sourceHash === null ? undefined : tools.known.find(sourceHash))
    if (same && (await copyPictures(tools, same, id)))
      return { id, kind: 'known', as: same.id, imageHash, sourceHash }
    const { thumbnail, rendition, grey_picture, ...analysis } = await tools.pool.analyze(bytes, {
      ...{ signal: tools.signal, greyPicture: true },
    })
    if (analysis.faces.length === 0)
      return { id, kind: 'rejected', code: 'no_face', reason: words.noFace, imageHash }
    if (!grey_picture) throw new Error('The analysis gave no grey picture.')
    await write(thumbnailOf(tools.folder, id), thumbnail)
    await write(renditionOf(tools.folder, id), rendition)
    return { id, kind: 'analyzed', analysis, perceptualHash: hashOfGrey(grey_picture), sourceHash }
  } catch (error) {
    const refusal = refusalOf(error)
    if (!refusal) throw error
    return { id, kind: 'rejected', ...refusal, imageHash }
  }
}

const md5 = (bytes: Uint8Array) => createHash('md5').update(bytes).digest('hex')

/** What an error says of the file itself; null where it is about something else. */
function refusalOf(error: unknown): { code: OutcomeCode; reason: string } | null {
  if (!(error instanceof SemblanceError)) return null
  const { code, data, message } = error
  if (typeof data?.['code'] === 'string') return { code: data['code'] as OutcomeCode, reason: message }
  if (code !== 'IMAGE_REJECTED') return null
  if (data?.['analysis'] !== undefined) return { code: 'poison', reason: words.poison }
  return { code: codes[data?.['reason'] as ImageReason], reason: message }
}

async function write(path: string, bytes: Uint8Array | undefined): Promise<void> {
  if (bytes) await writeFile(path, bytes)
}

/** False where the other file's pictures are gone. */
async function copyPictures(
  { known, folder }: FileTools,
  same: { id: string; importId: string },
  id: string,
): Promise<boolean> {
  const from = await known.folderOf(same.importId)
  const copied = await copyFile(thumbnailOf(from, same.id), thumbnailOf(folder, id)).then(
    () => true,
    (error: unknown) => {
      if ((error as { code?: unknown }).code === 'ENOENT') return false
      throw error
    },
  )
  // Most photos have none.
  if (copied)
    await copyFile(renditionOf(from, same.id), renditionOf(folder, id)).catch((error: unknown) => {
      if ((error as { code?: unknown }).code !== 'ENOENT') throw error
    })
  return copied
}

export async function makePictureFolders(folder: string): Promise<void> {
  await mkdir(join(folder, 'thumbnails'), { recursive: true })
  await mkdir(join(folder, 'renditions'), { recursive: true })
}
