import { copyOf, hasText } from './copy'

const extension = 0x21
const image = 0x2c
const trailer = 0x3b
const graphicControl = 0xf9
const application = 0xff
/** How often an animation runs: the only application that programs know. */
const loops = ['NETSCAPE2.0', 'ANIMEXTS1.0']

/** GIF89a: frames and what controls them stay, comments, texts and data of applications go. Nothing follows the trailer. */
export function cleanGif(bytes: Uint8Array): Uint8Array {
  const copy = copyOf(bytes)
  let at = 13 + tableBytes(bytes[10])
  copy.keep(0, at)
  while (at < bytes.length) {
    copy.part()
    const kind = bytes[at]
    if (kind === trailer) {
      copy.keep(at, at + 1)
      break
    }
    if (kind !== extension && kind !== image) {
      // What follows can't be told apart: it stays as it is.
      copy.keep(at, bytes.length)
      break
    }
    const blocks = kind === extension ? at + 2 : at + 11 + tableBytes(bytes[at + 9])
    const end = endOfBlocks(bytes, blocks)
    if (kind === image || isKept(bytes, at, end)) copy.keep(at, end)
    at = end
  }
  return copy.done()
}

/** Of the table of colours, by the flags before it. */
const tableBytes = (flags: number) => (flags & 0x80 ? 3 * 2 ** ((flags & 7) + 1) : 0)

function endOfBlocks(bytes: Uint8Array, from: number): number {
  let at = from
  while (at < bytes.length && bytes[at] !== 0) at += 1 + bytes[at]
  return Math.min(bytes.length, at + 1)
}

function isKept(bytes: Uint8Array, at: number, end: number): boolean {
  if (bytes[at + 1] === graphicControl) return end - at <= 8
  // Two bytes of a kind, 11 of a name, then one block of three bytes and the end of blocks.
  return bytes[at + 1] === application && end - at <= 19 && loops.some((name) => hasText(bytes, at + 3, name))
}
