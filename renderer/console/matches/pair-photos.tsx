import { Grid3x3, MoveUpRight } from 'lucide-react'
import { useMemo, type ReactNode } from 'react'
import type { InspectedFace, Pair } from '../../../core/matching/contract'
import { AlignedFace } from '../../kit/face/aligned-face'
import { PhotoFrame, type FramedPhoto } from '../../kit/face/photo-frame'
import { type OverlayParts } from '../../kit/face/photo-overlay'
import { PhotoViewToggles } from '../../kit/face/photo-view-toggles'
import type { ShapeComparison } from '../../kit/face/procrustes'
import { meshEdges, triangulate } from '../../kit/face/triangulate'
import { usePhotoView } from '../../kit/face/use-photo-view'
import { Segmented, Toggle } from '../../kit/segmented'
import { Tooltip } from '../../kit/tooltip'
import { useShortcut } from '../../kit/use-shortcut'
import { useStored } from '../../kit/use-stored'
import { imageSize } from '../photos/image-size'
import { BlendControls } from './blend-controls'
import { compareModes, compareViewSchema, firstView, modeLabels, nextMode } from './compare-modes'

/** Both photos beside or on each other, with what was found in them drawn over. */
export function PairPhotos({
  pair,
  comparison,
  sides,
}: {
  pair: Pair
  comparison: ShapeComparison | null
  sides: { a?: ReactNode; b?: ReactNode }
}) {
  const [view, setView] = usePhotoView()
  const [compare, setCompare] = useStored('semblance.compare-view', compareViewSchema, firstView)
  useShortcut('v', () => setCompare({ ...compare, mode: nextMode(compare.mode) }))
  const { first, second } = useOverlays(pair, comparison, { ...view, ...compare })
  const [a, b] = [framed(pair.a), framed(pair.b)]
  const blended = compare.mode === 'aligned' || compare.mode === 'photos' ? null : compare.mode
  return (
    <div className="flex flex-col gap-2">
      <Segmented
        label="Photos"
        options={compareModes.map((id) => ({ id, label: modeLabels[id] }))}
        value={compare.mode}
        onChange={(mode) => setCompare({ ...compare, mode })}
      />
      {blended === null ? (
        <div className="grid grid-cols-2 gap-x-4 gap-y-1">
          {[
            { photo: a, show: first },
            { photo: b, show: second },
          ].map(({ photo, show }, index) =>
            compare.mode === 'aligned' ? (
              <AlignedFace key={index} {...photo} show={show} />
            ) : (
              <PhotoFrame
                key={index}
                {...photo}
                // The pair's own switch of meshes is for faces that are turned upright.
                view={{ ...view, mesh: false }}
                height={330}
                onZoom={() => setView({ ...view, zoomed: !view.zoomed })}
              />
            ),
          )}
          <SideName face={pair.a} link={sides.a} />
          <SideName face={pair.b} link={sides.b} />
        </div>
      ) : (
        <BlendControls
          mode={blended}
          compare={compare}
          onChange={setCompare}
          photos={{ first: a, second: b }}
          show={{ first, second }}
          names={[
            <SideName key="a" face={pair.a} link={sides.a} />,
            <SideName key="b" face={pair.b} link={sides.b} />,
          ]}
        />
      )}
      {compare.mode !== 'difference' && (
        <div className="flex flex-wrap gap-1">
          <PhotoViewToggles
            view={view}
            onChange={setView}
            parts={
              compare.mode === 'photos'
                ? ['landmarks', 'contours', 'box', 'zoomed']
                : ['landmarks', 'contours']
            }
          />
          {comparison && compare.mode !== 'photos' && (
            <ShapeToggles
              mesh={compare.mesh}
              shifts={compare.shifts}
              onChange={(change) => setCompare({ ...compare, ...change })}
            />
          )}
        </div>
      )}
    </div>
  )
}

function ShapeToggles({
  mesh,
  shifts,
  onChange,
}: {
  mesh: boolean
  shifts: boolean
  onChange: (change: { mesh?: boolean; shifts?: boolean }) => void
}) {
  useShortcut('t', () => onChange({ mesh: !mesh }))
  useShortcut('d', () => onChange({ shifts: !shifts }))
  return (
    <div role="group" aria-label="Shapes compared" className="flex gap-1">
      <Tooltip label="The triangles between the 68 landmarks" keys={['T']}>
        <Toggle isOn={mesh} onChange={(isOn) => onChange({ mesh: isOn })} icon={<Grid3x3 aria-hidden />}>
          Mesh
        </Toggle>
      </Tooltip>
      <Tooltip label="From each landmark of the first face to the second face’s" keys={['D']}>
        <Toggle
          isOn={shifts}
          onChange={(isOn) => onChange({ shifts: isOn })}
          icon={<MoveUpRight aria-hidden />}
        >
          Displacement
        </Toggle>
      </Tooltip>
    </div>
  )
}

function SideName({ face, link }: { face: InspectedFace; link: ReactNode }) {
  return (
    <div className="flex min-w-0 justify-between gap-2">
      <span className="truncate font-medium">{face.name ?? 'Unnamed person'}</span>
      <span className="shrink-0">{link}</span>
    </div>
  )
}

function framed(face: InspectedFace): FramedPhoto {
  return {
    src: face.image_url,
    name: face.name ?? 'an unnamed person',
    imageSize: imageSize(face),
    landmarks: face.landmarks_68,
    box: face.detection_box,
  }
}

/** What is drawn over either photo. Both meshes have the same triangles, so that one can be compared with the other. */
function useOverlays(
  pair: Pair,
  comparison: ShapeComparison | null,
  view: { landmarks: boolean; contours: boolean; mesh: boolean; shifts: boolean },
): { first: OverlayParts; second: OverlayParts } {
  const { landmarks_68: landmarks } = pair.a
  const edges = useMemo(() => (landmarks ? meshEdges(triangulate(landmarks)) : []), [landmarks])
  const { landmarks: hasLandmarks, contours } = view
  const shared = { landmarks: hasLandmarks, contours, box: false, ...(view.mesh && { mesh: edges }) }
  return {
    first: { ...shared, ...(view.shifts && comparison && { fitted: comparison.fitted }) },
    second: shared,
  }
}
