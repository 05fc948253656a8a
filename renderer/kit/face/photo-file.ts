/** What a file picker offers, and what the analysis reads. */
export const photoTypes = ['image/jpeg', 'image/png', 'image/webp'] as const

const extensions = /\.(jpe?g|jfif|png|webp)$/i
const otherImages = /\.(gif|tiff?|bmp|avif|svg|psd|raw|cr2|cr3|nef|arw|dng)$/i
const highEfficiency = /\.(heic|heif)$/i

/**
 * Why a file can't be a photo as far as its name and size tell, in words for a person; null where it may be one.
 * What its bytes say is for the host to judge.
 */
export function photoFileProblem(file: { name: string; type: string; size: number }): string | null {
  if (highEfficiency.test(file.name) || /^image\/hei[cf]/.test(file.type)) {
    return 'HEIC photos are not supported yet. Export it as JPEG.'
  }
  if (otherImages.test(file.name))
    return 'This image format is not supported. Export it as JPEG, PNG or WebP.'
  if (!extensions.test(file.name) && !photoTypes.some((type) => type === file.type)) return 'Not an image.'
  if (file.size === 0) return 'The file is empty.'
  return null
}
