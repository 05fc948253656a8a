import { CircleAlert, CircleCheck, CircleMinus, LoaderCircle, TriangleAlert } from 'lucide-react'
import type { Check } from '../../../core/servers/contract'
import { cx } from '../../kit/class-names'
import { formatAmount } from '../../kit/format'
import { Card } from '../../kit/section'
import type { TestRun } from './use-test'

const looks = {
  running: { icon: LoaderCircle, tone: 'text-ink-3 animate-spin', word: 'Being looked at' },
  ok: { icon: CircleCheck, tone: 'text-good', word: 'Good' },
  warning: { icon: TriangleAlert, tone: 'text-warning', word: 'Warning' },
  failed: { icon: CircleAlert, tone: 'text-bad', word: 'Failed' },
  skipped: { icon: CircleMinus, tone: 'text-ink-3', word: 'Skipped' },
} as const satisfies Record<Check['state'], unknown>

const parts = [
  { part: 'database', title: 'Database' },
  { part: 'project', title: 'Supabase project' },
] as const

/** What the test found, check by check, while it finds it. */
export function CheckList({ run }: { run: TestRun }) {
  return (
    <Card title="Test" aside={<span role="status">{summary(run)}</span>}>
      {run.state === 'idle' && (
        <p className="text-ink-3">
          Shows here, check by check, what works and what has to be mended. Testing changes nothing.
        </p>
      )}
      {run.error && (
        <p role="alert" className="text-bad">
          {run.error}
        </p>
      )}
      {parts.map(({ part, title }) => {
        const checks = run.checks.filter((check) => check.part === part && !isHindered(check))
        const hindered = run.checks.filter((check) => check.part === part && isHindered(check))
        return (
          checks.length + hindered.length > 0 && (
            <section key={part} className="flex flex-col">
              <h3 className="pb-1 text-sm font-medium text-ink-3">{title}</h3>
              <ul aria-label={`Checks of the ${title}`}>
                {checks.map((check) => (
                  <CheckLine key={check.id} check={check} />
                ))}
              </ul>
              {hindered.length > 0 && (
                <p className="border-t py-1.5 pl-6.5 text-pretty text-ink-3">
                  Not looked at until that is mended: {hindered.map(({ name }) => name).join(', ')}.
                </p>
              )}
            </section>
          )
        )
      })}
    </Card>
  )
}

/** Skipped because an earlier one has failed. */
function isHindered({ state, message }: Check): boolean {
  return state === 'skipped' && message === ''
}

function CheckLine({ check: { name, state, message, remedy, ms } }: { check: Check }) {
  const { icon: Icon, tone, word } = looks[state]
  const isQuiet = state === 'skipped' || state === 'running'
  return (
    <li className="grid grid-cols-[1rem_minmax(0,1fr)_auto] gap-x-2.5 border-t py-1.5 first:border-t-0">
      <Icon className={cx('mt-0.5 size-4', tone)} aria-hidden />
      <span className="min-w-0 text-pretty break-words normal-nums">
        <span className={cx(isQuiet ? 'text-ink-3' : 'font-medium')}>
          {name}
          <span className="sr-only">: {word}.</span>
        </span>
        <span className={cx('block', isQuiet ? 'text-ink-3' : 'text-ink-2')}>
          {state === 'running' ? 'Looking…' : message}
        </span>
        {remedy && <span className="block text-ink">{remedy}</span>}
      </span>
      <span className="text-right text-sm text-ink-3">{isQuiet ? '' : formatDuration(ms)}</span>
    </li>
  )
}

function formatDuration(ms: number): string {
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`
}

function summary({ state, checks }: TestRun): string {
  const count = (wanted: Check['state']) => checks.filter((check) => check.state === wanted).length
  if (state === 'running') return `${formatAmount(checks.length - count('running'), 'check')} done…`
  if (state === 'cancelled') return 'Cancelled'
  if (checks.length === 0) return ''
  const [bad, odd] = [count('failed'), count('warning')]
  if (bad > 0) return `${bad} failed`
  return odd > 0 ? `Works, with ${formatAmount(odd, 'warning')}` : 'Everything works'
}
