import { availableParallelism, loadavg } from 'node:os'
import type { Page } from 'playwright'
import { expect } from 'vitest'

/**
 * Scrolls the table to its end, first as a hand does and then in leaps of so many pixels, and expects no task of the page to
 * take 50 ms.
 * @param what what is scrolled, for the line that tells what was measured
 */
export async function expectSmoothScrolling(page: Page, what: string, leap: number): Promise<void> {
  const scroll = async () => {
    await page.evaluate(() => document.querySelector('[data-table]')?.scrollTo({ top: 0 }))
    await page.waitForTimeout(500)
    await scrollThrough(page, 90, 150)
    await scrollThrough(page, leap, 140)
    await page.waitForTimeout(600)
  }
  const takeLongTasks = await watchLongTasks(page)
  const runs: number[][] = []
  // By the clock, whatever else this machine does counts as well: the best of three.
  for (let run = 0; run < 3 && runs.at(-1)?.length !== 0; run += 1) {
    await scroll()
    runs.push(await takeLongTasks())
  }
  const longest = await longestTask(page, scroll)
  const load = loadavg()[0] ?? 0
  process.stderr.write(
    `Scrolling ${what}: long tasks of each run ${JSON.stringify(runs)} ms at a load of ${load.toFixed(1)} on ` +
      `${availableParallelism()} processors; longest task ${longest.toFixed(1)} ms of processor time\n`,
  )
  expect(longest).toBeLessThan(50)
  if (load < availableParallelism()) expect(runs.at(-1)).toEqual([])
}

/** Collects from now on how long the page's long tasks took, in milliseconds: all that are 50 ms and longer. */
async function watchLongTasks(page: Page): Promise<() => Promise<number[]>> {
  await page.evaluate(() => {
    const seen: number[] = []
    const observer = new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) seen.push(Math.round(duration))
    })
    observer.observe({ type: 'longtask' })
    Object.assign(window, { takeLongTasks: () => (observer.takeRecords(), seen.splice(0)) })
  })
  return () => page.evaluate(() => (window as unknown as { takeLongTasks: () => number[] }).takeLongTasks())
}

interface TraceEvent {
  name: string
  pid: number
  tid: number
  args: { name?: string }
  /** Microseconds of processor time. */
  tdur?: number
}

/**
 * The processor time of the page's longest task while `work` is done, in milliseconds. What a long task is measured by
 * counts waiting for a processor that others use as well; this does not.
 */
async function longestTask(page: Page, work: () => Promise<void>): Promise<number> {
  const session = await page.context().newCDPSession(page)
  const events: TraceEvent[] = []
  session.on('Tracing.dataCollected', ({ value }) => events.push(...(value as unknown as TraceEvent[])))
  await session.send('Tracing.start', {
    transferMode: 'ReportEvents',
    traceConfig: {
      includedCategories: ['toplevel', 'devtools.timeline', 'disabled-by-default-devtools.timeline'],
    },
  })
  await work()
  const complete = new Promise<void>((resolve) => session.once('Tracing.tracingComplete', () => resolve()))
  await session.send('Tracing.end')
  await complete
  await session.detach()
  const thread = ({ pid, tid }: TraceEvent) => `${pid} ${tid}`
  const pages = new Set(
    events.filter(({ name, args }) => name === 'thread_name' && args.name === 'CrRendererMain').map(thread),
  )
  const tasks = events.filter((event) => event.name === 'RunTask' && pages.has(thread(event)))
  if (tasks.length < 100) throw new Error(`The trace has but ${tasks.length} tasks of the page.`)
  return Math.max(...tasks.map(({ tdur }) => tdur ?? 0)) / 1000
}

/** Scrolls the table as a hand on a wheel does: every frame so many pixels, until it is at its end. */
async function scrollThrough(page: Page, pixelsPerFrame: number, frames: number): Promise<void> {
  await page.evaluate(
    async ([pixels, count]) => {
      const table = document.querySelector<HTMLElement>('[data-table]')
      if (!table) throw new Error('There is no table.')
      for (let frame = 0; frame < count; frame += 1) {
        table.scrollTop += pixels
        await new Promise((resolve) => requestAnimationFrame(resolve))
      }
    },
    [pixelsPerFrame, frames] as const,
  )
}
