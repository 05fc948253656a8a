import { useState, type ReactNode } from 'react'
import type { InspectedFace, Pair } from '../../../core/matching/contract'
import { AlignedFace } from '../../kit/face/aligned-face'
import { FactorBars } from '../../kit/face/factor-bars'
import { PhotoFrame } from '../../kit/face/photo-frame'
import { PhotoViewToggles } from '../../kit/face/photo-view-toggles'
import { formatScore } from '../../kit/face/score-badge'
import { usePhotoView, type PhotoView } from '../../kit/face/use-photo-view'
import { imageSize } from '../photos/image-size'
import { formatDateTime, formatNumber, formatRelative } from '../../kit/format'
import { Notice } from '../../kit/notice'
import { Section } from '../../kit/section'
import { Segmented } from '../../kit/segmented'
import { useNow } from '../../kit/time'
import { PairComparison } from './pair-comparison'

/** Two faces beside each other: aligned at the eyes or as photographed, how the score came about, and both sides' values. */
export function PairBody({ pair, sides }: { pair: Pair; sides: { a?: ReactNode; b?: ReactNode } }) {
  return (
    <>
      <Notice tone="neutral">
        <strong className="font-medium text-ink">Exploration, not evidence.</strong> A resemblance does not
        say who somebody is.
      </Notice>
      <PairPhotos pair={pair} sides={sides} />
      <PairScores pair={pair} />
      <Section title="How the score comes about">
        <FactorBars
          factors={pair.factors}
          weights={pair.weights}
          threshold={pair.threshold > 0 ? pair.threshold : undefined}
        />
      </Section>
      <PairComparison a={pair.a} b={pair.b} />
    </>
  )
}

function PairPhotos({ pair, sides }: { pair: Pair; sides: { a?: ReactNode; b?: ReactNode } }) {
  const [view, setView] = usePhotoView()
  const [mode, setMode] = useState<'aligned' | 'photos'>('aligned')
  const zoom = () => setView({ ...view, zoomed: !view.zoomed })
  return (
    <div className="flex flex-col gap-2">
      <div className="flex items-center justify-between gap-2">
        <Segmented
          label="Photos"
          options={[
            { id: 'aligned', label: 'Aligned' },
            { id: 'photos', label: 'As photographed' },
          ]}
          value={mode}
          onChange={setMode}
        />
        <PhotoViewToggles
          view={view}
          onChange={setView}
          parts={mode === 'aligned' ? ['landmarks', 'contours'] : ['landmarks', 'contours', 'box', 'zoomed']}
        />
      </div>
      <div className="grid grid-cols-2 gap-4">
        <SidePhoto face={pair.a} link={sides.a} view={view} mode={mode} onZoom={zoom} />
        <SidePhoto face={pair.b} link={sides.b} view={view} mode={mode} onZoom={zoom} />
      </div>
    </div>
  )
}

function SidePhoto({
  face,
  link,
  view,
  mode,
  onZoom,
}: {
  face: InspectedFace
  link: ReactNode
  view: PhotoView
  mode: 'aligned' | 'photos'
  onZoom: () => void
}) {
  const photo = {
    src: face.image_url,
    name: face.name ?? 'an unnamed person',
    imageSize: imageSize(face),
    landmarks: face.landmarks_68,
    box: face.detection_box,
  }
  return (
    <div className="flex min-w-0 flex-col gap-1">
      {mode === 'aligned' ? (
        <AlignedFace {...photo} show={view} />
      ) : (
        <PhotoFrame {...photo} view={view} height={330} onZoom={onZoom} />
      )}
      <div className="flex justify-between gap-2">
        <span className="truncate font-medium">{face.name ?? 'Unnamed person'}</span>
        {link}
      </div>
    </div>
  )
}

function PairScores({ pair }: { pair: Pair }) {
  const now = useNow()
  const { similarity_score: stored, current_score: current, threshold, created_at } = pair
  const change = current === null ? null : current - stored
  const isMoved = change !== null && Math.abs(change) >= 0.0005
  return (
    <dl className="grid grid-cols-3 divide-x rounded-md border">
      <Figure
        name="Stored score"
        hint={`found ${formatRelative(created_at, now)}`}
        title={formatDateTime(created_at)}
      >
        {formatScore(stored)}
      </Figure>
      <Figure
        name="By today’s weights"
        hint={
          change === null
            ? 'too little is known of a side'
            : isMoved
              ? `${change > 0 ? '+' : '−'}${formatNumber(Math.abs(change), 3)} since then`
              : 'unchanged'
        }
      >
        {current === null ? '–' : formatScore(current)}
      </Figure>
      {threshold > 0 ? (
        <Figure
          name="Threshold"
          hint={current === null ? '' : current >= threshold ? 'still a match today' : 'no match today'}
        >
          {formatScore(threshold)}
        </Figure>
      ) : (
        <Figure name="Threshold" hint="the best are kept">
          none
        </Figure>
      )}
    </dl>
  )
}

function Figure({
  name,
  hint,
  title,
  children,
}: {
  name: string
  hint: string
  title?: string
  children: ReactNode
}) {
  return (
    <div className="px-3 py-2" title={title}>
      <dt className="text-sm text-ink-3">{name}</dt>
      <dd>
        <span className="text-lg font-semibold">{children}</span>{' '}
        <span className="text-sm text-ink-3">{hint}</span>
      </dd>
    </div>
  )
}
