import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Heart } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import { ToggleButton } from 'react-aria-components'
import type { FeedEntry } from '../../core/matching/contract-feed'
import { Badge } from '../kit/badge'
import { cx } from '../kit/class-names'
import { Thumbnail } from '../kit/thumbnail'
import { useConnection } from '../rpc/connection'
import { describeError } from '../rpc/errors'
import { likenessWords } from './likeness'

/** Milliseconds in sight after which somebody counts as seen. */
const seenAfter = 1000

/** Somebody who looks alike, with all that may be known of them. */
export function MatchCard({ entry, onSeen }: { entry: FeedEntry; onSeen: (id: string) => void }) {
  const name = entry.name?.trim() || 'Somebody'
  const card = useRef<HTMLLIElement>(null)
  useSeen(card, entry, onSeen)
  return (
    <li ref={card} className="flex flex-col gap-1.5">
      <div className="relative">
        <Thumbnail src={entry.thumbnail_url} name={name} size="fill" className="rounded-md" />
        {!entry.viewed && (
          <span className="absolute top-2 left-2">
            <Badge tone="accent">New</Badge>
          </span>
        )}
        <Like entry={entry} name={name} />
      </div>
      <div className="flex min-w-0 flex-col">
        <span className="truncate font-medium">{name}</span>
        {entry.school && <span className="truncate text-sm text-ink-2">{entry.school}</span>}
        <span className="text-sm text-ink-2" title={`Score ${entry.similarity_score.toFixed(3)} of 1`}>
          {likenessWords(entry.similarity_score)}
        </span>
        {entry.connected && (
          <span className="mt-1">
            <Badge tone="good">You like each other</Badge>
          </span>
        )}
      </div>
    </li>
  )
}

/** The heart. It changes at once, and back where the host refuses. */
function Like({ entry, name }: { entry: FeedEntry; name: string }) {
  const { api, client } = useConnection()
  const queries = useQueryClient()
  const like = useMutation({
    mutationFn: (on: boolean) => client.matching.like({ id: entry.id, on }),
    onSuccess: () => queries.invalidateQueries({ queryKey: api.matching.feed.key() }),
  })
  const isLiked = like.isPending ? like.variables : entry.liked
  return (
    <>
      <ToggleButton
        isSelected={isLiked}
        onChange={(on) => {
          if (!like.isPending) like.mutate(on)
        }}
        aria-label={`Like ${name}`}
        className="group absolute right-2 bottom-2 flex size-10 items-center justify-center rounded-full border border-line-strong bg-panel text-ink-2 transition-colors data-focus-visible:outline-2 data-hovered:text-ink data-selected:border-accent data-selected:text-accent"
      >
        <Heart className={cx('size-5', isLiked && 'fill-current')} aria-hidden />
      </ToggleButton>
      {like.error && (
        <span
          role="alert"
          className="absolute inset-x-2 top-2 rounded-md bg-bad-soft px-2 py-1 text-sm text-bad"
        >
          {describeError(like.error)}
        </span>
      )}
    </>
  )
}

/** Tells once when somebody has not been seen before and has stood in sight for a second. */
function useSeen(
  card: React.RefObject<HTMLLIElement | null>,
  { id, viewed }: FeedEntry,
  onSeen: (id: string) => void,
) {
  const [isTold, setTold] = useState(viewed)
  useEffect(() => {
    if (isTold || !card.current) return
    let timer: number | undefined
    const observer = new IntersectionObserver(
      ([{ isIntersecting }]) => {
        window.clearTimeout(timer)
        if (!isIntersecting) return
        timer = window.setTimeout(() => {
          setTold(true)
          onSeen(id)
        }, seenAfter)
      },
      { threshold: 0.6 },
    )
    observer.observe(card.current)
    return () => {
      window.clearTimeout(timer)
      observer.disconnect()
    }
  }, [card, id, isTold, onSeen])
}
