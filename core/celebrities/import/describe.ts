import { type Selectable, sql } from 'kysely'
import { SemblanceError } from '../../model/errors'
import {
  importRulesSchema,
  outcomes,
  type Import,
  type Outcome,
  type OutcomeCode,
} from '../contract-import-schemas'
import type { StagingTx } from './staging/staging'
import type { ImportsTable } from './staging/staging-tables'

/** Of the step under way: files a second and seconds left; null where too little is known. */
export interface Pace {
  rate: number | null
  seconds_left: number | null
}
const noPace: Pace = { rate: null, seconds_left: null }

/** The view of one import. @throws SemblanceError NOT_FOUND */
export async function describeImport(tx: StagingTx, id: string, pace: Pace = noPace): Promise<Import> {
  const [found] = await describeImports(tx, { id, paceOf: () => pace })
  if (!found) throw new SemblanceError('NOT_FOUND', 'This import is no longer on this machine.')
  return found
}

/** All of this machine that are not discarded, newest first; or the one of an id. */
export async function describeImports(
  tx: StagingTx,
  { id, paceOf = () => noPace }: { id?: string; paceOf?: (id: string) => Pace } = {},
): Promise<Import[]> {
  const rows = await tx
    .selectFrom('imports')
    .selectAll()
    .select((eb) =>
      eb
        .selectFrom('people')
        .whereRef('people.import_id', '=', 'imports.id')
        .select(sql<number>`count(*)::int`.as('n'))
        .as('people'),
    )
    .where('state', '<>', 'discarded')
    .$if(id === undefined, (query) => query.where('is_elsewhere', '=', false))
    .$if(id !== undefined, (query) => query.where('id', '=', id ?? ''))
    .orderBy('created_at', 'desc')
    .orderBy('id')
    .execute()
  const tallies = await tallyFiles(tx, id)
  const gallery = await tx.selectFrom('gallery_state').select('refreshed_at').executeTakeFirst()
  return rows.map((row) => ({
    ...viewRow(row),
    ...countsOf(tallies.filter((tally) => tally.import_id === row.id)),
    people: row.people ?? 0,
    ...paceOf(row.id),
    gallery_at: gallery?.refreshed_at ?? null,
  }))
}

function viewRow(row: Selectable<ImportsTable>) {
  const { id, name, source_kind, source_path, state, paused, problem, created_at, published_at } = row
  return {
    ...{ id, name, source_kind, source_path, state, paused, problem, created_at, published_at },
    defaults: {
      licence: row.default_licence,
      source: row.default_source,
      category: row.default_category,
      gender: row.default_gender,
    },
    rules: importRulesSchema.parse(row.rules ?? {}),
    is_planned: row.planned_revision !== null && row.planned_revision === row.revision,
  }
}

interface Tally {
  import_id: string
  state: 'found' | 'analyzed' | 'rejected'
  outcome: Outcome | null
  outcome_code: OutcomeCode | null
  is_published: boolean
  files: number
}

function tallyFiles(tx: StagingTx, id: string | undefined): Promise<Tally[]> {
  return tx
    .selectFrom('files')
    .select(['import_id', 'state', 'outcome', sql<OutcomeCode | null>`outcome_code`.as('outcome_code')])
    .select(sql<boolean>`published_at is not null`.as('is_published'))
    .select(sql<number>`count(*)::int`.as('files'))
    .$if(id !== undefined, (query) => query.where('import_id', '=', id ?? ''))
    .groupBy(['import_id', 'state', 'outcome', 'outcome_code', sql`published_at is not null`])
    .execute()
}

/** Files that the step under way has still to see to; null where nobody knows. */
export function leftOf({ state, found, published, outcomes }: Import): number | null {
  if (state === 'analyzing') return found
  if (state === 'undoing') return published || null
  if (state !== 'publishing') return null
  return outcomes.new_celebrity + outcomes.further_photo + outcomes.replaces_photo - published
}

/** What is not published as the plan stands. */
const notPublished: readonly Outcome[] = ['duplicate', 'rejected', 'needs_person']

function countsOf(tallies: readonly Tally[]) {
  const count = (is: (tally: Tally) => boolean) =>
    tallies.reduce((sum, tally) => sum + (is(tally) ? tally.files : 0), 0)
  const reasons: Partial<Record<OutcomeCode, number>> = {}
  for (const { outcome, outcome_code, files } of tallies) {
    if (!outcome_code || !outcome || !notPublished.includes(outcome)) continue
    reasons[outcome_code] = (reasons[outcome_code] ?? 0) + files
  }
  return {
    files: count(() => true),
    found: count(({ state }) => state === 'found'),
    analyzed: count(({ state }) => state === 'analyzed'),
    rejected: count(({ state }) => state === 'rejected'),
    published: count(({ is_published }) => is_published),
    outcomes: Object.fromEntries(
      outcomes.map((outcome) => [outcome, count((tally) => tally.outcome === outcome)]),
    ) as Record<Outcome, number>,
    reasons,
  }
}
