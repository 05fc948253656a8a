import { useMutation, useQuery } from '@tanstack/react-query'
import { Check, Trash2 } from 'lucide-react'
import type { Celebrity } from '../../../../core/celebrities/contract'
import type { CelebrityPhoto } from '../../../../core/celebrities/contract-curation'
import { Button } from '../../../kit/button'
import { formatCount, formatNumber } from '../../../kit/format'
import { IconButton } from '../../../kit/icon-button'
import { Section } from '../../../kit/section'
import { Skeleton } from '../../../kit/skeleton'
import { Thumbnail } from '../../../kit/thumbnail'
import { notifyFailed } from '../../../kit/toast'
import { useApi, useConnection } from '../../../rpc/connection'
import { describeError } from '../../../rpc/errors'
import { useTellChange } from '../changes/use-changes'

/** Makes a further photo the one that they are known by, or removes it. */
export function usePhotoChanges(celebrity: { id: string; name: string }) {
  const { client } = useConnection()
  const tell = useTellChange()
  const { id, name } = celebrity
  const use = useMutation({
    mutationFn: (photo_id: string) => client.curation.usePhoto({ id, photo_id }),
    onSuccess: (group) => tell(group, `${name} is known by another photo`),
    onError: (error) => notifyFailed('The photo could not be used', describeError(error)),
  })
  const remove = useMutation({
    mutationFn: (photo_id: string) => client.curation.removePhoto({ id, photo_id }),
    onSuccess: (group) => tell(group, `A photo of ${name} was removed`),
    onError: (error) => notifyFailed('The photo could not be removed', describeError(error)),
  })
  return { use, remove }
}

/** What a photo's cosine to the current one is, in words. */
export function cosineWords({ cosine, is_current }: Pick<CelebrityPhoto, 'cosine' | 'is_current'>): string {
  if (is_current) return 'Known by this one'
  return cosine === null ? 'Not compared' : `Cosine ${formatNumber(cosine)}`
}

/** The further photos, with how alike the current one each is. */
export function PhotosSection({ celebrity, mayEdit }: { celebrity: Celebrity; mayEdit: boolean }) {
  const query = useQuery(useApi().curation.photos.queryOptions({ input: { id: celebrity.id } }))
  const photos = query.data
  if (!photos) {
    if (query.isError) return <p className="text-bad">The photos could not be loaded.</p>
    return <Skeleton className="h-20" />
  }
  if (photos.length < 2) return null
  return (
    <Section title="Photos" aside={formatCount(photos.length)}>
      <ul aria-label="Photos" className="flex flex-col">
        {photos.map((photo) => (
          <PhotoLine key={photo.id} celebrity={celebrity} photo={photo} mayEdit={mayEdit} />
        ))}
      </ul>
    </Section>
  )
}

function PhotoLine({
  celebrity,
  photo,
  mayEdit,
}: {
  celebrity: Celebrity
  photo: CelebrityPhoto
  mayEdit: boolean
}) {
  const { use, remove } = usePhotoChanges(celebrity)
  const isBusy = use.isPending || remove.isPending
  return (
    <li className="-mx-2 flex items-center gap-2.5 rounded-md px-2 py-1">
      <Thumbnail src={photo.thumbnail_url} name={celebrity.name} size={40} />
      <span className="min-w-0 grow">
        <span className="block truncate">{cosineWords(photo)}</span>
        <span className="block truncate text-sm text-ink-3">
          {photo.quality_score === null ? 'Not analysed' : `Quality ${formatNumber(photo.quality_score)}`}
          {photo.licence && ` · ${photo.licence}`}
        </span>
      </span>
      {mayEdit && !photo.is_current && (
        <>
          <Button
            size="sm"
            icon={<Check aria-hidden />}
            isPending={use.isPending}
            isDisabled={isBusy && !use.isPending}
            aria-label="Use this one"
            onPress={() => use.mutate(photo.id)}
          >
            Use
          </Button>
          <IconButton
            label="Remove this photo"
            className="size-6"
            isDisabled={isBusy}
            onPress={() => remove.mutate(photo.id)}
          >
            <Trash2 />
          </IconButton>
        </>
      )}
    </li>
  )
}
