import { signPhotos, viewOf, type PhotoUrls } from '../access/photo-urls'
import type { SignedInContext } from '../access/procedure'
import type { CelebrityRow } from './catalogue'
import type { CelebritySummary } from './contract'

/** The paths that {@link viewSummary} asks addresses for. */
export function photosOf(row: Pick<CelebrityRow, 'image_path' | 'thumbnail_path' | 'view_path'>): string[] {
  return [viewOf(row), row.thumbnail_path ?? row.image_path]
}

export function viewSummary(row: CelebrityRow, url: PhotoUrls): CelebritySummary {
  const { id, name, category, gender, age, quality_score, expression, state, error_message, created_at } = row
  return {
    ...{ id, name, category, gender, age, quality_score, expression, state, error_message, created_at },
    image_url: url('celebrity-images', viewOf(row)),
    thumbnail_url: url('celebrity-images', row.thumbnail_path ?? row.image_path),
  }
}

/** Signs the photos of celebrities and of their further photos, all in one call. */
export function signCelebrityPhotos(
  context: Pick<SignedInContext, 'images' | 'log'>,
  rows: readonly Pick<CelebrityRow, 'image_path' | 'thumbnail_path' | 'view_path'>[],
): Promise<PhotoUrls> {
  return signPhotos(context, { 'celebrity-images': rows.flatMap(photosOf) })
}
