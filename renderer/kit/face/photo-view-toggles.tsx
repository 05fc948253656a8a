import { Grid3x3, ScanFace, Spline, Square, ZoomIn, type LucideIcon } from 'lucide-react'
import { Toggle } from '../segmented'
import { Tooltip } from '../tooltip'
import { useShortcut } from '../use-shortcut'
import type { PhotoView } from './use-photo-view'

interface Part {
  label: string
  /** Says in the tooltip what is drawn. */
  meaning: string
  shortcut: string
  icon: LucideIcon
}

const allParts: Record<keyof PhotoView, Part> = {
  landmarks: { label: 'Landmarks', meaning: 'The 68 landmarks', shortcut: 'l', icon: ScanFace },
  contours: { label: 'Features', meaning: 'Jaw, brows, eyes, nose and mouth', shortcut: 'f', icon: Spline },
  mesh: { label: 'Mesh', meaning: 'The triangles between the 68 landmarks', shortcut: 't', icon: Grid3x3 },
  box: { label: 'Box', meaning: 'What the detector found', shortcut: 'b', icon: Square },
  zoomed: { label: 'Zoom', meaning: 'Zoom to the face', shortcut: 'z', icon: ZoomIn },
}

/** What can be drawn over a photo, by what was found in it. */
export function drawableParts(found: { landmarks: unknown; box: unknown }): (keyof PhotoView)[] {
  return [
    ...(found.landmarks ? (['landmarks', 'contours', 'mesh'] as const) : []),
    ...(found.box ? (['box', 'zoomed'] as const) : []),
  ]
}

export interface PhotoViewTogglesProps {
  view: PhotoView
  onChange: (view: PhotoView) => void
  /** The switches that are shown, in this order. */
  parts: readonly (keyof PhotoView)[]
}

/** The switches of what is drawn over photos; L, F, T, B and Z do the same from anywhere on the screen. */
export function PhotoViewToggles({ view, onChange, parts }: PhotoViewTogglesProps) {
  return (
    <div role="group" aria-label="Drawn over the photo" className="flex flex-wrap gap-1">
      {parts.map((part) => (
        <ViewToggle
          key={part}
          part={allParts[part]}
          isOn={view[part]}
          onChange={(isOn) => onChange({ ...view, [part]: isOn })}
          // Five with icons don't fit beside each other in a detail pane.
          hasIcon={parts.length < 5}
        />
      ))}
    </div>
  )
}

interface ViewToggleProps {
  part: Part
  isOn: boolean
  onChange: (isOn: boolean) => void
  hasIcon: boolean
}

function ViewToggle({
  part: { label, meaning, shortcut, icon: Icon },
  isOn,
  onChange,
  hasIcon,
}: ViewToggleProps) {
  useShortcut(shortcut, () => onChange(!isOn))
  return (
    <Tooltip label={meaning} keys={[shortcut.toUpperCase()]}>
      <Toggle isOn={isOn} onChange={onChange} icon={hasIcon && <Icon aria-hidden />}>
        {label}
      </Toggle>
    </Tooltip>
  )
}
