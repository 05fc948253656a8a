import { useState } from 'react'
import { alignFace, fitRegion, toCssMatrix } from './face-transform'
import type { FramedPhoto } from './photo-frame'
import { PhotoOverlay } from './photo-overlay'
import { useSize } from './use-size'

export interface AlignedFaceProps extends FramedPhoto {
  show: { landmarks: boolean; contours: boolean; box: boolean }
}

/**
 * A face upright, at one size, with the eyes at fixed places of a 4:5 frame: two of them side by side compare without
 * measuring. Where neither landmarks nor a box are known the whole photo is shown.
 */
export function AlignedFace({ src, name, imageSize, landmarks, box, show }: AlignedFaceProps) {
  const [frame, frameSize] = useSize<HTMLDivElement>()
  const [loaded, setLoaded] = useState<FramedPhoto['imageSize']>(null)
  const [brokenSrc, setBrokenSrc] = useState<string | null>(null)
  const size = imageSize ?? loaded
  const transform =
    frameSize &&
    (alignFace({ landmarks, box }, frameSize) ?? (size && fitRegion({ x: 0, y: 0, ...size }, frameSize)))
  return (
    <div ref={frame} className="relative aspect-[4/5] overflow-hidden rounded-md border bg-raised">
      {src && src !== brokenSrc ? (
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
          {size && transform && (
            <PhotoOverlay
              {...size}
              landmarks={landmarks}
              box={box}
              show={show}
              scale={Math.hypot(transform.a, transform.b)}
            />
          )}
        </div>
      ) : (
        <p className="grid h-full place-items-center px-4 text-center text-ink-3">
          {src ? 'The photo could not be loaded.' : 'There is no photo.'}
        </p>
      )}
    </div>
  )
}
