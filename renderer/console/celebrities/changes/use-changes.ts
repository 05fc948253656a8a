import { useMutation, useQuery } from '@tanstack/react-query'
import { useCallback } from 'react'
import type {
  CelebrityEdit,
  ChangeGroup,
  CurationSelection,
} from '../../../../core/celebrities/contract-curation'
import { formatAmount } from '../../../kit/format'
import { dismissNotes, notifyDone, notifyFailed } from '../../../kit/toast'
import { useConnection } from '../../../rpc/connection'
import { describeError } from '../../../rpc/errors'
import { nothingToRedo, nothingToUndo, skippedWords, undoneWords, type Undone } from './change-words'

/** Asks again for all that shows the gallery; resolves when it is there. */
export function useChanged(): () => Promise<void> {
  const { api, queries } = useConnection()
  return useCallback(async () => {
    await Promise.all([
      queries.invalidateQueries({ queryKey: api.celebrities.key() }),
      queries.invalidateQueries({ queryKey: api.curation.key() }),
    ])
  }, [api, queries])
}

/** Tells what an undo brought back and what it left, and has the screens ask again. */
function useTellUndone() {
  const changed = useChanged()
  return useCallback(
    async (result: Undone, what?: string) => {
      dismissNotes()
      const { title, detail } = undoneWords(result, what)
      notifyDone(title, detail)
      await changed()
    },
    [changed],
  )
}

/** Takes a group of changes back, or some celebrities of it, and tells what was left. */
export function useUndo() {
  const { client } = useConnection()
  const tell = useTellUndone()
  return useMutation({
    mutationFn: ({
      group_id,
      celebrity_ids,
    }: {
      group_id: string
      celebrity_ids?: string[]
      what?: string
    }) => client.curation.undo({ group_id, ...(celebrity_ids && { celebrity_ids }) }),
    onSuccess: (result, { what }) => tell(result, what),
    onError: (error) => notifyFailed('It could not be undone', describeError(error)),
  })
}

/** Tells of a change with its undo, and has the screens ask again. */
export function useTellChange() {
  const { mutate } = useUndo()
  const changed = useChanged()
  return useCallback(
    /** @param done What was done: "Ada was moved to the trash". */
    async ({ group_id, changed: count, skipped }: ChangeGroup, done: string) => {
      dismissNotes()
      if (count === 0) notifyDone('Nothing changed', skippedWords(skipped))
      else {
        notifyDone(done, skippedWords(skipped), {
          label: 'Undo',
          onAction: () => mutate({ group_id }),
        })
      }
      await changed()
    },
    [mutate, changed],
  )
}

/** Steps back and forward wait for one another, in the order in which they were asked for, as in the review of an import. */
const steps = { id: 'steps of the gallery' }

/** The caller's last change that stands, and the way to take it back. */
export function useUndoLast(mayEdit: boolean) {
  const { client, api } = useConnection()
  const last = useQuery({ ...api.curation.lastChange.queryOptions(), enabled: mayEdit }).data
  const tell = useTellUndone()
  const undo = useMutation({
    scope: steps,
    // What was last when the screen asked may have been undone elsewhere: ask anew.
    mutationFn: async () => {
      const change = await client.curation.lastChange()
      return change && { ...change, result: await client.curation.undo({ group_id: change.group_id }) }
    },
    onSuccess: async (done) => {
      if (done) await tell(done.result, done.what)
      else notifyDone(nothingToUndo.title, nothingToUndo.detail)
    },
    onError: (error) => notifyFailed('It could not be undone', describeError(error)),
  })
  return { what: last?.what, isPending: undo.isPending, run: () => undo.mutate() }
}

/** What the caller took back last and can do again, and the way to do it. */
export function useRedoLast(mayEdit: boolean) {
  const { client, api } = useConnection()
  const last = useQuery({ ...api.curation.lastUndone.queryOptions(), enabled: mayEdit }).data
  const tell = useTellChange()
  const redo = useMutation({
    scope: steps,
    mutationFn: async () => {
      const undone = await client.curation.lastUndone()
      return undone && { ...undone, group: await client.curation.redo({ group_id: undone.group_id }) }
    },
    onSuccess: async (done) => {
      if (done) await tell(done.group, `Done again: ${done.what}`)
      else notifyDone(nothingToRedo.title, nothingToRedo.detail)
    },
    onError: (error) => notifyFailed('It could not be done again', describeError(error)),
  })
  return { what: last?.what, isPending: redo.isPending, run: () => redo.mutate() }
}

/** Writes fields of celebrities. `isPending` lasts until the new values are on the screen. */
export function useEdit(onDone?: () => void) {
  const { client } = useConnection()
  const tell = useTellChange()
  return useMutation({
    mutationFn: ({ selection, edit }: { selection: CurationSelection; edit: CelebrityEdit; done?: string }) =>
      client.curation.edit({ selection, edit }),
    onSuccess: async (group, { done }) => {
      onDone?.()
      await tell(group, done ?? `${formatAmount(group.changed, 'celebrity', 'celebrities')} changed`)
    },
    onError: (error) => notifyFailed('It could not be changed', describeError(error)),
  })
}

/** Has the photos analysed anew. */
export function useReanalyze() {
  const { client } = useConnection()
  const changed = useChanged()
  return useMutation({
    mutationFn: (selection: CurationSelection) => client.curation.reanalyze(selection),
    onSuccess: async ({ queued }) => {
      notifyDone(
        `${formatAmount(queued, 'photo')} will be analysed anew`,
        queued === 0 ? 'All of them wait for it already.' : 'What is found appears by itself.',
      )
      await changed()
    },
    onError: (error) => notifyFailed('They could not be analysed anew', describeError(error)),
  })
}
