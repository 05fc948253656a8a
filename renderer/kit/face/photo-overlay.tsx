import { landmarkRegions, regionPath, type Point } from './landmark-regions'

interface Box {
  x: number
  y: number
  width: number
  height: number
}

export interface PhotoOverlayProps {
  /** Size of the photo; the drawing's coordinates are its pixels. */
  width: number
  height: number
  landmarks: readonly Point[] | null
  box: Box | null
  show: { landmarks: boolean; contours: boolean; box: boolean }
  /** Screen pixels a pixel of the photo takes: keeps dots at one size at any zoom. */
  scale: number
}

// A photo is no surface of the theme: these are the same in light and dark. Cyan stands farthest from skin.
const mark = 'oklch(0.88 0.14 200)'
const halo = { stroke: 'oklch(0 0 0 / 0.5)', strokeWidth: 3 }
const line = { stroke: 'oklch(1 0 0 / 0.85)', strokeWidth: 1.25 }

/** Landmarks, contours and detection box, drawn in pixels of the photo. Fills its parent. */
export function PhotoOverlay({ width, height, landmarks, box, show, scale }: PhotoOverlayProps) {
  const contours = landmarks ? landmarkRegions.map((region) => regionPath(landmarks, region)).join('') : ''
  return (
    <svg
      aria-hidden
      viewBox={`0 0 ${width} ${height}`}
      preserveAspectRatio="none"
      className="pointer-events-none absolute inset-0 size-full overflow-visible"
      fill="none"
      strokeLinecap="round"
      strokeLinejoin="round"
    >
      {show.contours &&
        // Dark below light: the line is seen on any skin and any background.
        [halo, line].map((style) => (
          <path key={style.stroke} d={contours} style={style} vectorEffect="non-scaling-stroke" />
        ))}
      {show.landmarks &&
        landmarks?.map(([x, y], index) => (
          <circle
            key={index}
            cx={x}
            cy={y}
            r={1.8 / scale}
            style={{ ...halo, strokeWidth: 0.75, fill: mark }}
            vectorEffect="non-scaling-stroke"
          />
        ))}
      {show.box &&
        box &&
        [halo, { stroke: mark, strokeWidth: 1.5 }].map((style) => (
          <rect key={style.stroke} {...box} rx={3 / scale} style={style} vectorEffect="non-scaling-stroke" />
        ))}
    </svg>
  )
}
