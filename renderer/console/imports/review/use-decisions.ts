import { useMutation } from '@tanstack/react-query'
import { useCallback, useState } from 'react'
import type { Decision } from '../../../../core/celebrities/contract-import-schemas'
import { formatAmount } from '../../../kit/format'
import { notifyDone, notifyFailed } from '../../../kit/toast'
import { useConnection } from '../../../rpc/connection'
import { describeError } from '../../../rpc/errors'
import { noteDecision, rememberImport } from '../use-import'
import { decisionWords } from './decision-words'
import { showChanged } from './use-files'

/** Ids that one decision may name; more are several decisions. */
export const mostIds = 10_000

/** The files that a decision is about. */
function filesOf(decision: { file_ids: number[] } | { file_id: number }): readonly number[] {
  return 'file_ids' in decision ? decision.file_ids : [decision.file_id]
}

export interface Decisions {
  decide: (decision: Decision) => void
  /** Takes the last decision back. */
  undo: () => void
  /** Files whose decision is on its way, with what it is. */
  pending: ReadonlyMap<number, Decision['kind']>
  isUndoing: boolean
}

/**
 * Decides, one after the other, in the order in which it was asked: whoever decides need not wait.
 * @param onBack Shows a file again, for its decision was refused or taken back.
 */
export function useDecisions(id: string, onBack: (fileId: number) => void): Decisions {
  const connection = useConnection()
  const { api } = connection
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
        notifyFailed(`${decisionWords(decision.kind)}: this could not be done`, describeError(error))
        const [first] = filesOf(decision)
        if (first !== undefined) onBack(first)
      },
      onSettled: (_data, _error, { decision }) => {
        noteDecision()
        settle(filesOf(decision))
      },
    }),
  )
  const undoing = useMutation(
    api.imports.undoDecision.mutationOptions({
      scope,
      onSuccess: ({ import: of, changed, undone }) => {
        noteDecision()
        rememberImport(connection, of)
        showChanged(connection, changed)
        if (undone === null) return notifyDone('There is nothing left to undo')
        notifyDone(
          `Undone: ${decisionWords(undone)}`,
          changed.length > 1 ? `${formatAmount(changed.length, 'file')} as before` : undefined,
        )
        const [first] = changed
        if (first) onBack(first.id)
      },
      onError: (error) => notifyFailed('The decision could not be undone', describeError(error)),
    }),
  )

  const { mutate: mutateDecision } = deciding
  const decide = useCallback(
    (decision: Decision) => {
      noteDecision()
      setPending((before) => {
        const after = new Map(before)
        for (const one of filesOf(decision)) after.set(one, decision.kind)
        return after
      })
      mutateDecision({ id, decision })
    },
    [mutateDecision, id],
  )
  return {
    decide,
    undo: () => undoing.mutate({ id }),
    pending,
    isUndoing: undoing.isPending,
  }
}
