/** The size of an upright photo in pixels, where the analysis has measured it. */
export function imageSize({
  image_width: width,
  image_height: height,
}: {
  image_width: number | null
  image_height: number | null
}): { width: number; height: number } | null {
  return width && height ? { width, height } : null
}
