import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openCallerHost, type CallerHost, type TestCaller } from '../../../tests/factories/callers'
import { testEngines } from '../../../tests/factories/database'
import { completed, createJobRows } from '../../../tests/factories/job-rows'
import { chartSpans } from '../contract-monitor'

// The charts of the monitor as staff sees them. Real: router and database. Jobs are rows as workers leave them.

describe.each(await testEngines())('the charts of jobs on %s', (engine) => {
  let host: CallerHost
  let curator: TestCaller
  let person: TestCaller

  beforeAll(async () => {
    host = await openCallerHost(engine)
    curator = await host.signUp('curator')
    person = await host.signUp('user')
  })
  afterAll(() => host.close())
  const { run, addJobs, set } = createJobRows(
    () => host,
    () => person.id,
  )

  test('series: the same from rows and from what was rolled up, in at most 120 bins', async () => {
    const ids = await addJobs(8)
    for (const [i, minutesAgo] of [1, 8, 8, 50, 300, 20_000].entries())
      await set(ids[i], completed(minutesAgo, 10, 2))
    // Never begun, so they have no times; what was cancelled has not failed, either.
    const unbegun = `status = 'failed', completed_at = now() - interval '5 minutes', error_code`
    await set(ids[6], `${unbegun} = 'cancelled'`)
    await set(ids[7], `${unbegun} = 'internal'`)
    const all = () => Promise.all(chartSpans.map(({ minutes }) => curator.client.jobs.series({ minutes })))
    const fromRows = await all()
    for (const [i, { bins, bin_seconds }] of fromRows.entries()) {
      expect(bins).toHaveLength((chartSpans[i].minutes * 60) / chartSpans[i].binSeconds)
      expect(bins.length).toBeLessThanOrEqual(120)
      expect(bins[1].at.getTime() - bins[0].at.getTime()).toBe(bin_seconds * 1000)
    }
    const totals = (series: typeof fromRows, column: 'completed' | 'failed' = 'completed') =>
      series.map(({ bins }) => bins.reduce((sum, bin) => sum + bin[column], 0))
    expect(totals(fromRows, 'failed')).toEqual([1, 1, 1, 1, 1, 1])
    expect(totals(fromRows)).toEqual([3, 4, 5, 5, 5, 6])
    const rolled = () =>
      host.database.asService((tx) =>
        sql<{ minutes: number }>`select private.roll_up_jobs() as minutes`.execute(tx),
      )
    let [calls, minutes] = [0, 1]
    for (; minutes > 0 && calls < 100; calls += 1) minutes = (await rolled()).rows[0].minutes
    expect(calls).toBeGreaterThan(20)
    const fromRollups = await all()
    expect(totals(fromRollups)).toEqual(totals(fromRows))
    expect(totals(fromRollups, 'failed')).toEqual(totals(fromRows, 'failed'))
    for (const series of [fromRows, fromRollups]) {
      const timed = series.flatMap(({ bins }) => bins.filter(({ wait }) => wait !== null))
      expect(timed.length).toBeGreaterThan(series.length)
      for (const { wait, run } of timed) {
        expect(Math.abs((wait?.p50 ?? 0) / 10_000 - 1)).toBeLessThan(0.05)
        expect(Math.abs((run?.p95 ?? 0) / 2_000 - 1)).toBeLessThan(0.05)
      }
    }
    // What was rolled up is history: it stays when the photos go.
    await run('delete from public.faces')
    expect(totals(await all())[5]).toBeGreaterThanOrEqual(5)
  })
})
