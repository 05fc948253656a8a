import type { PoolClient } from 'pg'
import { platformSchemas, readCatalogue } from '../conformance/catalogue'
import { type Extra, isDocumented, optionalExtensions } from '../conformance/check'
import { isPlatforms, liveOf, standingOf } from '../conformance/compare'
import { document } from '../conformance/document'
import { objectKey } from '../conformance/schema-object'
import type { Reference } from '../conformance/reference'
import { rowBackfills, valueBackfills } from './backfills'
import { decideDifferent } from './decide'
import { begunIndexes, keptObjects, madeObjects } from './journal'
import { privilegesMissing } from './privileges'
import type { AdoptionPlan, Decisions, PlanContext } from './model'
import { misshapenTables, obstacles } from './obstacles'
import { openViews } from './open-views'
import { buildSteps } from './steps'
import { openPolicies } from './warnings'

/** Makes the plan of an adoption; changes nothing. The client must not be in a transaction. */
export async function planAdoption(
  client: PoolClient,
  reference: Reference,
  hashes: ReadonlyMap<string, string>,
): Promise<AdoptionPlan> {
  const rowsOf = reference.catalogue.rows.map(({ table }) => table)
  const live = liveOf(await readCatalogue(client, rowsOf))
  const { rows } = await client.query<{ may: boolean }>(
    `select pg_catalog.has_parameter_privilege('session_replication_role', 'set') as may`,
  )
  const context: PlanContext = {
    ...{ live, reference },
    begun: await begunIndexes(client),
    made: await madeObjects(client),
    mayMuteTriggers: rows[0]?.may ?? false,
  }
  const decisions = decide(context, await keptObjects(client))
  const recorded = await recordedMigrations(client)
  misshapenTables(context, decisions, recorded)
  await privilegesMissing(client, context, decisions)
  await obstacles(client, context, decisions)
  const isRecorded = reference.migrations.every((name) => recorded.has(name))
  const fill = await valueBackfills(client, context, decisions)
  const backfills = { values: fill, rows: isRecorded ? [] : await rowBackfills(client, context, decisions) }
  const steps = buildSteps(context, decisions, { backfills, hashes, recorded })
  const ours = new Set(reference.catalogue.views.map(({ schema, name }) => `${schema}.${name}`))
  const views = await openViews(client, ours)
  return {
    ...{ done: steps.length === 0, steps, stands: decisions.stands, kept: decisions.kept },
    warnings: [...decisions.warnings, ...views, ...openPolicies(context)],
    blockers: decisions.blockers,
    untouched: foreignObjects(context),
  }
}

function decide(context: PlanContext, kept: ReadonlyMap<string, string>): Decisions {
  const { live, reference, made } = context
  const decisions: Decisions = { missing: [], mending: [], kept: [], warnings: [], blockers: [], stands: 0 }
  for (const object of reference.objects.values()) {
    const key = objectKey(object)
    if (isPlatforms(object, live, reference.catalogue, made)) continue
    if (object.kind === 'extension' && optionalExtensions.includes(object.name)) continue
    const standing = standingOf(object, reference.catalogue, live)
    const note = kept.get(key)
    if (standing.state === 'stands') {
      decisions.stands += 1
      if (standing.because !== null) decisions.kept.push({ object: key, why: standing.because })
    } else if (note !== undefined) decisions.kept.push({ object: key, why: note })
    else if (standing.state === 'missing') decisions.missing.push(object)
    else decideDifferent(object, standing.actual, context, decisions)
  }
  return decisions
}

async function recordedMigrations(client: PoolClient): Promise<Set<string>> {
  const { rows: there } = await client.query(
    `select from pg_catalog.pg_tables where schemaname = 'semblance' and tablename = 'migrations'`,
  )
  if (there.length === 0) return new Set()
  const { rows } = await client.query<{ name: string }>('select name from semblance.migrations')
  return new Set(rows.map(({ name }) => name))
}

/** Tables, columns, functions … that neither the document nor our migrations know. */
function foreignObjects({ live, reference }: PlanContext): Extra[] {
  const kinds = ['table', 'column', 'view', 'function', 'trigger', 'policy', 'index', 'check']
  return [...live.objects.values()]
    .filter(
      ({ kind, schema }) => kinds.includes(kind) && schema !== null && !platformSchemas.includes(schema),
    )
    .filter((object) => !reference.objects.has(objectKey(object)) && !isDocumented(object))
    .filter(({ name }) => !name.startsWith('A_semblance_delete_referencing on '))
    .filter(({ schema }) => schema === 'public' || schema === 'private')
    .filter(
      ({ kind, table }) => kind === 'table' || kind === 'view' || table === null || isKnown(table, reference),
    )
    .map((object) => ({ object: objectKey(object), from: null }))
}

function isKnown(table: string, { objects }: Reference): boolean {
  return objects.has(`table ${table}`) || table.replace('public.', '') in document.tables
}
