import { nextPollMs, pollFastMs } from '../queue/backoff'
import type { Away } from './claims'
import type { WorkLimits } from './limits'
import type { Orders } from './orders'
import type { Outages } from './outages'
import type { ClaimedJob } from '../queue/queue'
import type { Report } from './report'
import type { RunningJobs } from './running-jobs'
import type { WakeUp } from './wake-up'
import type { PackStatus } from '../../model/status'

interface LoopParts {
  running: RunningJobs
  outages: Outages
  orders: Orders
  report: Report
  wakeUp: WakeUp
  limits: () => WorkLimits
  packStatus: () => PackStatus
  claimNext: (limit: number) => Promise<ClaimedJob[] | Away>
  isQueueEmpty: () => Promise<boolean>
  leaseSeconds: number
  random: () => number
}

/** What decides when jobs are claimed and begun. */
export interface Loop {
  /** Works until it is stopped. */
  run(): Promise<void>
  stop(): void
  isStopped: () => boolean
  /** Begins what waits, where something may be begun. */
  fill(): void
  /** Says why nothing is done, where that is so. */
  holdBack(): void
}

const packPollMs = 250
const outageCapMs = 15_000
/** How long the worker looks away while something is away, unless it is woken. */
const awayPollMs = 50
const longestAwayMs = 1000
/** How long it sleeps while it is told to do nothing, unless it is woken. */
const heldMs = 5000
/** What an order to stop leaves to what runs, in milliseconds. */
const orderedGraceMs = 5000

export function createLoop(parts: LoopParts): Loop {
  const { running, outages, orders, report, wakeUp, limits, packStatus, claimNext, leaseSeconds, random } =
    parts
  let isStopped = true
  let pauseMs = pollFastMs
  let failures = 0

  /** Why nothing new is begun, where somebody says so. */
  function held(): ReturnType<Orders['held']> {
    const { paused } = limits()
    return orders.held() ?? (paused === null ? null : { state: 'paused', reason: paused })
  }

  /** While something is away, one job at a time tries whether it is back. */
  function places(): number {
    if (isStopped || held() !== null) return 0
    return outages.current() ? 1 : limits().concurrency
  }

  /** As many as there are places are claimed ahead, and not one by one: a batch when half of them are begun. */
  function wanted(): number {
    const { concurrency } = limits()
    const free = concurrency - running.taken()
    return running.waiting() > concurrency / 2 && free <= 0 ? 0 : free + concurrency - running.waiting()
  }

  function holdBack(): void {
    const why = held()
    if (!why) return
    const isDone = why.state !== 'paused' && running.size() === 0
    const state = isDone ? 'stopped' : why.state === 'stopped' ? 'draining' : why.state
    report.become(state, running.size(), why.reason)
    if (isDone) orders.obeyed()
  }

  /** What an order has meanwhile made of it stands. */
  function become(state: 'waiting' | 'busy' | 'idle', message: string | null = null): void {
    if (held() === null) report.become(state, running.size(), message)
  }

  /** True where it held back, and slept. */
  async function holdsBack(): Promise<boolean> {
    const why = held()
    if (!why) return false
    if (why.state === 'stopped') await running.finish(orderedGraceMs)
    else await running.giveBack()
    holdBack()
    await wakeUp.wait(heldMs)
    return true
  }

  /** True where something is away and it is not yet time to try it. */
  async function waitsForWhatIsAway(): Promise<boolean> {
    const away = outages.current()
    if (!away) return false
    await running.giveBack()
    become('waiting', away.message)
    if (running.size() === 0 && away.dueInMs === 0) return false
    await wakeUp.wait(Math.max(awayPollMs, Math.min(away.dueInMs, longestAwayMs)))
    return true
  }

  async function step(): Promise<void> {
    if (await holdsBack()) return
    const pack = packStatus()
    if (pack.state !== 'ready') {
      become('waiting', pack.message || 'The models are not set up yet.')
      await wakeUp.wait(packPollMs)
      return
    }
    if (await waitsForWhatIsAway()) return
    const isAway = outages.current() !== null
    const limit = isAway ? 1 : wanted()
    const claimed = limit > 0 ? await claimNext(limit) : []
    if ('away' in claimed) {
      become('waiting', claimed.away)
      await wakeUp.wait(Math.min(outageCapMs, 250 * 2 ** failures++) * (0.5 + random() / 2))
      return
    }
    failures = 0
    running.add(claimed)
    running.fill(places())
    if (isAway && claimed.length === 0 && (await parts.isQueueEmpty())) {
      // Another worker has done what waited: there is nothing left to wait for.
      outages.forget()
      return
    }
    if (!isAway) become(running.size() > 0 ? 'busy' : 'idle')
    pauseMs = claimed.length > 0 ? pollFastMs : nextPollMs(pauseMs)
    if (await wakeUp.wait(wanted() > 0 ? pauseMs : leaseSeconds * 1000)) pauseMs = pollFastMs
  }

  return {
    async run() {
      isStopped = false
      while (!isStopped) await step()
    },
    stop() {
      isStopped = true
      wakeUp.wake()
    },
    isStopped: () => isStopped,
    fill: () => running.fill(places()),
    holdBack,
  }
}
