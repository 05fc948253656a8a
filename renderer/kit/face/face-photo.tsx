import { useState } from 'react'
import { cx } from '../class-names'
import { faceRegion, fitRegion } from './face-transform'
import type { Point } from './landmark-regions'
import { PhotoOverlay } from './photo-overlay'
import { PhotoViewToggles } from './photo-view-toggles'
import type { PhotoView } from './use-photo-view'
import { useSize } from './use-size'

interface Size {
  width: number
  height: number
}

export interface FacePhotoProps {
  src: string | null
  /** Who is in the photo. */
  name: string
  /** Size of the upright photo in pixels, where it is known; else it is asked of the photo. */
  width: number | null
  height: number | null
  /** 68 points in pixels of the upright photo. */
  landmarks: readonly Point[] | null
  box: (Size & { x: number; y: number }) | null
  view: PhotoView
  onViewChange: (view: PhotoView) => void
  /** Height of the frame, CSS pixels. The photo keeps its aspect inside. */
  frameHeight?: number
}

/** A photo with what the analysis found drawn over it, and the switches for that. A click zooms to the face and back. */
export function FacePhoto({ view, onViewChange, frameHeight = 264, ...photo }: FacePhotoProps) {
  return (
    <figure aria-label={`Photo of ${photo.name}`} className="flex flex-col gap-2">
      <PhotoFrame
        key={photo.src}
        {...photo}
        view={view}
        frameHeight={frameHeight}
        onZoom={() => onViewChange({ ...view, zoomed: !view.zoomed })}
      />
      <PhotoViewToggles view={view} onChange={onViewChange} />
    </figure>
  )
}

type PhotoFrameProps = Omit<FacePhotoProps, 'onViewChange'> & { frameHeight: number; onZoom: () => void }

function PhotoFrame({
  src,
  name,
  width,
  height,
  landmarks,
  box,
  view,
  frameHeight,
  onZoom,
}: PhotoFrameProps) {
  const [frame, frameSize] = useSize<HTMLDivElement>()
  const [loaded, setLoaded] = useState<Size | null>(null)
  const [broken, setBroken] = useState(false)
  const size = width && height ? { width, height } : loaded
  const zoomed = view.zoomed && box !== null
  const region = size && (zoomed ? faceRegion(box, size) : { x: 0, y: 0, ...size })
  const fit = region && frameSize && fitRegion(region, frameSize)
  return (
    <div
      ref={frame}
      className="relative overflow-hidden rounded-md border bg-raised"
      style={{ height: frameHeight }}
      onClick={box ? onZoom : undefined}
    >
      {src && !broken ? (
        <div
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
              !loaded && 'opacity-0',
              box && (zoomed ? 'cursor-zoom-out' : 'cursor-zoom-in'),
            )}
            onLoad={({ currentTarget: image }) =>
              setLoaded({ width: image.naturalWidth, height: image.naturalHeight })
            }
            onError={() => setBroken(true)}
          />
          {loaded && size && fit && (
            <PhotoOverlay {...size} landmarks={landmarks} box={box} show={view} scale={fit.a} />
          )}
        </div>
      ) : (
        <p className="grid h-full place-items-center px-6 text-center text-ink-3">
          {broken ? 'The photo could not be loaded. Reload to try again.' : 'There is no photo.'}
        </p>
      )}
    </div>
  )
}
