import type { ImageBucket, Images } from '../supabase/images'

/** Removes a photo whose row is gone, with its thumbnail: also one that a running analysis may just have put there. */
export async function removePhotos(
  { images }: { images: Images },
  bucket: ImageBucket,
  photo: { image_path: string; thumbnail_path: string | null },
): Promise<void> {
  const thumbnails = new Set([
    images.thumbnailPath(photo.image_path),
    photo.thumbnail_path ?? photo.image_path,
  ])
  await images.remove(bucket, [...new Set([photo.image_path, ...thumbnails])])
}
