import type { AdoptionPlan, PlanStep } from './model'

/** A plan for a person to read: what is in the way, what will be added and at what cost, what stays. */
export function reportPlan(plan: AdoptionPlan): string {
  const { steps, kept, warnings, blockers, untouched, stands, done } = plan
  if (done) return 'Nothing to do: everything that Semblance needs stands, and every migration is recorded.'
  const total = steps.reduce((sum, step) => sum + step.estimateMs, 0)
  const sections = [
    section('Needs a person first', blockers),
    section(
      `Steps: ${steps.length}, about ${duration(total)} in all`,
      steps.flatMap((step, index) => stepLines(step, index)),
    ),
    section('Watch out', warnings),
    section(
      "Somebody else's, kept in place of Semblance's",
      kept.map(({ object, why }) => `${object}: ${why}`),
    ),
    section('Never touched', [
      'existing tables, columns, types, rows, policies, functions, triggers and indexes: none is dropped, renamed or retyped',
      ...untouched.map(({ object }) => object),
    ]),
  ]
  const verdict =
    blockers.length > 0
      ? `${stands} objects stand already. Nothing is done while ${blockers.length} things need a person.`
      : `${stands} objects stand already.`
  return [...sections.filter((text) => text !== ''), verdict].join('\n\n')
}

/** One step in one line, without its statements. */
export function stepLine({ title, estimateMs }: PlanStep): string {
  return `${title} (about ${duration(estimateMs)})`
}

function stepLines(step: PlanStep, index: number): string[] {
  const by = step.from.length > 0 ? `, ${step.from.map((name) => name.slice(0, 4)).join(' ')}` : ''
  return [
    `${String(index + 1).padStart(3)}  ${step.title}: ${duration(step.estimateMs)}; lock: ${step.lock}${by}`,
    ...step.statements.map((statement) => `       ${firstLine(statement)}`),
  ]
}

function firstLine(statement: string): string {
  const [line = '', ...rest] = statement.trim().split('\n')
  const isCut = rest.length > 0 || line.length > 140
  return `${line.slice(0, 140)}${isCut ? ' …' : ''}`
}

function duration(ms: number): string {
  if (ms < 1_000) return `${Math.max(10, Math.round(ms / 10) * 10)} ms`
  return ms < 120_000 ? `${Math.round(ms / 1_000)} s` : `${Math.round(ms / 60_000)} min`
}

function section(title: string, lines: string[]): string {
  return lines.length === 0 ? '' : `${title}\n${lines.map((line) => `  ${line}`).join('\n')}`
}
