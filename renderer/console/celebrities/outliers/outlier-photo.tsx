import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import type { CelebritySummary } from '../../../../core/celebrities/contract'
import type { CelebrityPhoto } from '../../../../core/celebrities/contract-curation'
import { cx } from '../../../kit/class-names'
import { PhotoFrame } from '../../../kit/face/photo-frame'
import type { PhotoView } from '../../../kit/face/use-photo-view'
import { formatLabel, formatNumber } from '../../../kit/format'
import { useApi } from '../../../rpc/connection'
import { imageSize } from '../../photos/image-size'

interface Look {
  view: PhotoView
  onZoom: () => void
}

const frameHeight = 330

/** A celebrity's current photo, near the face, with who they are. */
export function CelebrityFace({
  celebrity,
  tag,
  look,
  children,
}: {
  celebrity: CelebritySummary
  /** "Stays", "Goes". */
  tag?: { label: string; isGood: boolean } | undefined
  look: Look
  children?: ReactNode
}) {
  const { id, name, category, quality_score, image_url } = celebrity
  const found = useQuery(useApi().celebrities.get.queryOptions({ input: { id } })).data
  return (
    <figure aria-label={`Photo of ${name}`} className="flex min-w-0 flex-col gap-2">
      <PhotoFrame
        src={image_url}
        name={name}
        imageSize={found ? imageSize(found) : null}
        landmarks={found?.landmarks_68 ?? null}
        box={found?.detection_box ?? null}
        view={look.view}
        height={frameHeight}
        onZoom={look.onZoom}
      />
      <figcaption className="flex flex-col">
        <span className="flex items-center gap-2">
          <span className="min-w-0 truncate font-semibold">{name}</span>
          {tag && (
            <span
              className={cx(
                'rounded-sm px-1.5 text-sm',
                tag.isGood ? 'bg-accent-soft font-medium text-accent-ink' : 'bg-active text-ink-2',
              )}
            >
              {tag.label}
            </span>
          )}
        </span>
        <span className="text-ink-2">
          {[
            category && formatLabel(category),
            quality_score !== null && `quality ${formatNumber(quality_score)}`,
          ]
            .filter(Boolean)
            .join(' · ') || ' '}
        </span>
      </figcaption>
      {children}
    </figure>
  )
}

/** A further photo, near the face. */
export function FurtherFace({
  photo,
  name,
  look,
  children,
}: {
  photo: CelebrityPhoto
  name: string
  look: Look
  children?: ReactNode
}) {
  return (
    <figure aria-label={`Further photo of ${name}`} className="flex min-w-0 flex-col gap-2">
      <PhotoFrame
        src={photo.image_url}
        name={name}
        imageSize={imageSize(photo)}
        landmarks={photo.landmarks_68}
        box={photo.detection_box}
        view={look.view}
        height={frameHeight}
        onZoom={look.onZoom}
      />
      <figcaption className="flex flex-col">
        <span className="font-semibold">Further photo</span>
        <span className="truncate text-ink-2">
          {[photo.quality_score !== null && `quality ${formatNumber(photo.quality_score)}`, photo.source]
            .filter(Boolean)
            .join(' · ') || ' '}
        </span>
      </figcaption>
      {children}
    </figure>
  )
}
