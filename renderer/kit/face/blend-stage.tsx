import type { PointerEvent, ReactNode } from 'react'
import { cx } from '../class-names'
import { AlignedLayer } from './aligned-layer'
import type { FramedPhoto } from './photo-frame'
import { firstMark, PhotoOverlay, secondMark, type OverlayParts } from './photo-overlay'
import { useSize } from './use-size'

/** How two faces that lie on each other are shown. */
export type Blend =
  | { mode: 'swipe'; share: number }
  | { mode: 'opacity'; share: number }
  | { mode: 'difference' }
  | { mode: 'blink'; isSecond: boolean }

export interface BlendStageProps {
  first: FramedPhoto
  second: FramedPhoto
  blend: Blend
  /** What is drawn over either; where both are drawn they differ in colour. */
  show: { first: OverlayParts; second: OverlayParts }
  /** The edge between the two was dragged; the same is reachable by a slider beside it. */
  onSwipe: (share: number) => void
}

/** Two faces upright, at one size, the eyes on the same places, the second over the first. */
export function BlendStage({ first, second, blend, show, onSwipe }: BlendStageProps) {
  const [frame, frameSize] = useSize<HTMLDivElement>()
  const layer = (photo: FramedPhoto, parts: OverlayParts, color: string): ReactNode => (
    <AlignedLayer
      {...photo}
      frameSize={frameSize}
      overlay={
        blend.mode === 'difference'
          ? undefined
          : (size, scale) => (
              <PhotoOverlay
                {...size}
                landmarks={photo.landmarks}
                box={photo.box}
                show={{ ...parts, color }}
                scale={scale}
              />
            )
      }
    />
  )
  const swipe = (event: PointerEvent<HTMLDivElement>) => {
    if (blend.mode !== 'swipe' || event.buttons !== 1) return
    const { left, width } = event.currentTarget.getBoundingClientRect()
    onSwipe(1 - Math.min(1, Math.max(0, (event.clientX - left) / width)))
  }
  return (
    <div
      ref={frame}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId)
        swipe(event)
      }}
      onPointerMove={swipe}
      className={cx(
        'relative aspect-[4/5] touch-none overflow-hidden rounded-md border bg-raised',
        blend.mode === 'swipe' && 'cursor-ew-resize',
      )}
    >
      <div
        className="absolute inset-0 isolate"
        // What is alike is black: the light makes small differences visible.
        style={blend.mode === 'difference' ? { filter: 'brightness(1.8)', background: '#000' } : undefined}
      >
        {layer(first, show.first, firstMark)}
        <div className="absolute inset-0" style={secondStyle(blend)} data-layer="second">
          {layer(second, show.second, secondMark)}
        </div>
      </div>
      {blend.mode === 'swipe' && (
        <span
          aria-hidden
          className="absolute inset-y-0 w-0.5 -translate-x-1/2 bg-white shadow-[0_0_0_1px_rgb(0_0_0/0.4)]"
          style={{ left: `${(1 - blend.share) * 100}%` }}
        />
      )}
    </div>
  )
}

function secondStyle(blend: Blend): React.CSSProperties {
  switch (blend.mode) {
    case 'swipe':
      return { clipPath: `inset(0 0 0 ${(1 - blend.share) * 100}%)` }
    case 'opacity':
      return { opacity: blend.share }
    case 'difference':
      return { mixBlendMode: 'difference' }
    case 'blink':
      return { visibility: blend.isSecond ? 'visible' : 'hidden' }
  }
}
