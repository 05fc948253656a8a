import { useMutation, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Equal, EqualNot } from 'lucide-react'
import type { Celebrity } from '../../../../core/celebrities/contract'
import { formatNumber } from '../../../kit/format'
import { IconButton } from '../../../kit/icon-button'
import { Section } from '../../../kit/section'
import { Skeleton } from '../../../kit/skeleton'
import { Thumbnail } from '../../../kit/thumbnail'
import { notifyFailed } from '../../../kit/toast'
import { useSeen } from '../../../kit/use-seen'
import { useApi, useConnection } from '../../../rpc/connection'
import { describeError } from '../../../rpc/errors'
import { ShortenedList } from '../../lists/shortened-list'
import { useTellChange } from '../changes/use-changes'

/** Says that two are not one person, or takes that back. */
export function useDistinguish() {
  const { client } = useConnection()
  const tell = useTellChange()
  return useMutation({
    mutationFn: (pair: { id: string; other: string; are_distinct: boolean }) =>
      client.curation.distinguish(pair),
    onSuccess: (group, { are_distinct }) =>
      tell(group, are_distinct ? 'Noted: two people' : 'No longer noted: two people'),
    onError: (error) => notifyFailed('It could not be noted', describeError(error)),
  })
}

/**
 * The celebrities who score highest by today's weights, the nearest face first: a score counts age and expression too,
 * which say nothing about who somebody is.
 */
export function useSimilar(id: string, isEnabled = true) {
  return useQuery({
    ...useApi().curation.similar.queryOptions({ input: { id, limit: 12 } }),
    select: (found) => found.toSorted((a, b) => b.cosine - a.cosine),
    enabled: isEnabled,
  })
}

/** The celebrities whose faces are nearest: whether they are one person is a curator's to say. */
export function SimilarSection({
  celebrity,
  mayEdit,
  onMerge,
}: {
  celebrity: Celebrity
  mayEdit: boolean
  onMerge: (other: string) => void
}) {
  const { id } = celebrity
  const [place, isSeen] = useSeen<HTMLDivElement>()
  const query = useSimilar(id, isSeen)
  const distinguish = useDistinguish()
  return (
    <div ref={place}>
      <Section title="Similar celebrities" aside="cosine">
        {query.isError ? (
          <p className="text-bad">{describeError(query.error)}</p>
        ) : !query.data ? (
          <Skeleton className="h-24" />
        ) : query.data.length === 0 ? (
          <p className="text-ink-3">Nobody else has been analysed by the same model.</p>
        ) : (
          <ShortenedList
            items={query.data}
            getKey={(other) => other.id}
            shown={4}
            renderItem={(other) => (
              <div className="-mx-2 flex items-center gap-1 rounded-md px-2 py-1 hover:bg-raised">
                <Link
                  to="/celebrities"
                  search={(before) => ({ ...before, tab: undefined, id: other.id })}
                  className="flex min-w-0 grow items-center gap-2.5"
                >
                  <Thumbnail src={other.thumbnail_url} name={other.name} size={32} />
                  <span className="min-w-0 grow">
                    <span className="block truncate">{other.name}</span>
                    <span className="block truncate text-sm text-ink-3">
                      {formatNumber(other.cosine)}
                      {other.is_distinct && ' · not the same person'}
                    </span>
                  </span>
                </Link>
                {mayEdit && (
                  <>
                    <IconButton
                      label={
                        other.is_distinct
                          ? `Take back that ${other.name} is another person`
                          : `${other.name} is not the same person`
                      }
                      className={other.is_distinct ? 'text-accent-ink' : undefined}
                      onPress={() =>
                        distinguish.mutate({ id, other: other.id, are_distinct: !other.is_distinct })
                      }
                    >
                      <EqualNot />
                    </IconButton>
                    <IconButton
                      label={`Same person as ${other.name}: merge…`}
                      onPress={() => onMerge(other.id)}
                    >
                      <Equal />
                    </IconButton>
                  </>
                )}
              </div>
            )}
          />
        )}
      </Section>
    </div>
  )
}
