import type { Job } from '../../../../core/jobs/contract'
import type { JobDetail } from '../../../../core/jobs/contract-detail'
import { FacePhoto } from '../../../kit/face/face-photo'
import { usePhotoView } from '../../../kit/face/use-photo-view'
import { formatAmount, formatNumber } from '../../../kit/format'
import { Facts } from '../../../kit/section'
import { Skeleton } from '../../../kit/skeleton'

/** The photo of a job with what was found in it: the box, the landmarks, how many faces and how good this one is. */
export function JobPhoto({ job, detail }: { job: Job; detail: JobDetail | undefined }) {
  const [view, setView] = usePhotoView()
  if (!detail) return <Skeleton className="h-60 shrink-0 rounded-md" />
  const { found } = detail
  const imageSize = found?.width && found.height ? { width: found.width, height: found.height } : null
  return (
    <div className="flex flex-col gap-2">
      <FacePhoto
        src={detail.image_url ?? job.thumbnail_url}
        name={job.name ?? 'no name'}
        imageSize={imageSize}
        landmarks={found?.landmarks ?? null}
        box={found?.box ?? null}
        view={view}
        onViewChange={setView}
        frameHeight={detail.image_url ? 176 : 72}
      />
      {found ? (
        <Facts
          facts={[
            ['Faces found', found.faces_found === null ? null : formatAmount(found.faces_found, 'face')],
            ['Quality', found.quality_score === null ? null : `${formatNumber(found.quality_score)} of 1`],
            ['Photo', imageSize && `${imageSize.width} × ${imageSize.height} pixels`],
            ['Embedding', found.embedding_model],
          ]}
        />
      ) : (
        <p className="text-ink-3">Nothing was found in it yet.</p>
      )}
    </div>
  )
}
