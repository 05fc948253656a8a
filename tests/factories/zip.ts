import { crc32, deflateRawSync } from 'node:zlib'

/** A file for a ZIP; what is given beside name and data is claimed, true or not. */
export interface ZipFile {
  /** Bytes are written as they are; text in UTF-8, marked as such. */
  name: string | Buffer
  data?: Buffer
  /** Default 8, deflate. */
  method?: number
  flags?: number
  size?: number
  packed?: number
  crc?: number
  /** As in stat: 0o120777 is a link. */
  mode?: number
  /** Where its local header is said to be. */
  at?: number
  /** In the Info-ZIP Unicode path field, with the checksum that it gives of the name; that of the name by default. */
  unicodeName?: string
  unicodeCrc?: number
}

/** Writes a ZIP as hostile as it is wanted. */
export function makeZip(files: readonly ZipFile[], comment: Buffer = Buffer.alloc(0)): Buffer {
  const parts: Buffer[] = []
  const directory: Buffer[] = []
  let offset = 0
  for (const file of files) {
    const { data = Buffer.from('x'), method = 8 } = file
    const name = Buffer.from(file.name)
    const content = method === 8 ? deflateRawSync(data) : data
    const flags = file.flags ?? (typeof file.name === 'string' ? 0x800 : 0)
    const size = file.size ?? data.length
    const packed = file.packed ?? content.length
    const common = Buffer.alloc(26)
    common.writeUInt16LE(20, 0)
    common.writeUInt16LE(flags, 2)
    common.writeUInt16LE(method, 4)
    common.writeUInt16LE(0x21, 8)
    common.writeUInt32LE(file.crc ?? crc32(data), 10)
    common.writeUInt32LE(packed, 14)
    common.writeUInt32LE(size, 18)
    common.writeUInt16LE(name.length, 22)
    const extra = unicodeField(file, name)
    const end = Buffer.alloc(14)
    common.writeUInt16LE(extra.length, 24)
    end.writeUInt32LE(((file.mode ?? 0o100644) << 16) >>> 0, 6)
    end.writeUInt32LE(file.at ?? offset, 10)
    directory.push(Buffer.from([0x50, 0x4b, 1, 2, 20, 3]), common, end, name, extra)
    const local = Buffer.concat([Buffer.from([0x50, 0x4b, 3, 4]), common, name, extra, content])
    parts.push(local)
    offset += local.length
  }
  const listing = Buffer.concat(directory)
  const end = Buffer.alloc(22)
  end.write('PK\x05\x06', 'latin1')
  end.writeUInt16LE(files.length, 8)
  end.writeUInt16LE(files.length, 10)
  end.writeUInt32LE(listing.length, 12)
  end.writeUInt32LE(offset, 16)
  end.writeUInt16LE(comment.length, 20)
  return Buffer.concat([...parts, listing, end, comment])
}

function unicodeField({ unicodeName, unicodeCrc }: ZipFile, name: Buffer): Buffer {
  if (unicodeName === undefined) return Buffer.alloc(0)
  const text = Buffer.from(unicodeName)
  const field = Buffer.alloc(9)
  field.writeUInt16LE(0x7075, 0)
  field.writeUInt16LE(text.length + 5, 2)
  field.writeUInt8(1, 4)
  field.writeUInt32LE(unicodeCrc ?? crc32(name), 5)
  return Buffer.concat([field, text])
}

interface Entry {
  name: string
  bytes: Uint8Array
  /** What the directory says of its size; the truth where not given. */
  declared?: number
}

/** A ZIP of these entries, in this order; nothing about their names or sizes is checked. */
export function zipOf(entries: Entry[]): Buffer {
  return makeZip(
    entries.map(({ name, bytes, declared = bytes.length }) => ({
      ...{ name, data: Buffer.from(bytes), size: declared },
    })),
  )
}
