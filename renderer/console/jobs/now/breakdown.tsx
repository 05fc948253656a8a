import { useState } from 'react'
import { nowMinutes, nowSample, type QueueNow, type Times } from '../../../../core/jobs/contract-monitor'
import { QuantileStrip } from '../../../kit/chart/quantile-strip'
import { cx } from '../../../kit/class-names'
import { formatAmount, formatCount, formatDuration, formatLabel, unknown } from '../../../kit/format'
import { Card } from '../../../kit/section'
import { Segmented } from '../../../kit/segmented'

type By = 'stage' | 'worker' | 'pack'

interface Part {
  name: string
  jobs: number
  failed: number
  wait: Times
  run: Times
}

/** Where the time goes: wait and run of the jobs that ended last, by stage, worker or pack. */
export function Breakdown({ now }: { now: QueueNow }) {
  const [by, setBy] = useState<By>('stage')
  const parts = partsOf(now, by)
  return (
    <Card
      title="Where the time goes"
      aside={
        <>
          <span className="truncate text-ink-3">
            {now.sample === 0
              ? 'no job has ended in the last quarter of an hour'
              : `of the last ${formatAmount(sampleOf(now, by), 'job')}, at most ${nowMinutes} minutes ago`}
          </span>
          <Segmented<By>
            label="Broken down by"
            value={by}
            onChange={setBy}
            options={[
              { id: 'stage', label: 'Stage' },
              { id: 'worker', label: 'Worker' },
              { id: 'pack', label: 'Pack' },
            ]}
          />
        </>
      }
    >
      <PartTable now={now} by={by} parts={parts} />
    </Card>
  )
}

/** How many jobs the numbers are from: stages and packs are looked up in half of the sample. */
function sampleOf({ sample }: QueueNow, by: By): number {
  return by === 'worker' ? sample : Math.min(sample, nowSample / 2)
}

function partsOf(now: QueueNow, by: By): Part[] {
  switch (by) {
    case 'stage':
      return now.by_stage.map((part) => ({ ...part, name: formatLabel(part.stage) }))
    case 'worker':
      return now.by_worker.map((part) => ({ ...part, name: part.worker_id ?? 'Other clients’ workers' }))
    case 'pack':
      return now.by_pack.map((part) => ({ ...part, name: part.pack }))
  }
}

const heads: Record<By, string> = { stage: 'Stage', worker: 'Worker', pack: 'Pack' }
const cell = 'py-1 pr-4'

function PartTable({ now, by, parts }: { now: QueueNow; by: By; parts: readonly Part[] }) {
  const longest = (times: readonly Times[]) => Math.max(0, ...times.map((one) => one?.p99 ?? 0))
  // A stage has no wait of its own.
  const hasWait = by !== 'stage'
  const maxWait = longest([...parts.map((part) => part.wait), now.wait])
  const maxRun = longest([...parts.map((part) => part.run), now.run])
  const whole: Part = {
    name: 'All jobs',
    jobs: now.sample,
    failed: now.by_worker.reduce((sum, part) => sum + part.failed, 0),
    wait: now.wait,
    run: now.run,
  }
  return (
    <table className="w-full table-fixed">
      <caption className="sr-only">
        Wait and run times by {by}: half, 95 and 99 of 100 jobs took at most so long
      </caption>
      <thead className="text-left text-sm text-ink-3">
        <tr>
          <th scope="col" className={cx(cell, 'w-44 font-normal max-[899px]:w-28')}>
            {heads[by]}
          </th>
          <th scope="col" className={cx(cell, 'w-20 text-right font-normal max-[899px]:w-16')}>
            Jobs
          </th>
          <th scope="col" className={cx(cell, 'w-20 text-right font-normal max-[899px]:w-16')}>
            Failed
          </th>
          {hasWait && <TimesHead name="Wait" />}
          <TimesHead name="Run" />
        </tr>
      </thead>
      <tbody>
        {[whole, ...parts].map((part, index) => (
          <tr key={part.name} className={cx('border-t', index === 0 && 'font-medium')}>
            <th scope="row" className={cx(cell, 'truncate text-left font-[inherit]')} title={part.name}>
              {part.name}
            </th>
            <td className={cx(cell, 'text-right')}>{formatCount(part.jobs)}</td>
            <td className={cx(cell, 'text-right', part.failed > 0 && 'text-bad')}>
              {formatCount(part.failed)}
            </td>
            {hasWait && <TimesCells name={`Wait, ${part.name}`} times={part.wait} max={maxWait} />}
            <TimesCells name={`Run, ${part.name}`} times={part.run} max={maxRun} />
          </tr>
        ))}
      </tbody>
    </table>
  )
}

function TimesHead({ name }: { name: string }) {
  return (
    <>
      <th scope="col" className={cx(cell, 'font-normal')}>
        {name}
      </th>
      {['p50', 'p95', 'p99'].map((quantile) => (
        <th key={quantile} scope="col" className={cx(cell, 'w-20 text-right font-normal max-[899px]:w-16')}>
          <span className="sr-only">{name} </span>
          {quantile}
        </th>
      ))}
    </>
  )
}

function TimesCells({ name, times, max }: { name: string; times: Times; max: number }) {
  return (
    <>
      <td className={cell}>
        <QuantileStrip label={name} quantiles={times} max={max} />
      </td>
      {(['p50', 'p95', 'p99'] as const).map((quantile) => (
        <td key={quantile} className={cx(cell, 'text-right whitespace-nowrap')}>
          {times ? formatDuration(times[quantile]) : <span className="text-ink-3">{unknown}</span>}
        </td>
      ))}
    </>
  )
}
