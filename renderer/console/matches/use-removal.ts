import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { mostIdsAtOnce } from '../../../core/matching/contract-removal'
import { formatAmount } from '../../kit/format'
import { notifyDone, notifyFailed } from '../../kit/toast'
import { useConnection } from '../../rpc/connection'
import { describeError } from '../../rpc/errors'

/** Cuts a list into pieces of at most `size`, in order. */
function chunksOf<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, place) =>
    items.slice(place * size, (place + 1) * size),
  )
}

/** What a removal or a recomputation is at, while it takes several calls. */
export interface BatchProgress {
  done: number
  of: number
}

/** Removes matches, shows how far it is, and offers the undo of all of it as one. */
export function useRemoveMatches(onRemoved: () => void) {
  const { client, queries, api } = useConnection()
  const [progress, setProgress] = useState<BatchProgress | null>(null)
  const undo = useUndoRemoval()
  const remove = useMutation({
    mutationFn: async ({ ids, reason }: { ids: readonly string[]; reason: string }) => {
      const batch = crypto.randomUUID()
      let removed = 0
      try {
        for (const chunk of chunksOf(ids, mostIdsAtOnce)) {
          setProgress({ done: removed, of: ids.length })
          removed += (await client.matching.remove({ ids: chunk, reason, batch_id: batch })).removed
        }
      } catch (error) {
        // What went before stays removed, and its undo must be within reach.
        if (removed > 0) tellRemoved(removed, () => undo.mutate({ batch_id: batch }))
        throw error
      } finally {
        setProgress(null)
        void queries.invalidateQueries({ queryKey: api.matching.key() })
      }
      return { batch, removed }
    },
    onSuccess: ({ batch, removed }) => {
      tellRemoved(removed, () => undo.mutate({ batch_id: batch }))
      onRemoved()
    },
    onError: (error) => notifyFailed('The pairs could not be removed', describeError(error)),
  })
  return { remove, progress }
}

function tellRemoved(removed: number, onAction: () => void): void {
  notifyDone(
    `${formatAmount(removed, 'pair')} removed`,
    removed === 0
      ? 'Somebody else was faster.'
      : 'They are not matched again until you undo this, here or under Removed pairs.',
    removed === 0 ? undefined : { label: 'Undo', onAction },
  )
}

/** Brings removed matches back, all of a batch in as many calls as that takes. */
export function useUndoRemoval() {
  const { client, queries, api } = useConnection()
  return useMutation({
    mutationFn: async (target: { removal_id: string } | { batch_id: string }) => {
      let restored = 0
      let lifted = 0
      for (;;) {
        const step = await client.matching.undoRemove(target)
        restored += step.restored.length
        lifted += step.lifted.length
        if (step.remaining === 0 || step.restored.length + step.lifted.length === 0) break
      }
      return { restored, lifted }
    },
    onSuccess: ({ restored, lifted }) => {
      void queries.invalidateQueries({ queryKey: api.matching.key() })
      if (restored + lifted === 0) {
        notifyDone('The removal was undone already', 'Somebody else was faster.')
        return
      }
      notifyDone(
        restored === 0 && lifted > 0
          ? `${formatAmount(lifted, 'pair')} may be matched again`
          : `${formatAmount(restored, 'pair')} brought back`,
        lifted > 0 && restored > 0
          ? `${formatAmount(lifted, 'pair')} could not come back as they were, but may be matched again.`
          : undefined,
      )
    },
    onError: (error) => notifyFailed('The removal could not be undone', describeError(error)),
  })
}

/** Scores of pairs anew, from the stored analyses by today's weights. */
export function useRecompute(kind: 'match' | 'lookalike') {
  const { client, queries, api } = useConnection()
  return useMutation({
    mutationFn: async (ids: readonly string[]) => {
      let changed = 0
      let without = 0
      for (const chunk of chunksOf(ids, mostIdsAtOnce)) {
        const answer = await client.matching.recompute({ ids: chunk, kind })
        changed += answer.changed
        without += answer.results.filter(({ after }) => after === null).length
      }
      return { asked: ids.length, changed, without }
    },
    onSuccess: ({ asked, changed, without }) => {
      void queries.invalidateQueries({ queryKey: api.matching.key() })
      notifyDone(
        changed === 0
          ? 'Recomputed: nothing changed'
          : `Recomputed: ${formatAmount(changed, 'score')} of ${asked} changed`,
        without > 0
          ? `${formatAmount(without, 'pair')} kept their score: a side lacks what is compared.`
          : undefined,
      )
    },
    onError: (error) => notifyFailed('The score could not be recomputed', describeError(error)),
  })
}
