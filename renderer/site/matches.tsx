import { useInfiniteQuery } from '@tanstack/react-query'
import { Heart, UsersRound } from 'lucide-react'
import { useCallback, useEffect, useRef, useState } from 'react'
import type { FeedEntry, feedFilters, feedOrders } from '../../core/matching/contract-feed'
import { Button } from '../kit/button'
import { EmptyState } from '../kit/empty-state'
import { ErrorState } from '../kit/error-state'
import { Notice } from '../kit/notice'
import { Segmented } from '../kit/segmented'
import { Skeleton } from '../kit/skeleton'
import { useConnection } from '../rpc/connection'
import { describeError } from '../rpc/errors'
import { MatchCard } from './match-card'

type Show = (typeof feedFilters)[number]
type Sort = (typeof feedOrders)[number]

const shown = [
  { id: 'all', label: 'All' },
  { id: 'unviewed', label: 'New' },
  { id: 'liked', label: 'Liked' },
] as const
const orders = [
  { id: 'score', label: 'Most alike' },
  { id: 'newest', label: 'Newest' },
] as const

const nobody: Record<Show, { title: string; text: string }> = {
  all: {
    title: 'Nobody yet',
    text: 'Whoever joins and looks like you will stand here. You don’t need to do anything.',
  },
  unviewed: { title: 'You have seen everybody', text: 'Whoever is new will stand here.' },
  liked: { title: 'You like nobody yet', text: 'Press the heart of somebody to find them here again.' },
}

const grid = 'grid grid-cols-2 gap-4 sm:grid-cols-[repeat(auto-fill,minmax(160px,1fr))]'
/** How often somebody new is looked for, in milliseconds: changes are pushed to staff alone. */
const freshAfter = 60_000

/** The people who look like the person, with what each side learns of the other. */
export function Matches() {
  const [show, setShow] = useState<Show>('all')
  const [sort, setSort] = useState<Sort>('score')
  return (
    <section aria-labelledby="your-matches" className="flex flex-col gap-3">
      <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2">
        <h3 id="your-matches" className="font-semibold">
          Your matches
        </h3>
        <div className="flex flex-wrap gap-2">
          <Segmented label="Which of them" options={shown} value={show} onChange={setShow} />
          <Segmented label="In which order" options={orders} value={sort} onChange={setSort} />
        </div>
      </div>
      <p className="text-sm text-pretty text-ink-2">
        They see the same of you: your name, your school, your photo and how alike you look. They learn of
        your like only when they like you, too, and never whether you looked. The staff of this site can see
        both.
      </p>
      <List key={`${show} ${sort}`} show={show} sort={sort} />
    </section>
  )
}

function List({ show, sort }: { show: Show; sort: Sort }) {
  const { api } = useConnection()
  const onSeen = useMarkSeen()
  const query = useInfiniteQuery({
    ...api.matching.feed.infiniteOptions({
      input: (cursor: string | undefined) => ({ show, sort, cursor, limit: 24 }),
      initialPageParam: undefined,
      getNextPageParam: (page) => page.next_cursor ?? undefined,
    }),
    // Each list is as it is now; what is seen meanwhile leaves "New" only when the list is opened again.
    staleTime: 0,
    refetchInterval: show === 'unviewed' ? false : freshAfter,
  })
  const entries: FeedEntry[] = query.data?.pages.flatMap((page) => page.items) ?? []
  if (query.isPending) return <Waiting />
  if (query.error && entries.length === 0) {
    return (
      <ErrorState
        title="Your matches can't be shown"
        message={describeError(query.error)}
        onRetry={() => void query.refetch()}
        isRetrying={query.isFetching}
      />
    )
  }
  if (entries.length === 0) {
    const { title, text } = nobody[show]
    return (
      <EmptyState icon={show === 'liked' ? <Heart /> : <UsersRound />} title={title}>
        {text}
      </EmptyState>
    )
  }
  return (
    <>
      <ul className={grid}>
        {entries.map((entry) => (
          <MatchCard key={entry.id} entry={entry} onSeen={onSeen} />
        ))}
      </ul>
      {query.error && <Notice tone="bad">{describeError(query.error)}</Notice>}
      {query.hasNextPage && <More query={query} />}
    </>
  )
}

/** The next page: by itself when the end comes near, and by a button. */
function More({
  query,
}: {
  query: { isFetching: boolean; isFetchNextPageError: boolean; fetchNextPage: () => Promise<unknown> }
}) {
  const end = useRef<HTMLDivElement>(null)
  const { isFetching, isFetchNextPageError, fetchNextPage } = query
  useEffect(() => {
    if (!end.current || isFetching || isFetchNextPageError) return
    const observer = new IntersectionObserver(
      ([{ isIntersecting }]) => {
        if (isIntersecting) void fetchNextPage()
      },
      { rootMargin: '400px' },
    )
    observer.observe(end.current)
    return () => observer.disconnect()
  }, [isFetching, isFetchNextPageError, fetchNextPage])
  return (
    <div ref={end} className="flex justify-center">
      <Button size="lg" onPress={() => void fetchNextPage()} isPending={isFetching}>
        Show more
      </Button>
    </div>
  )
}

/** Collects who was seen for a moment, and notes them in one go. Failing at that is no news to anybody. */
function useMarkSeen(): (id: string) => void {
  const { client } = useConnection()
  const seen = useRef(new Set<string>())
  const timer = useRef<number>(undefined)
  return useCallback(
    (id: string) => {
      seen.current.add(id)
      window.clearTimeout(timer.current)
      timer.current = window.setTimeout(() => {
        const ids = [...seen.current].slice(0, 100)
        seen.current.clear()
        client.matching.markViewed({ ids }).catch(() => undefined)
      }, 500)
    },
    [client],
  )
}

function Waiting() {
  return (
    <div role="status" aria-label="Your matches are on their way" className={grid}>
      {Array.from({ length: 4 }, (_, index) => (
        <div key={index} className="flex flex-col gap-2">
          <Skeleton className="aspect-square w-full" />
          <Skeleton className="h-3 w-2/3" />
        </div>
      ))}
    </div>
  )
}
