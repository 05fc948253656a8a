import { useState, type ReactNode } from 'react'
import { alignFace, fitRegion, toCssMatrix } from './face-transform'
import type { FramedPhoto } from './photo-frame'

interface Size {
  width: number
  height: number
}

export interface AlignedLayerProps extends FramedPhoto {
  /** The frame that it lies in, CSS pixels; null until it is laid out. */
  frameSize: Size | null
  /** Drawn over the photo in its own pixels; `scale` is the screen pixels that one of them takes. */
  overlay?: (size: Size, scale: number) => ReactNode
}

/**
 * A photo as a layer of a frame: upright, at one size, the eyes at fixed places. Without landmarks it goes by the box,
 * without either the whole photo is shown.
 */
export function AlignedLayer({ src, placeholder, name, imageSize, ...rest }: AlignedLayerProps) {
  const { landmarks, box, frameSize, overlay } = rest
  const [loaded, setLoaded] = useState<Size | null>(null)
  const [brokenSrc, setBrokenSrc] = useState<string | null>(null)
  const size = imageSize ?? loaded
  const transform =
    frameSize &&
    (alignFace({ landmarks, box }, frameSize) ?? (size && fitRegion({ x: 0, y: 0, ...size }, frameSize)))
  if (!src || src === brokenSrc) {
    return (
      <p className="grid h-full place-items-center px-4 text-center text-ink-3">
        {src ? 'The photo could not be loaded.' : (placeholder ?? 'There is no photo.')}
      </p>
    )
  }
  return (
    <div
      key={src}
      className="absolute top-0 left-0 origin-top-left"
      style={size && transform ? { ...size, transform: toCssMatrix(transform) } : { opacity: 0 }}
    >
      <img
        src={src}
        alt={`Face of ${name}, turned upright`}
        draggable={false}
        className="size-full max-w-none"
        onLoad={({ currentTarget: image }) =>
          setLoaded({ width: image.naturalWidth, height: image.naturalHeight })
        }
        onError={() => setBrokenSrc(src)}
      />
      {size && transform && overlay?.(size, Math.hypot(transform.a, transform.b))}
    </div>
  )
}
