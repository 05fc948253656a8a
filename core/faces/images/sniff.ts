/** What a file is by its first bytes. */
export type ImageFormat =
  'jpeg' | 'png' | 'webp' | 'gif' | 'tiff' | 'avif' | 'heic' | 'bmp' | 'jxl' | 'svg' | 'pdf' | 'psd' | 'ico'

/** Formats that are decoded. SVG and PDF are programs more than pictures and stay outside on purpose. */
export const acceptedFormats: ReadonlySet<ImageFormat> = new Set([
  'jpeg',
  'png',
  'webp',
  'gif',
  'tiff',
  'avif',
  'heic',
])

const magics: [ImageFormat, offset: number, magic: string][] = [
  ['jpeg', 0, '\xff\xd8\xff'],
  ['png', 0, '\x89PNG\r\n\x1a\n'],
  ['gif', 0, 'GIF87a'],
  ['gif', 0, 'GIF89a'],
  ['webp', 8, 'WEBP'],
  ['tiff', 0, 'II*\0'],
  ['tiff', 0, 'MM\0*'],
  ['bmp', 0, 'BM'],
  ['jxl', 0, '\xff\x0a'],
  ['jxl', 4, 'JXL \r\n'],
  ['psd', 0, '8BPS'],
  ['pdf', 0, '%PDF-'],
  ['ico', 0, '\0\0\x01\0'],
]
const heifBrands = new Set(['heic', 'heix', 'heim', 'heis', 'hevc', 'hevx', 'hevm', 'hevs', 'mif1', 'msf1'])

/** The format by the file's first bytes, never by its name; undefined where it is none that we know of. */
export function sniffFormat(bytes: Uint8Array): ImageFormat | undefined {
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, 512)).toString('latin1')
  if (head.slice(4, 8) === 'ftyp') return brandOf(head)
  for (const [format, offset, magic] of magics) {
    if (head.startsWith(magic, offset)) return format
  }
  return /^(?:ï»¿)?\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*|<!doctype[^>]*>\s*)*<svg/is.test(head)
    ? 'svg'
    : undefined
}

/** The container is shared by AVIF and HEIC; a compatible brand decides where the major one is generic. */
function brandOf(head: string): ImageFormat | undefined {
  const size = Math.min(head.length, Math.max(16, head.charCodeAt(2) * 256 + head.charCodeAt(3)))
  const brands = [head.slice(8, 12)]
  for (let offset = 16; offset + 4 <= size; offset += 4) brands.push(head.slice(offset, offset + 4))
  if (brands.some((brand) => brand === 'avif' || brand === 'avis')) return 'avif'
  return brands.some((brand) => heifBrands.has(brand)) ? 'heic' : undefined
}
