import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import type { BulkAction, BulkPlan, BulkSelection } from '../../../../core/jobs/contract-bulk'
import { dismissNotes, notifyFailed } from '../../../kit/toast'
import { useConnection } from '../../../rpc/connection'
import { describeError } from '../../../rpc/errors'

/** What somebody wants done to many jobs. */
export interface BulkAsk {
  action: BulkAction
  selection: BulkSelection
  /** Which jobs, in words: "the 3 selected jobs". */
  which: string
}

export interface BulkChoices {
  priority: number
  /** For a retry: also what fails the same way every time. */
  includePermanent: boolean
}

export interface BulkPlanning {
  ask: BulkAsk | undefined
  choices: BulkChoices
  /** The dry run of what is asked; undefined while it is made. */
  plan: BulkPlan | undefined
  error: unknown
  isRunning: boolean
  /** How many have been begun: what was chosen for one is not for the next. */
  runs: number
  begin: (ask: BulkAsk) => void
  choose: (change: Partial<BulkChoices>) => void
  again: () => void
  run: () => void
  close: () => void
}

const usual: BulkChoices = { priority: 10, includePermanent: false }

/** A bulk action from the wish over its dry run to its start. `onRun` is told when it is under way. */
export function useBulkPlan(onRun: () => void): BulkPlanning {
  const { api, queries } = useConnection()
  const [ask, setAsk] = useState<BulkAsk>()
  const [choices, setChoices] = useState(usual)
  const [runs, setRuns] = useState(0)
  const plan = useMutation(api.jobs.planBulk.mutationOptions())
  const run = useMutation(
    api.jobs.runBulk.mutationOptions({
      onSuccess: async () => {
        setAsk(undefined)
        setRuns((count) => count + 1)
        // What is said of it now stands in the line above the list.
        dismissNotes()
        onRun()
        await queries.invalidateQueries({ queryKey: api.jobs.bulks.key() })
      },
      onError: (error) => notifyFailed('It could not be begun', describeError(error)),
    }),
  )
  const make = (wish: BulkAsk, { priority, includePermanent }: BulkChoices) =>
    plan.mutate({
      action: wish.action,
      selection: wish.selection,
      ...(wish.action === 'prioritise' && { priority }),
      ...(wish.action === 'retry' && { include_permanent: includePermanent }),
    })
  return {
    ask,
    choices,
    plan: plan.data,
    error: plan.error,
    isRunning: run.isPending,
    runs,
    begin: (wish) => {
      setAsk(wish)
      setChoices(usual)
      plan.reset()
      make(wish, usual)
    },
    choose: (change) => {
      const next = { ...choices, ...change }
      setChoices(next)
      if (ask) make(ask, next)
    },
    again: () => ask && make(ask, choices),
    run: () => plan.data && run.mutate({ id: plan.data.id }),
    close: () => setAsk(undefined),
  }
}
