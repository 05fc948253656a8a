import { SemblanceError } from '../model/errors'
import type { Health, Outage } from './engine'
import { pause } from './pause'

export interface HealthOptions {
  /** Asks the database; rejects with the error that says in words why it can't be reached. */
  probe: () => Promise<void>
  /** Told as an outage begins or is found to last, with what the probe met. */
  onAway?: (problem: SemblanceError) => void
  /** Chance in pauses, in [0, 1). Default Math.random. */
  random?: () => number
}

/** The first pause between probes, doubled each time up to the longest; half of it is chance, so that hosts spread out. */
const pauses = { firstMs: 500, longestMs: 30_000 }
/** Calls that come during an outage probe at most so often, and wait no longer than this for the answer. */
const impatience = { apartMs: 400, waitMs: 2_000 }

/** Keeps book of whether the database can be reached: one probe at a time, whoever asks. */
export function createHealth({ probe, onAway, random = Math.random }: HealthOptions) {
  const listeners = new Set<(outage: Outage | null) => void>()
  const ending = new AbortController()
  let current: { outage: Outage; problem: SemblanceError } | null = null
  let probing: Promise<void> | null = null
  let probedAt = -Infinity
  let tries = 0
  let timer: NodeJS.Timeout | undefined

  function check(): Promise<void> {
    probing ??= attempt().finally(() => (probing = null))
    return probing
  }

  async function attempt(): Promise<void> {
    const wait = current ? probedAt + impatience.apartMs - performance.now() : 0
    if (wait > 0) await pause(wait, ending.signal)
    try {
      await probe()
    } catch (error) {
      throw away(error as SemblanceError)
    } finally {
      probedAt = performance.now()
    }
    back()
  }

  function away(cause: SemblanceError): SemblanceError {
    const pauseMs = Math.min(pauses.longestMs, pauses.firstMs * 2 ** tries++) * (0.5 + random() / 2)
    const nextTryAt = new Date(Date.now() + pauseMs)
    const outage = { since: current?.outage.since ?? new Date(), reason: cause.message, nextTryAt }
    const problem = new SemblanceError(
      'UNAVAILABLE',
      `${cause.message} It is tried again by itself.`,
      { ...cause.data, since: outage.since.toISOString(), next_try_at: nextTryAt.toISOString() },
      { cause },
    )
    current = { outage, problem }
    clearTimeout(timer)
    if (!ending.signal.aborted) {
      timer = setTimeout(() => void check().catch(() => undefined), pauseMs)
      timer.unref()
      onAway?.(problem)
      for (const listener of listeners) listener(outage)
    }
    return problem
  }

  function back(): void {
    clearTimeout(timer)
    tries = 0
    if (!current) return
    current = null
    for (const listener of listeners) listener(null)
  }

  async function admit(): Promise<void> {
    if (!current) return
    const { problem } = current
    const patience = new AbortController()
    const answered = check().then(() => true)
    answered.catch(() => undefined)
    const tired = pause(impatience.waitMs, patience.signal).then(() => false)
    try {
      if (!(await Promise.race([answered, tired]))) throw problem
    } finally {
      patience.abort()
    }
  }

  const health: Health = {
    outage: () => current?.outage ?? null,
    onOutage(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    admit,
    check,
  }
  return {
    health,
    close: () => {
      ending.abort()
      clearTimeout(timer)
      listeners.clear()
    },
  }
}
