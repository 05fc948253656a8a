import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState, type ReactNode } from 'react'
import type { Import, ImportFileDetail } from '../../../../core/celebrities/contract-import-schemas'
import { AlignedFace } from '../../../kit/face/aligned-face'
import { BlendStage } from '../../../kit/face/blend-stage'
import type { FramedPhoto } from '../../../kit/face/photo-frame'
import { formatPercent } from '../../../kit/format'
import { Segmented } from '../../../kit/segmented'
import { Slider } from '../../../kit/slider'
import { useApi } from '../../../rpc/connection'
import { imageSize } from '../../photos/image-size'
import { useSharedAway } from '../away-notice'
import { bitsWords, cosineWords } from '../import-words'

type Reference = NonNullable<ImportFileDetail['reference']>

/** What a file was compared with, beside it or on it, and what that says. */
export function ReferenceView({
  of,
  file,
  photo,
  onShow,
}: {
  of: Import
  file: ImportFileDetail
  /** The file's own photo with its faces. */
  photo: ReactNode
  /** Shows another file of the import. */
  onShow: (fileId: number) => void
}) {
  const { reference } = file
  const [mode, setMode] = useState<'side' | 'swipe'>('side')
  const [share, setShare] = useState(0.5)
  const other = useReferencePhoto(of, reference)
  if (!reference || !other) return photo
  const nothing = { landmarks: false, contours: false, box: false }
  const own = framedFile(file)
  return (
    <div className="flex min-h-0 grow flex-col gap-2">
      <div className="flex min-h-0 grow gap-2">
        {mode === 'side' ? (
          <>
            {photo}
            <figure className="flex w-[42%] shrink-0 flex-col justify-center gap-1 overflow-hidden">
              <AlignedFace {...other} show={nothing} />
              <figcaption className="truncate text-center text-sm text-ink-3" title={other.name}>
                {other.name}, {reference.file_id === null ? 'in the gallery' : 'in this import'}
              </figcaption>
            </figure>
          </>
        ) : (
          <div className="mx-auto flex min-h-0 w-full max-w-[min(100%,22rem)] flex-col justify-center">
            <BlendStage
              first={own}
              second={other}
              blend={{ mode: 'swipe', share }}
              show={{ first: nothing, second: nothing }}
              onSwipe={setShare}
            />
          </div>
        )}
      </div>
      {mode === 'swipe' && (
        <Slider
          label="Swipe"
          value={share}
          onChange={setShare}
          text={formatPercent(share)}
          ends={[own.name, other.name]}
        />
      )}
      <div className="flex flex-wrap items-start justify-between gap-x-3 gap-y-1">
        <Verdict of={of} reference={reference} onShow={onShow} />
        <Segmented
          label="Compared"
          options={[
            { id: 'side', label: 'Side by side' },
            { id: 'swipe', label: 'Swipe' },
          ]}
          value={mode}
          onChange={setMode}
        />
      </div>
    </div>
  )
}

function Verdict({
  of,
  reference,
  onShow,
}: {
  of: Import
  reference: Reference
  onShow: (fileId: number) => void
}) {
  const { file_id: fileId, celebrity_id: celebrityId, name, cosine, bits_apart: bits } = reference
  return (
    <div className="min-w-40 flex-1 text-pretty">
      <p>
        <span className="text-ink-3">Compared with </span>
        {fileId !== null ? (
          <button
            type="button"
            className="rounded-sm font-medium text-accent-ink hover:underline"
            onClick={() => onShow(fileId)}
          >
            {name ?? 'another photo'} of this import
          </button>
        ) : celebrityId !== null ? (
          <Link
            to="/celebrities"
            search={{ id: celebrityId }}
            className="font-medium text-accent-ink hover:underline"
          >
            {name ?? 'somebody'} in the gallery
          </Link>
        ) : (
          <span className="font-medium">{name ?? 'another photo'}</span>
        )}
      </p>
      <p className="text-sm text-ink-2">
        {[cosine !== null && cosineWords(cosine, of.rules), bits !== null && bitsWords(bits, of.rules)]
          .filter(Boolean)
          .join('. ')}
      </p>
    </div>
  )
}

function framedFile(file: ImportFileDetail): FramedPhoto {
  const face = file.found_faces.find(({ face_index }) => face_index === file.face_index)
  return {
    src: file.image_url ?? file.thumbnail_url,
    name: file.person_name ?? file.name ?? 'this photo',
    imageSize: file.width && file.height ? { width: file.width, height: file.height } : null,
    landmarks: face?.landmarks_68 ?? null,
    box: face?.box ?? null,
  }
}

/** The photo that a file was compared with, in full where it can be had, else its thumbnail. */
function useReferencePhoto(of: Import, reference: Reference | null): FramedPhoto | null {
  const api = useApi()
  const isAway = useSharedAway()
  const {
    file_id: fileId = null,
    celebrity_id: celebrityId = null,
    photo_id: photoId = null,
  } = reference ?? {}
  const file = useQuery({
    ...api.imports.file.queryOptions({ input: { id: of.id, file_id: fileId ?? 0 } }),
    enabled: fileId !== null,
  }).data
  const isGallery = celebrityId !== null && !isAway
  const celebrity = useQuery({
    ...api.celebrities.get.queryOptions({ input: { id: celebrityId ?? '' } }),
    enabled: isGallery && photoId === null,
    retry: false,
  }).data
  const further = useQuery({
    ...api.curation.photos.queryOptions({ input: { id: celebrityId ?? '' } }),
    enabled: isGallery && photoId !== null,
    retry: false,
  }).data?.find(({ id }) => id === photoId)
  if (!reference) return null
  if (fileId !== null && file) return framedFile(file)
  const name = reference.name ?? 'another photo'
  const photo = photoId === null ? celebrity : further
  if (photo?.image_url) {
    return {
      src: photo.image_url,
      name: celebrity?.name ?? name,
      imageSize: imageSize(photo),
      landmarks: photo.landmarks_68,
      box: photo.detection_box,
    }
  }
  return { src: reference.thumbnail_url, name, imageSize: null, landmarks: null, box: null }
}
