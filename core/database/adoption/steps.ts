import type { ObjectKind, SchemaObject } from '../conformance/schema-object'
import { objectKey } from '../conformance/schema-object'
import { literal } from '../conformance/text'
import { excessRights, stoodBefore } from '../conformance/rights'
import type { PlannedBackfill } from './backfills'
import { referencingTriggers } from './decide'
import * as estimate from './estimate'
import { createJournal, noteMade } from './journal'
import { constraintSteps, indexSteps, mendingSteps } from './table-steps'
import type { Decisions, PlanContext, PlanStep } from './model'

export interface StepParts {
  backfills: { values: PlannedBackfill[]; rows: PlannedBackfill[] }
  /** Migration → the digest that it is recorded with. */
  hashes: ReadonlyMap<string, string>
  recorded: ReadonlySet<string>
}

/** Functions whose triggers keep a column that is filled afterwards: they come before the filling. */
const keepers = /private\.(derive_columns|copy_owner_to_face|copy_profile_to_faces)\(/

/**
 * The steps in the order in which they run: what others need first, columns before the triggers that keep them, those
 * before the rows are filled, and policies in one transaction with the row-level security that they soften.
 */
export function buildSteps(context: PlanContext, decisions: Decisions, parts: StepParts): PlanStep[] {
  const builder = createBuilder(context, decisions)
  builder.together(
    ['role', 'membership', 'schema', 'extension', 'type', 'sequence'],
    'roles, schemas, extensions, types',
  )
  builder.newTables()
  builder.perTable(['column'], 'columns', { lock: estimate.exclusive })
  builder.together(['function'], 'functions')
  builder.together(['view'], 'views')
  builder.perTable(['trigger'], 'triggers that keep columns', {
    lock: estimate.writes,
    only: ({ create }) => keepers.test(create[0]),
  })
  builder.backfills(parts.backfills.values)
  mendingSteps(builder.tools)
  constraintSteps(builder.tools, 'check')
  constraintSteps(builder.tools, 'foreign key')
  indexSteps(builder.tools)
  builder.perTable(['row-level security', 'policy', 'trigger', 'grant'], 'triggers, policies, rights', {
    lock: estimate.exclusive,
    also: pendingReferencing(context),
  })
  builder.together(['grant'], 'rights')
  builder.together(['publication'], 'tables of the publication')
  builder.together(['row'], 'settings and buckets')
  builder.backfills(parts.backfills.rows)
  return recordStep(builder.steps, decisions, context, parts)
}

function pendingReferencing(context: PlanContext): SchemaObject[] {
  const bare = (definition?: string) => definition?.replaceAll('"', '')
  return referencingTriggers(context).filter(
    (object) => bare(context.live.objects.get(objectKey(object))?.definition) !== bare(object.definition),
  )
}

/** The last: from here on it is a database like any other, and newer migrations simply run. */
function recordStep(
  steps: PlanStep[],
  decisions: Decisions,
  context: PlanContext,
  parts: StepParts,
): PlanStep[] {
  const missing = context.reference.migrations.filter((name) => !parts.recorded.has(name))
  if (steps.length === 0 && missing.length === 0) return []
  // What is granted beyond ours from here on, the check names.
  const rights = excessRights(context.live.catalogue, context.reference.catalogue).map((one) => ({
    object: one.object,
    why: `${stoodBefore}${one.rights.join(', ')}`,
  }))
  const noted = [...decisions.kept, ...(missing.length > 0 ? rights : [])].map(
    ({ object, why }) =>
      `insert into semblance.adoption (object, state, note) values (${literal(object)}, 'kept', ${literal(why)}) on conflict (object) do update set note = excluded.note`,
  )
  const preparation: PlanStep = {
    ...{
      title: "Semblance's own schema and journal",
      kind: 'transaction',
      lock: 'none',
      estimateMs: 20,
      from: [],
    },
    statements: [
      `do $$ begin if to_regnamespace('semblance') is null then create schema semblance; end if; end $$`,
      ...createJournal,
    ],
  }
  const record: PlanStep = {
    ...{
      title: `record ${missing.length} migrations as adopted`,
      kind: 'transaction',
      lock: 'none',
      estimateMs: 20,
    },
    from: missing,
    statements: [
      'create table if not exists semblance.migrations (name text primary key, sha256 text not null, applied_at timestamptz not null default now())',
      'alter table semblance.migrations add column if not exists adopted boolean not null default false',
      ...missing.map(
        (name) =>
          `insert into semblance.migrations (name, sha256, adopted) values (${literal(name)}, ${literal(parts.hashes.get(name) ?? '')}, true) on conflict do nothing`,
      ),
      ...noted,
    ],
  }
  return [preparation, ...steps, record]
}

interface PerTableOptions {
  lock: string
  only?: (object: SchemaObject) => boolean
  also?: SchemaObject[]
}

function createBuilder(context: PlanContext, decisions: Decisions) {
  const { reference } = context
  const steps: PlanStep[] = []
  const left = new Set(decisions.missing)
  const madeTables = new Set(decisions.missing.filter(({ kind }) => kind === 'table').map(({ name }) => name))

  const isOf = (kinds: ObjectKind[]) => (object: SchemaObject) => kinds.includes(object.kind)
  function take(test: (object: SchemaObject) => boolean): SchemaObject[] {
    const taken = [...left].filter(test)
    for (const object of taken) left.delete(object)
    return taken
  }
  const origins = (objects: SchemaObject[]) =>
    [...new Set(objects.map((object) => reference.addedBy.get(objectKey(object)) ?? ''))]
      .filter(Boolean)
      .sort()
  function add(step: Omit<PlanStep, 'estimateMs'> & { estimateMs?: number }): void {
    if (step.statements.length > 0) steps.push({ estimateMs: estimate.catalogueMs, ...step })
  }

  return {
    steps,
    tools: { context, decisions, madeTables, take, origins, add },
    together(kinds: ObjectKind[], what: string) {
      // The first step makes the schema of the journal.
      const objects = take(isOf(kinds)).filter((object) => objectKey(object) !== 'schema semblance')
      const statements = objects.flatMap((object) => [
        ...object.create,
        ...revokes(object),
        ...(object.kind === 'grant' ? [] : noteMade(object)),
      ])
      const bodies =
        kinds.includes('function') && objects.length > 0 ? ['set local check_function_bodies = off'] : []
      add({
        title: `${objects.length} ${what}`,
        kind: 'transaction',
        statements: [...bodies, ...statements],
        lock: 'none',
        from: origins(objects),
      })
    },
    newTables() {
      for (const name of madeTables) {
        const own = take(
          ({ kind, table }) =>
            table === name &&
            ['table', 'column', 'storage', 'check', 'unique', 'index', 'row-level security'].includes(kind),
        )
        const storage = own.filter(({ kind }) => kind === 'storage').filter((object) => !object.isUsual)
        const rest = own.filter(({ kind }) => kind !== 'column' && kind !== 'storage')
        const [table] = rest.filter(({ kind }) => kind === 'table')
        const statements = [table, ...rest.filter((object) => object !== table), ...storage].flatMap(
          (object) => [
            ...object.create.map((text) => text.replace(/ index concurrently /i, ' index ')),
            ...revokes(object),
          ],
        )
        add({
          title: `the table ${name}`,
          kind: 'transaction',
          statements: [...statements, ...noteMade(table)],
          lock: 'none: it is new',
          from: origins(rest),
        })
      }
    },
    perTable(kinds: ObjectKind[], what: string, { lock, only, also = [] }: PerTableOptions) {
      const objects = [
        ...take((object) => isOf(kinds)(object) && object.table !== null && (only?.(object) ?? true)),
        ...also,
      ]
      for (const table of new Set(objects.map((object) => object.table ?? ''))) {
        const own = objects.filter((object) => object.table === table)
        const storage = kinds.includes('column')
          ? take(({ kind, name }) => kind === 'storage' && own.some((one) => one.name === name))
          : []
        const order = (object: SchemaObject) => kinds.indexOf(object.kind)
        const all = [...own.sort((a, b) => order(a) - order(b)), ...storage.filter((one) => !one.isUsual)]
        add({
          ...{ title: `${own.length} ${what} on ${table}`, kind: 'transaction', from: origins(own) },
          statements: all.flatMap((object) => object.create),
          lock: madeTables.has(table) ? 'none: it is new' : lock,
        })
      }
    },
    backfills(list: PlannedBackfill[]) {
      for (const { title, from, batch, rows, mute } of list) {
        const muted = mute && context.mayMuteTriggers ? ['set local session_replication_role = replica'] : []
        add({
          ...{
            title: `fill ${title}, ${rows} rows`,
            kind: 'batches',
            from: [from],
            statements: [...muted, batch],
          },
          lock:
            mute && muted.length === 0 ? `${estimate.rows}; the tables' own triggers fire` : estimate.rows,
          estimateMs: estimate.backfillMs(rows),
        })
      }
    },
  }
}

/** What a project's default privileges may have given along with something new. */
function revokes({ kind, name }: SchemaObject): string[] {
  const from = 'from public, anon, authenticated, service_role'
  if (kind === 'function') return [`revoke all on function ${name} ${from}`]
  return kind === 'table' || kind === 'view' ? [`revoke all on table ${name} ${from}`] : []
}
