import { useMemo, useState } from 'react'
import { cx } from '../class-names'
import { faceRegion, fitRegion } from './face-transform'
import type { Point } from './landmark-regions'
import { PhotoOverlay } from './photo-overlay'
import { meshEdges, triangulate } from './triangulate'
import type { PhotoView } from './use-photo-view'
import { useSize } from './use-size'

interface Size {
  width: number
  height: number
}

/** A photo and what was found in it. */
export interface FramedPhoto {
  src: string | null
  /** Stands in the photo's place where there is no `src`. */
  placeholder?: string
  /** Who is in the photo. */
  name: string
  /** Size of the upright photo in pixels, where it is known; else it is asked of the photo. */
  imageSize: Size | null
  /** 68 points in pixels of the upright photo. */
  landmarks: readonly Point[] | null
  /** What the detector found, pixels of the upright photo. */
  box: (Size & { x: number; y: number }) | null
}

export interface PhotoFrameProps extends FramedPhoto {
  view: PhotoView
  /** CSS pixels. The photo keeps its aspect inside. */
  height: number
  /** A click on the photo. */
  onZoom: () => void
}

/** A photo in a frame of fixed height, whole or near the face, with what was found drawn over it. */
export function PhotoFrame({ src, placeholder, name, imageSize, ...rest }: PhotoFrameProps) {
  const { landmarks, box, view, height, onZoom } = rest
  const [frame, frameSize] = useSize<HTMLDivElement>()
  const [loaded, setLoaded] = useState<(Size & { src: string }) | null>(null)
  const [brokenSrc, setBrokenSrc] = useState<string | null>(null)
  const isLoaded = loaded !== null && loaded.src === src
  const size = imageSize ?? (isLoaded ? { width: loaded.width, height: loaded.height } : null)
  const mesh = useMemo(
    () => (view.mesh && landmarks ? meshEdges(triangulate(landmarks)) : undefined),
    [view.mesh, landmarks],
  )
  const isZoomed = view.zoomed && box !== null
  const region = size && (isZoomed ? faceRegion(box, size) : { x: 0, y: 0, ...size })
  const fit = region && frameSize && fitRegion(region, frameSize)
  if (!src || src === brokenSrc) {
    return (
      <div
        ref={frame}
        style={{ height }}
        className="grid place-items-center rounded-md border bg-raised px-6 text-center text-ink-3"
      >
        {src ? 'The photo could not be loaded. Reload to try again.' : (placeholder ?? 'There is no photo.')}
      </div>
    )
  }
  return (
    <div
      ref={frame}
      style={{ height }}
      className="relative overflow-hidden rounded-md border bg-raised"
      onClick={box ? onZoom : undefined}
    >
      <div
        // Another photo is another box: what glides is the zoom alone.
        key={src}
        className="absolute transition-[left,top,width,height] duration-140 ease-out"
        style={
          size && fit
            ? { left: fit.tx, top: fit.ty, width: size.width * fit.a, height: size.height * fit.a }
            : { inset: 0, opacity: 0 }
        }
      >
        <img
          src={src}
          alt={`Photo of ${name}`}
          draggable={false}
          className={cx(
            'size-full max-w-none',
            !isLoaded && 'opacity-0',
            box && (isZoomed ? 'cursor-zoom-out' : 'cursor-zoom-in'),
          )}
          onLoad={({ currentTarget: image }) =>
            setLoaded({ width: image.naturalWidth, height: image.naturalHeight, src })
          }
          onError={() => setBrokenSrc(src)}
        />
        {isLoaded && size && fit && (
          <PhotoOverlay {...size} landmarks={landmarks} box={box} show={{ ...view, mesh }} scale={fit.a} />
        )}
      </div>
    </div>
  )
}
