import { setTimeout as sleep } from 'node:timers/promises'
import type { PoolClient } from 'pg'
import { SemblanceError } from '../../model/errors'
import { inTransaction } from '../transactions'
import type { AdoptionPlan, PlanStep } from './model'

export interface ExecuteOptions {
  /** Told of each step before it runs. */
  onStep?: (step: PlanStep, index: number) => void
  /** Told how many rows of a step are done. */
  onProgress?: (rows: number) => void
  /** Told of each statement, and awaited, before it is sent. */
  onStatement?: (statement: string) => unknown
  signal?: AbortSignal
}

/** How long a lock is waited for, and so how long others queue behind it at most. */
const boundWait = `set local lock_timeout = '300ms'`
const attempts = 200

/**
 * Executes exactly the steps of a plan. Whatever interrupts it, a new plan goes on from where it stopped.
 *
 * @throws SemblanceError UNAVAILABLE where a lock can't be had within minutes
 */
export async function executePlan(
  client: PoolClient,
  plan: AdoptionPlan,
  options: ExecuteOptions = {},
): Promise<void> {
  await client.query(
    `set search_path = ''; set statement_timeout = 0; set max_parallel_maintenance_workers = 0`,
  )
  try {
    for (const [index, step] of plan.steps.entries()) {
      options.signal?.throwIfAborted()
      options.onStep?.(step, index)
      await runStep(client, step, options)
    }
  } finally {
    await client
      .query(
        'reset search_path; reset statement_timeout; reset max_parallel_maintenance_workers; reset lock_timeout',
      )
      .catch(() => undefined)
  }
}

async function runStep(client: PoolClient, step: PlanStep, options: ExecuteOptions): Promise<void> {
  const send = async (statement: string) => {
    await options.onStatement?.(statement)
    return client.query(statement)
  }
  if (step.kind === 'separate') {
    // Building concurrently waits for the transactions of others and keeps nobody out meanwhile.
    await client.query('set lock_timeout = 0')
    for (const statement of step.statements) await send(statement)
  } else if (step.kind === 'transaction') {
    await retried(step, () =>
      inTransaction(client, async () => {
        await client.query(boundWait)
        for (const statement of step.statements) await send(statement)
      }),
    )
  } else await runBatches(client, step, options)
}

async function runBatches(client: PoolClient, step: PlanStep, options: ExecuteOptions): Promise<void> {
  const settings = step.statements.slice(0, -1)
  const batch = step.statements.at(-1) ?? ''
  let last: string | null = '00000000-0000-0000-0000-000000000000'
  let total = 0
  while (last !== null) {
    options.signal?.throwIfAborted()
    const from: string = last
    const result = await retried(step, () =>
      inTransaction(client, async () => {
        await client.query(boundWait)
        for (const statement of settings) await client.query(statement)
        await options.onStatement?.(batch)
        const { rows } = await client.query<{ last: string | null; done: number }>(batch, [from])
        return rows[0]
      }),
    )
    last = result?.last ?? null
    total += result?.done ?? 0
    options.onProgress?.(total)
  }
}

/** lock_not_available, deadlock_detected, serialization_failure. */
const passing = new Set(['55P03', '40P01', '40001'])

async function retried<T>(step: PlanStep, work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work()
    } catch (error) {
      const isPassing = error instanceof Error && 'code' in error && passing.has(String(error.code))
      if (!isPassing) throw error
      if (attempt === attempts) {
        throw new SemblanceError(
          'UNAVAILABLE',
          `"${step.title}" found no moment without other transactions. What was done stays; run it again later.`,
          {},
          { cause: error },
        )
      }
      // Longer than what was waited, so that whoever queued behind gets through; unevenly, not in step with others.
      await sleep(Math.min(2_000, 100 * attempt) * (0.5 + Math.random()))
    }
  }
}
