/** Photos that are taken, by the ending of their file, and the media type that each is stored under. */
export const photoMediaTypes: Readonly<Record<string, string>> = {
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  png: 'image/png',
  webp: 'image/webp',
  avif: 'image/avif',
  gif: 'image/gif',
  heic: 'image/heic',
  heif: 'image/heif',
  tif: 'image/tiff',
  tiff: 'image/tiff',
}

/** Not every browser shows these: the worker lays a JPEG beside such a photo. By ending and by format. */
const hidden: ReadonlySet<string> = new Set(['heic', 'heif', 'tif', 'tiff'])

/** @param format as the first bytes say it, or a file's ending */
export const isHiddenFormat = (format: string): boolean => hidden.has(format)

/** The ending of a file's name in lower case, without its dot; empty where it has none. */
export const extensionOf = (name: string): string => /\.([^./\\]+)$/.exec(name)?.[1].toLowerCase() ?? ''
