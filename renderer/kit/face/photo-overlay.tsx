import { landmarkRegions, regionPath, type Point } from './landmark-regions'

interface Box {
  x: number
  y: number
  width: number
  height: number
}

/** What is drawn. */
export interface OverlayParts {
  landmarks: boolean
  contours: boolean
  box: boolean
  /** Edges of a mesh over the landmarks, indices of their ends. */
  mesh?: readonly (readonly [number, number])[]
  /** Where another face's points come to lie in this photo: a line leads to each from its landmark. */
  fitted?: readonly Point[]
  /** What points and meshes are drawn in, for two faces on each other. Cyan by default. */
  color?: string
}

export interface PhotoOverlayProps {
  /** Size of the photo; the drawing's coordinates are its pixels. */
  width: number
  height: number
  landmarks: readonly Point[] | null
  box: Box | null
  show: OverlayParts
  /** Screen pixels a pixel of the photo takes: keeps dots at one size at any zoom. */
  scale: number
}

// A photo is no surface of the theme: these are the same in light and dark. Cyan stands farthest from skin.
const mark = 'oklch(0.88 0.14 200)'
/** The two colours of faces that lie on each other: far apart for eyes of every kind (Okabe and Ito). */
export const firstMark = 'oklch(0.78 0.13 225)'
export const secondMark = 'oklch(0.8 0.16 75)'
const halo = 'oklch(0 0 0 / 0.5)'
const light = 'oklch(1 0 0 / 0.85)'

/** How bold to draw, about 1: less on a small face, where thick lines and large dots would hide what they mark. */
function boldness(landmarks: readonly Point[] | null, scale: number): number {
  const [left, right] = [landmarks?.[0], landmarks?.[16]]
  if (!left || !right) return 1
  const faceWidth = Math.hypot(right[0] - left[0], right[1] - left[1]) * scale
  return Math.min(1.15, Math.max(0.2, faceWidth / 180))
}

/** Landmarks, contours and detection box, drawn in pixels of the photo. Fills its parent. */
export function PhotoOverlay({ width, height, landmarks, box, show, scale }: PhotoOverlayProps) {
  const contours = landmarks ? landmarkRegions.map((region) => regionPath(landmarks, region)).join('') : ''
  // Widths in pixels of the photo: a stroke that does not scale by itself would not know of CSS transforms.
  const unit = boldness(landmarks, scale) / scale
  const color = show.color ?? mark
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
      {show.contours && (
        // Dark below light: the line is seen on any skin and any background.
        <>
          <path d={contours} style={{ stroke: halo, strokeWidth: 3 * unit }} />
          <path d={contours} style={{ stroke: light, strokeWidth: 1.25 * unit }} />
        </>
      )}
      {landmarks && show.mesh && <Mesh landmarks={landmarks} edges={show.mesh} unit={unit} color={color} />}
      {landmarks && show.fitted && <Shifts from={landmarks} to={show.fitted} unit={unit} />}
      {show.landmarks &&
        landmarks?.map(([x, y], index) => (
          <circle
            key={index}
            cx={x}
            cy={y}
            r={2 * unit}
            style={{ stroke: halo, strokeWidth: 0.75 * unit, fill: color }}
          />
        ))}
      {show.box && box && (
        <>
          <rect {...box} rx={3 / scale} style={{ stroke: halo, strokeWidth: 3 / scale }} />
          <rect {...box} rx={3 / scale} style={{ stroke: mark, strokeWidth: 1.5 / scale }} />
        </>
      )}
    </svg>
  )
}

interface MeshProps {
  landmarks: readonly Point[]
  edges: readonly (readonly [number, number])[]
  unit: number
  color: string
}

function Mesh({ landmarks, edges, unit, color }: MeshProps) {
  const path = edges.map(([from, to]) => `M${landmarks[from].join(' ')}L${landmarks[to].join(' ')}`).join('')
  return (
    <>
      <path d={path} style={{ stroke: halo, strokeWidth: 2 * unit, opacity: 0.6 }} />
      <path data-part="mesh" d={path} style={{ stroke: color, strokeWidth: unit, opacity: 0.9 }} />
    </>
  )
}

/** From where the points are to where the other face has them, with a dot at the far end. */
function Shifts({ from, to, unit }: { from: readonly Point[]; to: readonly Point[]; unit: number }) {
  const path = from.map((point, index) => `M${point.join(' ')}L${to[index].join(' ')}`).join('')
  return (
    <>
      <path d={path} style={{ stroke: halo, strokeWidth: 3.5 * unit }} />
      <path data-part="shifts" d={path} style={{ stroke: secondMark, strokeWidth: 1.75 * unit }} />
      {to.map(([x, y], index) => (
        <circle
          key={index}
          cx={x}
          cy={y}
          r={1.75 * unit}
          style={{ stroke: halo, strokeWidth: 0.5 * unit, fill: secondMark }}
        />
      ))}
    </>
  )
}
