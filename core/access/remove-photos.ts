import type { ImageBucket, Images } from '../supabase/images'

/** A photo's paths in Storage, as its row names them. */
export interface PhotoPaths {
  image_path: string
  thumbnail_path: string | null
  view_path: string | null
}

/** Removes a photo whose row is gone, with all that the analysis made of it: also what a running one may just have put there. */
export async function removePhotos(
  { images }: { images: Images },
  bucket: ImageBucket,
  photo: PhotoPaths,
): Promise<void> {
  await images.remove(bucket, pathsOf(images, photo))
}

/** The photo, its thumbnail and its rendition: where they stand, and where they would be put. */
export function pathsOf(images: Images, { image_path, thumbnail_path, view_path }: PhotoPaths): string[] {
  const made = [images.thumbnailPath(image_path), images.viewPath(image_path), thumbnail_path, view_path]
  return [...new Set([image_path, ...made.filter((path) => path !== null)])]
}
