import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { Button as AriaButton } from 'react-aria-components'
import type { CelebritySummary } from '../../../../core/celebrities/contract'
import { Dialog } from '../../../kit/dialog'
import { formatLabel, formatNumber } from '../../../kit/format'
import { Skeleton } from '../../../kit/skeleton'
import { TextField } from '../../../kit/text-field'
import { Thumbnail } from '../../../kit/thumbnail'
import { useApi } from '../../../rpc/connection'
import { describeError } from '../../../rpc/errors'
import { useSimilar } from '../detail/similar-section'
import { useRested } from '../../lists/use-rested'

/** Asks whom a celebrity is to be merged with: those who look like them, or anybody by name. */
export function FindSameDialog({
  celebrity: { id, name },
  onClose,
  onFound,
}: {
  celebrity: { id: string; name: string }
  onClose: () => void
  onFound: (other: string) => void
}) {
  const api = useApi()
  const [text, setText] = useState('')
  const search = useRested(text.trim(), 200)
  const similar = useSimilar(id)
  const byName = useQuery({
    ...api.celebrities.list.queryOptions({
      input: { search, limit: 13 },
      placeholderData: keepPreviousData,
    }),
    enabled: search !== '',
  })
  const query = search === '' ? similar : byName
  const found: readonly (CelebritySummary & { cosine?: number })[] | undefined =
    search === '' ? similar.data : byName.data?.items.filter((other) => other.id !== id)
  return (
    <Dialog isOpen onClose={onClose} title={`Who is the same person as ${name}?`} width="md">
      <div className="flex min-h-80 flex-col gap-2">
        <TextField
          aria-label="Search names"
          placeholder="Search names"
          autoFocus
          value={text}
          onChange={setText}
        />
        <h3 className="text-sm font-medium text-ink-3">
          {search === '' ? 'Who looks most like them' : 'By this name'}
        </h3>
        {query.isError ? (
          <p className="text-bad">{describeError(query.error)}</p>
        ) : !found ? (
          <Skeleton className="h-40" />
        ) : found.length === 0 ? (
          <p className="text-ink-3">Nobody. Search for a shorter part of the name.</p>
        ) : (
          <ul aria-label="Celebrities" className="flex flex-col">
            {found.map((other) => (
              <li key={other.id}>
                <AriaButton
                  onPress={() => onFound(other.id)}
                  className="flex w-full items-center gap-2.5 rounded-md px-2 py-1 text-left data-focus-visible:outline-2 data-hovered:bg-raised"
                >
                  <Thumbnail src={other.thumbnail_url} name={other.name} size={40} />
                  <span className="min-w-0 grow">
                    <span className="block truncate">{other.name}</span>
                    <span className="block truncate text-sm text-ink-3">
                      {other.category ? formatLabel(other.category) : 'No category'}
                    </span>
                  </span>
                  {other.cosine !== undefined && (
                    <span className="text-ink-3" title="Cosine of both embeddings">
                      {formatNumber(other.cosine)}
                    </span>
                  )}
                </AriaButton>
              </li>
            ))}
          </ul>
        )}
      </div>
    </Dialog>
  )
}
