import { type FileHandle, open } from 'node:fs/promises'
import { Readable } from 'node:stream'
import yauzl from 'yauzl'

const signature = Buffer.from('PK\x05\x06', 'latin1')
const locatorSignature = Buffer.from('PK\x06\x07', 'latin1')
const locatorBytes = 20
/** Of the record that ends a ZIP, without its comment. */
const recordBytes = 22
const mostComment = 0xffff

type Opened = Awaited<ReturnType<typeof yauzl.openPromise>>
const options = { decodeStrings: false, validateEntrySizes: false } as const

/**
 * Opens a ZIP by the record that ends it, which the comment behind it may hold again: that of the file is the one whose
 * comment reaches the end, with the directory right before it. Names are given as they are, in bytes.
 * @throws Error as yauzl does, or where that record can't be told; errors of the file system as they come
 */
export async function openZip(path: string): Promise<Opened> {
  const file = await open(path, 'r')
  try {
    const { size } = await file.stat()
    const end = await findEnd(file, size)
    if (end !== null) {
      const reader = new WithoutComment(file, end)
      return await yauzl.fromRandomAccessReaderPromise(reader, end + recordBytes, options)
    }
  } catch (error) {
    await file.close()
    throw error
  }
  await file.close()
  return yauzl.openPromise(path, options)
}

/** Where the record begins, where it is not the last that looks like one. */
async function findEnd(file: FileHandle, size: number): Promise<number | null> {
  const start = Math.max(0, size - locatorBytes - recordBytes - mostComment)
  const tail = Buffer.alloc(size - start)
  await file.read(tail, 0, tail.length, start)
  const all: number[] = []
  for (let at = tail.indexOf(signature); at !== -1; at = tail.indexOf(signature, at + 1)) all.push(at)
  const reaching = all.filter(
    (at) => at + recordBytes <= tail.length && at + recordBytes + tail.readUInt16LE(at + 20) === tail.length,
  )
  if (reaching.length === 0) return null
  const fitting = reaching.length === 1 ? reaching : reaching.filter((at) => isBehind(tail, at, start))
  if (fitting.length !== 1) throw new Error('which of several directories is its own can’t be told')
  return fitting[0] === all.at(-1) ? null : start + fitting[0]
}

/** Whether the directory that a record names ends where the record begins. */
function isBehind(tail: Buffer, at: number, start: number): boolean {
  const [entries, bytes, offset] = [
    tail.readUInt16LE(at + 10),
    tail.readUInt32LE(at + 12),
    tail.readUInt32LE(at + 16),
  ]
  if (entries === 0xffff || bytes === 0xffffffff || offset === 0xffffffff) {
    const locator = at - locatorBytes
    return locator >= 0 && tail.subarray(locator, locator + 4).equals(locatorSignature)
  }
  return offset + bytes === start + at && (entries === 0) === (bytes === 0)
}

/** The ZIP as it would be without the comment behind its last record. */
class WithoutComment extends yauzl.RandomAccessReader {
  constructor(
    private readonly file: FileHandle,
    /** Where that record begins. */
    private readonly end: number,
  ) {
    super()
  }

  override _readStreamForRange(start: number, end: number): Readable {
    const pieces = async function* (this: WithoutComment) {
      yield await this.bytes(start, end)
    }
    return Readable.from(pieces.call(this))
  }

  private async bytes(start: number, end: number): Promise<Buffer> {
    const buffer = Buffer.alloc(end - start)
    const { bytesRead } = await this.file.read(buffer, 0, buffer.length, start)
    // The length of the comment.
    for (const at of [this.end + 20, this.end + 21]) if (at >= start && at < end) buffer[at - start] = 0
    return buffer.subarray(0, bytesRead)
  }

  override close(callback: (error: Error | null) => void): void {
    this.file.close().then(() => callback(null), callback)
  }
}
