import type { Page } from 'playwright'

/** The screen of matches by what it says. */
export function matchesPage(page: () => Page) {
  const grid = () => page().getByRole('grid', { name: 'Matches' })
  return {
    grid,
    /** Rows without the header, in the order of the page: row 0 of the list is the one whose aria-rowindex is 2. */
    row: (place: number) => grid().locator(`[role=row][aria-rowindex="${place + 2}"]`),
    pane: () => page().getByRole('complementary', { name: 'Match', exact: true }),
    current: () => grid().locator('[role=row][aria-current]'),
    chosen: () => page().getByRole('region', { name: 'Chosen pairs' }),
    count: async () => Number((await page().locator('header h1 + span').innerText()).replace(/\D/g, '')),
    address: () => new URLSearchParams(new URL(page().url()).hash.split('?')[1] ?? ''),
  }
}

/** Collects from now on how long the page's long tasks took, in milliseconds: all that are 50 ms and longer. */
export async function watchLongTasks(page: Page): Promise<() => Promise<number[]>> {
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
export async function longestTask(page: Page, work: () => Promise<void>): Promise<number> {
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
export async function scrollThrough(page: Page, pixelsPerFrame: number, frames: number): Promise<void> {
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
