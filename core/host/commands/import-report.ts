import type { Import, Outcome } from '../../celebrities/contract-import-schemas'
import type { StagingDoor } from '../../celebrities/import/staging/staging-door'
import { printable } from '../../model/plain-text'

/** Files that a report names one by one at most; all of them are in the console, and in the JSON. */
const examples = 20

const words: Record<Outcome, string> = {
  new_celebrity: 'new celebrities',
  further_photo: 'further photos of them or of known ones',
  replaces_photo: 'better photos of known ones',
  duplicate: 'known already',
  rejected: 'rejected',
  needs_person: 'waiting for a person to decide',
}

/** A file as the plan has it, as printed with `--json`. */
export interface PlannedFile {
  path: string
  name: string | null
  outcome: string | null
  code: string | null
  reason: string | null
  published: boolean
}

export async function plannedFiles(staging: StagingDoor, importId: string): Promise<PlannedFile[]> {
  const rows = await staging.transaction((tx) =>
    tx
      .selectFrom('files')
      .select(['path', 'name', 'outcome', 'outcome_code', 'outcome_reason', 'published_at'])
      .select(['state', 'reason_code', 'reason'])
      .where('import_id', '=', importId)
      .orderBy('id')
      .execute(),
  )
  return rows.map((row) => ({
    ...{ path: row.path, name: row.name },
    outcome: row.outcome ?? (row.state === 'rejected' ? 'rejected' : null),
    code: row.outcome_code ?? row.reason_code,
    reason: row.outcome_reason ?? row.reason,
    published: row.published_at !== null,
  }))
}

/** The plan by outcome and reason, with the first files that are not simply published. */
export function reportPlan(state: Import, files: readonly PlannedFile[]): string {
  if (state.files === 0) return `${state.name}: there is nothing in it to import.`
  const lines = [
    `${state.name}: ${amount(state.files, 'file')}, ${amount(state.people, 'person', 'people')}.`,
  ]
  for (const [outcome, count] of Object.entries(state.outcomes) as [Outcome, number][]) {
    if (count > 0)
      lines.push(`${count.toLocaleString('en').padStart(7)}  ${words[outcome]}${reasonsOf(outcome, files)}`)
  }
  const named = files.filter(({ outcome }) => outcome === 'rejected' || outcome === 'needs_person')
  if (named.length > 0) lines.push('')
  for (const { path, name, reason } of named.slice(0, examples))
    lines.push(`${inLine(path)}${name === null ? '' : ` (${inLine(name)})`}: ${inLine(reason ?? '')}`)
  if (named.length > examples)
    lines.push(`… and ${(named.length - examples).toLocaleString('en')} more; --json names them all.`)
  return lines.join('\n')
}

/** "(no licence 3, low quality 1)", where one outcome has several reasons. */
function reasonsOf(outcome: Outcome, files: readonly PlannedFile[]): string {
  if (outcome !== 'rejected' && outcome !== 'needs_person' && outcome !== 'duplicate') return ''
  const counts = new Map<string, number>()
  for (const file of files) {
    if (file.outcome === outcome && file.code) counts.set(file.code, (counts.get(file.code) ?? 0) + 1)
  }
  const parts = [...counts]
    .sort(([, one], [, other]) => other - one)
    .map(([code, count]) => `${code.replaceAll('_', ' ')} ${count.toLocaleString('en')}`)
  return parts.length > 0 ? ` (${parts.join(', ')})` : ''
}

/** How far an import is, in one line. */
export function progressOf(state: Import): string {
  const seen = state.files.toLocaleString('en')
  const done = (state.analyzed + state.rejected).toLocaleString('en')
  switch (state.state) {
    case 'scanning':
      return `Scanning: ${seen} files${paceOf(state)}`
    case 'analyzing':
      return `Analysing: ${done} of ${seen} files${paceOf(state)}`
    case 'publishing':
      return `Publishing: ${state.published.toLocaleString('en')} photos${paceOf(state)}`
    case 'undoing':
      return `Taking back: ${state.published.toLocaleString('en')} photos left${paceOf(state)}`
    default:
      return 'Planning…'
  }
}

function paceOf({ rate, seconds_left }: Import): string {
  const speed = rate === null ? '' : `, ${rate.toLocaleString('en', { maximumFractionDigits: 1 })} a second`
  return seconds_left === null ? speed : `${speed}, ${timeOf(seconds_left)} left`
}

function timeOf(seconds: number): string {
  if (seconds < 90) return `${Math.ceil(seconds)} s`
  if (seconds < 5400) return `${Math.round(seconds / 60)} min`
  return `${(seconds / 3600).toFixed(1)} h`
}

/** All imports of this machine, a line each. */
export function reportList(imports: readonly Import[]): string {
  if (imports.length === 0) return 'There are no imports on this machine.'
  return imports
    .map((one) => {
      const still = one.paused ? ', paused' : ''
      const problem = one.problem === null ? '' : `\n    ${inLine(one.problem)}`
      return `${one.id}  ${one.created_at.toISOString().slice(0, 16).replace('T', ' ')}  ${one.state}${still}  ${inLine(one.name)}, ${amount(one.files, 'file')}${problem}`
    })
    .join('\n')
}

const amount = (count: number, one: string, many = `${one}s`) =>
  `${count.toLocaleString('en')} ${count === 1 ? one : many}`

/** Names of files come from anywhere, and each has a line. */
const inLine = (text: string) => printable(text).replace(/[\n\t]/g, '�')
