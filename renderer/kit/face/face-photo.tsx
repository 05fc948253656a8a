import type { ReactNode } from 'react'
import { PhotoFrame, type FramedPhoto } from './photo-frame'
import { drawableParts, PhotoViewToggles } from './photo-view-toggles'
import type { PhotoView } from './use-photo-view'

export interface FacePhotoProps extends FramedPhoto {
  view: PhotoView
  onViewChange: (view: PhotoView) => void
  /** Height of the frame, CSS pixels. */
  frameHeight?: number
  /** Stands at the right of the switches. */
  aside?: ReactNode
}

/** A photo with what the analysis found drawn over it, and the switches for that. A click zooms to the face and back. */
export function FacePhoto({ view, onViewChange, frameHeight = 264, aside, ...photo }: FacePhotoProps) {
  return (
    <figure aria-label={`Photo of ${photo.name}`} className="flex flex-col gap-2">
      <PhotoFrame
        {...photo}
        view={view}
        height={frameHeight}
        onZoom={() => onViewChange({ ...view, zoomed: !view.zoomed })}
      />
      <div className="flex items-center justify-between gap-2">
        <PhotoViewToggles view={view} onChange={onViewChange} parts={drawableParts(photo)} />
        {aside}
      </div>
    </figure>
  )
}
