import type { ImageAnalysis } from '../../model/face'

/** A photo as it was analysed, with what was made of it in Storage. */
export interface AnalyzedPhoto {
  analysis: ImageAnalysis
  thumbnailPath: string | null
  /** Of the rendition; null where browsers show the photo itself. */
  viewPath: string | null
}

/** What was put into Storage: nothing of it may stay where the photo was deleted meanwhile. */
export function madeOf({ thumbnailPath, viewPath }: AnalyzedPhoto): string[] {
  return [thumbnailPath, viewPath].filter((path) => path !== null)
}
