import { sql, type Transaction } from 'kysely'
import type { Tables } from '../../database/tables'
import { chartSpans, type ChartMinutes, type Series, type Times } from '../contract-monitor'

interface Counts {
  /** ISO. */
  at: string
  completed: number
  failed: number
}

/** Bins of private.job_rollups. */
interface Bins {
  at: string
  what: 'wait' | 'run'
  p50: number
  p95: number
  p99: number
}

/** Milliseconds in the middle of a bin of private.job_rollups. */
const middle = (bin: number) => 2 ** ((bin + 0.5) / 8)

/**
 * What ended over a span, in bins of equal width, the last one not over. From rollups (private.job_rollups) where there
 * are, so that a month costs what an hour costs. Percentiles are those of bins with the ratio 2^(1/8), so within 5 %.
 */
export async function jobSeries(tx: Transaction<Tables>, minutes: ChartMinutes): Promise<Series> {
  const { binSeconds } = chartSpans.find((span) => span.minutes === minutes) ?? chartSpans[0]
  const bins = (minutes * 60) / binSeconds
  const bin = sql`date_bin(make_interval(secs => ${binSeconds}::float8), at, timestamptz '2000-01-01 00:00:00+00')`
  const { rows } = await sql<{ since: Date; counts: Counts[] | null; times: Bins[] | null }>`
    with span as (
      select date_bin(make_interval(secs => ${binSeconds}::float8), now(), timestamptz '2000-01-01 00:00:00+00')
        - make_interval(secs => ${binSeconds * (bins - 1)}::float8) as since
    ), parts as materialized (
      select ${bin} as at, completed, failed, wait, run
      from span, private.job_parts(span.since, ${binSeconds}::int)
    ), counts as (
      select at, sum(completed)::int as completed, sum(failed)::int as failed from parts group by at
    ), spread as (
      select at, what, t.key::int as bin, sum(t.value::int) as jobs
      from parts, lateral (values ('wait', wait), ('run', run)) as w (what, bins), lateral jsonb_each_text(w.bins) as t
      group by 1, 2, 3
    ), running as (
      select at, what, bin, sum(jobs) over (partition by at, what order by bin) as upto,
        sum(jobs) over (partition by at, what) as total
      from spread
    ), times as (
      select at, what, min(bin) filter (where upto >= 0.5 * total) as p50,
        min(bin) filter (where upto >= 0.95 * total) as p95, min(bin) filter (where upto >= 0.99 * total) as p99
      from running group by 1, 2
    )
    select since,
      (select jsonb_agg(to_jsonb(counts)) from counts) as counts,
      (select jsonb_agg(to_jsonb(times)) from times) as times
    from span`.execute(tx)
  const { since, counts, times } = rows[0]
  const countsAt = new Map(counts?.map((row) => [Date.parse(row.at), row]))
  const timesAt = new Map(times?.map((row) => [`${row.what} ${Date.parse(row.at)}`, timesOf(row)]))
  return {
    bin_seconds: binSeconds,
    bins: Array.from({ length: bins }, (_, i) => {
      const at = since.getTime() + i * binSeconds * 1000
      const { completed, failed } = countsAt.get(at) ?? { completed: 0, failed: 0 }
      const [wait, run] = ['wait', 'run'].map((what) => timesAt.get(`${what} ${at}`) ?? null)
      return { at: new Date(at), completed, failed, wait, run }
    }),
  }
}

function timesOf({ p50, p95, p99 }: Bins): Times {
  return { p50: middle(p50), p95: middle(p95), p99: middle(p99) }
}
