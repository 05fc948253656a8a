import { useInfiniteQuery, useMutation } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import type { ChangeGroup } from '../../../../core/celebrities/contract-curation'
import { notifyFailed } from '../../../kit/toast'
import { useConnection } from '../../../rpc/connection'
import { describeError } from '../../../rpc/errors'
import { usePages } from '../../lists/use-pages'
import { useTellChange } from '../changes/use-changes'
import type { OutlierKind } from '../search'
import { outlierKey, placeOf, type Outlier } from './outlier-words'

/** The outliers of a kind, and the one that is looked at. What is dealt with goes at once, and the next takes its place. */
export function useOutliers(kind: OutlierKind) {
  const { api, queries } = useConnection()
  const [isStopped, setStopped] = useState(false)
  const options = api.curation.outliers.infiniteOptions({
    input: (cursor: string | undefined) => ({ kind, cursor, limit: 60 }),
    initialPageParam: undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
  })
  const query = useInfiniteQuery({ ...options, enabled: !isStopped })
  const pages = usePages(query)
  const [gone, setGone] = useState<ReadonlySet<string>>(new Set())
  const items = pages.items.filter((item) => !gone.has(outlierKey(item)))
  const keys = items.map(outlierKey)
  const [at, setAt] = useState({ key: '', place: 0 })
  const place = placeOf(keys, at)
  const current = items[place]
  const { onEndReached } = pages
  useEffect(() => {
    if (place >= items.length - 5) onEndReached()
  }, [place, items.length, onEndReached])
  usePreloaded(items[place + 1])
  return {
    query,
    items,
    total: pages.total === undefined ? undefined : pages.total - (pages.items.length - items.length),
    place,
    current,
    goTo: (target: number) => {
      const key = keys[target]
      if (key !== undefined) setAt({ key, place: target })
    },
    onEndReached,
    /** Whether the search for them was stopped before it gave any. */
    isStopped,
    stop: () => {
      setStopped(true)
      void queries.cancelQueries({ queryKey: options.queryKey })
    },
    goOn: () => setStopped(false),
    /** Hides one that is being dealt with. */
    hide: (item: Outlier) => {
      setAt({ key: outlierKey(item), place: keys.indexOf(outlierKey(item)) })
      setGone((before) => new Set([...before, outlierKey(item)]))
    },
    show: (item: Outlier) =>
      setGone((before) => new Set([...before].filter((key) => key !== outlierKey(item)))),
  }
}

export type Outliers = ReturnType<typeof useOutliers>

/** Fetches the next one's faces and photos, so that going on does not wait. */
function usePreloaded(next: Outlier | undefined): void {
  const { api, queries } = useConnection()
  const ids = next ? [next.celebrity.id, next.other?.id].filter((id) => id !== undefined).join(' ') : ''
  const photo = next?.photo?.image_url
  useEffect(() => {
    const load = (src: string | null | undefined) => {
      if (src) new Image().src = src
    }
    for (const id of ids.split(' ').filter(Boolean)) {
      queries
        .query(api.celebrities.get.queryOptions({ input: { id } }))
        .then(({ image_url }) => load(image_url))
        .catch(() => undefined)
    }
    load(photo)
  }, [api, queries, ids, photo])
}

/** Does something about an outlier: it goes from the list at once, and comes back where that fails or is undone. */
export function useDeal(outliers: Outliers) {
  const tell = useTellChange()
  return useMutation({
    mutationFn: ({ act }: { item: Outlier; act: () => Promise<ChangeGroup>; done: string }) => act(),
    onMutate: ({ item }) => outliers.hide(item),
    onSuccess: async (group, { item, done }) => {
      await tell(group, done)
      // By now the list says itself whether it is still there.
      outliers.show(item)
    },
    onError: (error, { item }) => {
      outliers.show(item)
      notifyFailed('It could not be done', describeError(error))
    },
  })
}
