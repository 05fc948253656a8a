import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import type { CelebritySummary } from '../../../../core/celebrities/contract'
import type { CelebrityPhoto } from '../../../../core/celebrities/contract-curation'
import { cx } from '../../../kit/class-names'
import { PhotoFrame, type FramedPhoto } from '../../../kit/face/photo-frame'
import type { PhotoView } from '../../../kit/face/use-photo-view'
import { formatLabel, formatNumber } from '../../../kit/format'
import { useApi } from '../../../rpc/connection'
import { imageSize } from '../../photos/image-size'

export interface Look {
  view: PhotoView
  onZoom: () => void
}

/** A celebrity's current photo, near the face, with who they are. */
export function CelebrityFace({
  celebrity,
  tag,
  look,
}: {
  celebrity: CelebritySummary
  /** "Stays", "Goes". */
  tag?: { label: string; isGood: boolean } | undefined
  look: Look
}) {
  const { id, name, category, quality_score, image_url } = celebrity
  const found = useQuery(useApi().celebrities.get.queryOptions({ input: { id } })).data
  return (
    <Face
      label={`Photo of ${name}`}
      look={look}
      photo={{
        src: image_url,
        name,
        imageSize: found ? imageSize(found) : null,
        landmarks: found?.landmarks_68 ?? null,
        box: found?.detection_box ?? null,
      }}
      title={name}
      aside={tag && <Tag {...tag} />}
      facts={[category && formatLabel(category), qualityWords(quality_score)]}
    >
      <Link to="/celebrities" search={{ id }} className="self-start text-sm text-accent-ink hover:underline">
        Show in the catalogue
      </Link>
    </Face>
  )
}

/** A further photo, near the face. */
export function FurtherFace({ photo, name, look }: { photo: CelebrityPhoto; name: string; look: Look }) {
  const { image_url, landmarks_68, detection_box, quality_score, source } = photo
  return (
    <Face
      label={`Further photo of ${name}`}
      look={look}
      photo={{
        src: image_url,
        name,
        imageSize: imageSize(photo),
        landmarks: landmarks_68,
        box: detection_box,
      }}
      title="Further photo"
      facts={[qualityWords(quality_score), source]}
    />
  )
}

function Face({
  label,
  look,
  photo,
  title,
  aside,
  facts,
  children,
}: {
  label: string
  look: Look
  photo: FramedPhoto
  title: string
  aside?: ReactNode
  facts: readonly (string | null)[]
  children?: ReactNode
}) {
  return (
    <figure aria-label={label} className="flex min-w-0 flex-col gap-2">
      <PhotoFrame {...photo} view={look.view} height={330} onZoom={look.onZoom} />
      <figcaption className="flex flex-col">
        <span className="flex items-center gap-2">
          <span className="min-w-0 truncate font-semibold" title={title}>
            {title}
          </span>
          {aside}
        </span>
        <span className="truncate text-ink-2">{formatLabel(facts.filter(Boolean).join(' · ')) || ' '}</span>
      </figcaption>
      {children}
    </figure>
  )
}

function Tag({ label, isGood }: { label: string; isGood: boolean }) {
  return (
    <span
      className={cx(
        'rounded-sm px-1.5 text-sm',
        isGood ? 'bg-accent-soft font-medium text-accent-ink' : 'bg-active text-ink-2',
      )}
    >
      {label}
    </span>
  )
}

function qualityWords(quality: number | null): string | null {
  return quality === null ? null : `quality ${formatNumber(quality)}`
}
