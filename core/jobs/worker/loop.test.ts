import { expect, test } from 'vitest'
import type { PackStatus } from '../../model/status'
import type { ClaimedJob } from '../queue/queue'
import { createLoop, type Loop } from './loop'
import { createOrders } from './orders'
import { createOutages } from './outages'
import { createReport } from './report'
import type { RunningJobs } from './running-jobs'
import { createWakeUp } from './wake-up'

// Real: the loop, orders, what a worker says of itself. Not real: the queue, which is empty and answers when it is told.

const packStatus = (): PackStatus => ({
  ...{ name: 'test', state: 'ready', progress: 1, message: '', provider: 'CPU', threads: 1 },
  embedding_model: 'test/model',
})
/** @param givenBack told when what waits is given back: the loop holds back */
const nothingRuns = (givenBack: () => void): RunningJobs => ({
  ...{ size: () => 0, waiting: () => 0, taken: () => 0, add: () => undefined, fill: () => undefined },
  giveBack: async () => givenBack(),
  finish: () => Promise.resolve(),
})

test.each([
  ['is empty', []],
  ['is away', { away: 'The database cannot be reached.' }],
])('a pause that is asked for while a queue that %s is read is said once', async (_, answer) => {
  const orders = createOrders()
  const wakeUp = createWakeUp()
  const report = createReport(() => 'worker')
  const said: string[] = []
  report.subscribe(({ state }) => void said.push(state))
  const loop: Loop = createLoop({
    running: nothingRuns(() => loop.stop()),
    ...{ orders, report, wakeUp, packStatus, leaseSeconds: 60, random: () => 0 },
    outages: createOutages(() => 0),
    limits: () => ({ concurrency: 1, cpuShare: 1, paused: null }),
    isQueueEmpty: () => Promise.resolve(true),
    claimNext() {
      orders.hear('pause')
      loop.holdBack()
      wakeUp.wake()
      return Promise.resolve(answer as ClaimedJob[] | { away: string })
    },
  })
  await loop.run()
  expect(said).toEqual(['paused'])
})
