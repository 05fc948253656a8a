import { AlignedLayer } from './aligned-layer'
import type { FramedPhoto } from './photo-frame'
import { PhotoOverlay, type OverlayParts } from './photo-overlay'
import { useSize } from './use-size'

export interface AlignedFaceProps extends FramedPhoto {
  show: OverlayParts
}

/**
 * A face upright, at one size, with the eyes at fixed places of a 4:5 frame: two of them side by side compare without
 * measuring. Where neither landmarks nor a box are known the whole photo is shown.
 */
export function AlignedFace({ show, ...photo }: AlignedFaceProps) {
  const [frame, frameSize] = useSize<HTMLDivElement>()
  return (
    <div ref={frame} className="relative aspect-[4/5] overflow-hidden rounded-md border bg-raised">
      <AlignedLayer
        {...photo}
        frameSize={frameSize}
        overlay={(size, scale) => (
          <PhotoOverlay {...size} landmarks={photo.landmarks} box={photo.box} show={show} scale={scale} />
        )}
      />
    </div>
  )
}
