import { useMutation } from '@tanstack/react-query'
import { useCallback, useState } from 'react'
import type { Decision, Import, ImportFile } from '../../../../core/celebrities/contract-import-schemas'
import { formatAmount } from '../../../kit/format'
import { useConnection } from '../../../rpc/connection'
import { describeError } from '../../../rpc/errors'
import { useNotes } from '../notes'
import { noteDecision, rememberImport } from '../use-import'
import { decisionWords } from './decision-words'
import { showChanged } from './use-files'

/** Ids that one decision may name; more are several decisions. */
export const mostIds = 10_000

/** The files that a decision is about. */
function filesOf(
  decision: { files: { id: number }[] } | { file_ids: number[] } | { file_id: number },
): readonly number[] {
  if ('files' in decision) return decision.files.map((file) => file.id)
  return 'file_ids' in decision ? decision.file_ids : [decision.file_id]
}

export interface Decisions {
  /**
   * @param about Whom it is about, for the note of it; of several files their number stands there.
   * @param seen The last decision about the file that is in sight, null where there is none: what somebody else has decided
   *   since is told, and nothing is decided.
   */
  decide: (decision: Decision, about?: string | null, seen?: number | null) => void
  /** Takes one's own last decision back. */
  undo: () => void
  /** Makes the decision again that was taken back last. */
  redo: () => void
  /** Files whose decision is on its way, with what it is. */
  pending: ReadonlyMap<number, Decision['kind']>
}

/**
 * Decides, one after the other, in the order in which it was asked: whoever decides need not wait.
 * @param onBack Shows a file again, for its decision was refused, taken back or made again.
 * @param onStep Told of what a step back or forward changed; the next decision waits until it has ended.
 */
export function useDecisions(
  id: string,
  onBack: (fileId: number) => void,
  onStep: (changed: readonly ImportFile[]) => Promise<unknown>,
): Decisions {
  const connection = useConnection()
  const { api, queries } = connection
  const { say } = useNotes()
  const [pending, setPending] = useState<ReadonlyMap<number, Decision['kind']>>(new Map())
  const scope = { id: `import ${id}` }
  const settle = (ids: readonly number[]) =>
    setPending((before) => {
      const after = new Map(before)
      for (const one of ids) after.delete(one)
      return after
    })

  const deciding = useMutation(
    api.imports.decide.mutationOptions({
      scope,
      onSuccess: ({ import: of, changed }) => {
        rememberImport(connection, of)
        showChanged(connection, changed)
      },
      onError: (error, { decision }) => {
        say(`${decisionWords(decision.kind)}: this could not be done. ${describeError(error)}`, true)
        const [first] = filesOf(decision)
        if (first !== undefined) onBack(first)
        // It may have been refused since the list is not what stands any more.
        void queries.invalidateQueries({ queryKey: api.imports.files.key() })
        void queries.invalidateQueries({ queryKey: api.imports.file.key() })
      },
      onSettled: (_data, _error, { decision }) => {
        noteDecision()
        settle(filesOf(decision))
      },
    }),
  )
  /** After a step back or forward: what is different now, and where the first of it is. */
  const stepped = (words: string, { import: of, changed }: { import: Import; changed: ImportFile[] }) => {
    noteDecision()
    rememberImport(connection, of)
    showChanged(connection, changed)
    const [first] = changed
    const name = first?.person_name ?? first?.name
    say(changed.length === 1 && name ? `${words} (${name})` : words)
    if (first) onBack(first.id)
    return onStep(changed)
  }
  const undoing = useMutation(
    api.imports.undoDecision.mutationOptions({
      scope,
      onSuccess: ({ undone, ...after }) =>
        undone === null
          ? say('There is nothing of yours left to undo.')
          : stepped(`Undone: ${inSentence(undone)}`, after),
      onError: (error) => say(`The decision could not be undone. ${describeError(error)}`, true),
    }),
  )
  const redoing = useMutation(
    api.imports.redoDecision.mutationOptions({
      scope,
      onSuccess: ({ redone, ...after }) =>
        redone === null
          ? say('There is nothing to do again.')
          : stepped(`Done again: ${inSentence(redone)}`, after),
      onError: (error) => say(`The decision could not be made again. ${describeError(error)}`, true),
    }),
  )

  const { mutate: mutateDecision } = deciding
  const decide = useCallback(
    (decision: Decision, about?: string | null, seen?: number | null) => {
      noteDecision()
      say(decisionWords(decision.kind) + aboutWords(filesOf(decision).length, about))
      setPending((before) => {
        const after = new Map(before)
        for (const one of filesOf(decision)) after.set(one, decision.kind)
        return after
      })
      mutateDecision({ id, decision, seen })
    },
    [mutateDecision, id, say],
  )
  return {
    decide,
    undo: () => undoing.mutate({ id }),
    redo: () => redoing.mutate({ id }),
    pending,
  }
}

/** “, Tom Hanks”, or how many where they are several. */
function aboutWords(files: number, name: string | null | undefined): string {
  if (files > 1) return `, ${formatAmount(files, 'file')}`
  return name ? `, ${name}` : ''
}

/** “accepting 1 file” */
const inSentence = (words: string) => words.charAt(0).toLowerCase() + words.slice(1)
