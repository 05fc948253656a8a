import { type FileHandle, open } from 'node:fs/promises'
import { promisify } from 'node:util'
import { crc32, inflateRaw } from 'node:zlib'
import { errnoOf, fileError, megabytes } from './source-errors'
import type { Locator } from '../staging/staging-tables'

export type ZipLocator = Extract<Locator, { in: 'zip' }>

const inflate = promisify<Buffer, { maxOutputLength: number }, Buffer>(inflateRaw)
const localHeaderBytes = 30
const localHeaderSignature = 0x04034b50

/**
 * Reads a file out of a ZIP, in memory: what comes out is counted while it is unpacked, whatever the archive claims,
 * and its checksum is compared.
 * @param path of the ZIP on this machine
 * @param limit bytes at most
 * @throws SemblanceError with `data.code` too_large, unreadable, gone; errors of the file system as they come
 */
export async function readZipEntry(
  path: string | Buffer,
  locator: ZipLocator,
  limit: number,
): Promise<Buffer> {
  if (locator.size > limit) throw tooLarge(locator.size, limit)
  const zip = await open(path, 'r')
  try {
    const packed = await readPacked(zip, locator, limit)
    const bytes = locator.method === 0 ? packed : await unpack(packed, locator, limit)
    if (bytes.length !== locator.size)
      throw damaged(`it unpacks to ${bytes.length} bytes and not to ${locator.size}`)
    if (crc32(bytes) !== locator.crc) throw damaged('its checksum differs')
    return bytes
  } finally {
    await zip.close()
  }
}

async function readPacked(zip: FileHandle, locator: ZipLocator, limit: number): Promise<Buffer> {
  // Deflate never makes more of anything than a few bytes a block.
  if (locator.packed > limit + limit / 100 + 1000) throw tooLarge(locator.packed, limit)
  const header = await readExactly(zip, locator.at, localHeaderBytes)
  if (header.readUInt32LE(0) !== localHeaderSignature) throw damaged('the ZIP has another file in its place')
  const start = locator.at + localHeaderBytes + header.readUInt16LE(26) + header.readUInt16LE(28)
  return readExactly(zip, start, locator.packed)
}

async function readExactly(zip: FileHandle, position: number, length: number): Promise<Buffer> {
  const buffer = Buffer.alloc(length)
  let filled = 0
  while (filled < length) {
    const { bytesRead } = await zip.read(buffer, filled, length - filled, position + filled)
    if (bytesRead === 0) throw damaged('the ZIP ends before it')
    filled += bytesRead
  }
  return buffer
}

async function unpack(packed: Buffer, { size }: ZipLocator, limit: number): Promise<Buffer> {
  try {
    // One byte more than it claims is enough to tell that it lies.
    return await inflate(packed, { maxOutputLength: Math.min(size, limit) + 1 })
  } catch (error) {
    if (errnoOf(error) === 'ERR_BUFFER_TOO_LARGE')
      throw damaged(`it unpacks to more than the ${size} bytes that the ZIP claims`, error)
    throw damaged((error as Error).message, error)
  }
}

const damaged = (why: string, cause?: unknown) =>
  fileError('unreadable', `The file is damaged inside of the ZIP: ${why}.`, { cause })

const tooLarge = (bytes: number, limit: number) =>
  fileError('too_large', `The file has ${megabytes(bytes)} MB; at most ${megabytes(limit)} MB are accepted.`)
