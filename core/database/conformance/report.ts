import type { DatabaseCheck } from './check-database'
import type { Difference } from './check-document'

/** The check for a person to read: what differs, grouped; counts; what to do next. */
export function reportCheck({ migrations, conformance }: DatabaseCheck): string {
  const { pending, changed, unknown, current } = migrations
  const { documented, ours, kept, extra, empty, conforms } = conformance
  const state = [
    ...pending.map((name) => `missing: ${name}`),
    ...changed.map((name) => `edited after it was applied: ${name}`),
    ...unknown.map((name) => `not known to this version: ${name}`),
  ]
  if (empty) {
    return [...state, '', 'The database is empty. Next: semblance migrate.'].join('\n').trim()
  }
  const isForeign = current === null
  const added = extra.filter(({ from }) => from !== null)
  const foreign = extra.filter(({ from }) => from === null)
  const missing = ours.filter((one) => one.state === 'missing')
  const sections = [
    section('Migrations', state),
    section('Not as documented', documented.map(differenceLine)),
    isForeign && missing.length > 0
      ? section('Ours, not added yet', countBy(missing.map(({ from }) => from)))
      : section('Ours, missing', missing.map(differenceLine)),
    section('Ours, different', ours.filter((one) => one.state === 'different').map(differenceLine)),
    section(
      "Somebody else's in place of ours",
      kept.map(({ object, why }) => `${object}: ${why}`),
    ),
    section('Ours, beyond the document', countBy(added.map(({ from }) => from ?? ''))),
    section(
      "Somebody else's, left alone",
      foreign.map(({ object }) => object),
    ),
  ].filter((text) => text !== '')
  const verdict = conforms
    ? 'The database conforms to the documented data model.'
    : `${documented.length} not as documented; ${ours.length} of ours missing or different.`
  const upToDate = state.length === 0 ? [`The database is up to date, at ${current}.`] : []
  return [...sections, [...upToDate, verdict, ...nextStep({ migrations, conformance })].join('\n')].join(
    '\n\n',
  )
}

function nextStep({ migrations, conformance }: DatabaseCheck): string[] {
  if (migrations.unknown.length > 0) return ['Next: update Semblance.']
  if (migrations.changed.length > 0) return ['Next: restore the edited migrations.']
  if (migrations.current === null)
    return ['Next: semblance migrate --adopt --plan shows what Semblance would add.']
  if (migrations.pending.length > 0) return ['Next: semblance migrate.']
  return conformance.conforms ? [] : ['Next: docs/database.md says what each difference means.']
}

function differenceLine({ object, state, expected, actual, from }: Difference): string {
  const by = from === 'document' || from === '' ? '' : ` (${from})`
  if (state === 'missing') return `missing: ${object}${by}, expected ${short(expected)}`
  return `different: ${object}${by}\n    expected ${short(expected)}\n    is       ${short(actual ?? '')}`
}

function short(text: string): string {
  return text.length > 200 ? `${text.slice(0, 200)}…` : text
}

function countBy(names: string[]): string[] {
  const counts = new Map<string, number>()
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1)
  return [...counts].sort().map(([name, count]) => `${name}: ${count}`)
}

function section(title: string, lines: string[]): string {
  return lines.length === 0 ? '' : `${title}\n${lines.map((line) => `  ${line}`).join('\n')}`
}
