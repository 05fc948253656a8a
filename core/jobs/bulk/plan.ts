import { sql, type RawBuilder, type SqlBool, type Transaction } from 'kysely'
import { z } from 'zod'
import type { Tables } from '../../database/tables'
import { SemblanceError } from '../../model/errors'
import type { JobKind, JobStatus } from '../contract'
import {
  bulkLimit,
  type BulkPlan,
  type BulkRequest,
  type BulkSelection,
  type IneligibleReason,
} from '../contract-bulk'
import { inParts } from '../list/list-jobs'
import { namesOf } from '../list/names'
import { likeness, rules } from './rules'
import { describeBulk } from './view'

type Tx = Transaction<Tables>

const samples = 5
const uuid = z.uuid()

/**
 * The dry run: notes which jobs the action would meet, what they are like now, and why others are left out.
 * @param by who plans; null for the command line
 * @throws SemblanceError BAD_REQUEST where more than {@link bulkLimit} match, or `prioritise` names no priority
 */
export async function planBulk(tx: Tx, request: BulkRequest, by: string | null): Promise<BulkPlan> {
  const { action, selection, priority = null, include_permanent = false } = request
  if (action === 'prioritise' && priority === null) {
    throw new SemblanceError('BAD_REQUEST', 'Say which priority: higher comes first, 0 is the usual.')
  }
  await forgetOldPlans(tx)
  const { rows: made } = await sql<{ id: string }>`
    insert into public.job_bulks (action, priority, selection, created_by)
    values (${action}, ${priority}::smallint, ${JSON.stringify(record(selection))}::jsonb, ${by}::uuid)
    returning id`.execute(tx)
  const id = uuid.parse(made[0].id)
  const why = rules[action].why({ priority, include_permanent })
  const jobs = selectedBy(
    selection,
    (which) => sql`
      select id, kind, status, subject_id, owner_id, created_at, ${why} as why, ${likeness('jobs')} as seen
      from private.staff_jobs as jobs
      where ${which}`,
  )
  const { rows } = await sql<{ why: IneligibleReason | null; jobs: number; sample: Sample[] }>`
    with selected as materialized (
      select * from (${jobs}) as parts limit ${bulkLimit + 1}
    ), items as (
      insert into public.job_bulk_items (bulk_id, kind, job_id, seen)
      select ${id}::uuid, kind, id, seen from selected where why is null order by kind, created_at, id
    )
    select why, count(*)::int as jobs, to_jsonb((array_agg(
      jsonb_build_object('id', id, 'kind', kind, 'status', status, 'subject_id', subject_id, 'owner_id', owner_id)
      order by created_at desc
    ))[1:${sql.lit(samples)}]) as sample
    from selected group by why`.execute(tx)
  await noteCounts(tx, id, selection, rows)
  return { ...(await describeBulk(tx, id)), sample: await nameSamples(tx, rows) }
}

/** What is kept of a selection: hundreds of ids are in the items. */
const record = (selection: BulkSelection) => ('all' in selection ? selection : { ids: selection.ids.length })

function selectedBy(selection: BulkSelection, ask: (which: RawBuilder<SqlBool>) => RawBuilder<unknown>) {
  if ('all' in selection) return inParts(selection.all, ask)
  const { ids } = selection
  return ask(sql<SqlBool>`(kind, id) in (
    select * from unnest(${ids.map(({ kind }) => kind)}::text[], ${ids.map(({ id }) => id)}::uuid[]))`)
}

interface Sample {
  id: string
  kind: JobKind
  status: JobStatus
  subject_id: string
  owner_id: string | null
}

interface Counted {
  why: IneligibleReason | null
  jobs: number
  sample: Sample[]
}

async function noteCounts(tx: Tx, id: string, selection: BulkSelection, rows: Counted[]): Promise<void> {
  const found = rows.reduce((sum, { jobs }) => sum + jobs, 0)
  if (found > bulkLimit) {
    throw new SemblanceError(
      'BAD_REQUEST',
      `More than ${bulkLimit.toLocaleString('en')} jobs match. Narrow the filter.`,
    )
  }
  const ineligible: Record<string, number> = {}
  for (const { why, jobs } of rows) if (why) ineligible[why] = jobs
  const named = 'ids' in selection ? new Set(selection.ids.map((one) => `${one.kind} ${one.id}`)).size : found
  if (named > found) ineligible['gone'] = named - found
  const eligible = rows.find(({ why }) => why === null)?.jobs ?? 0
  await sql`
    update public.job_bulks
    set selected = ${named}, eligible = ${eligible}, ineligible = ${JSON.stringify(ineligible)}::jsonb
    where id = ${id}`.execute(tx)
}

async function nameSamples(tx: Tx, rows: Counted[]): Promise<BulkPlan['sample']> {
  const some = [...rows.filter(({ why }) => why === null), ...rows.filter(({ why }) => why !== null)].flatMap(
    ({ why, sample }) => sample.map((job) => ({ ...job, reason: why })),
  )
  const eligible = some.filter(({ reason }) => reason === null)
  const others = some.filter(({ reason }) => reason !== null).slice(0, samples)
  const names = await namesOf(tx, [...eligible, ...others])
  return [...eligible, ...others].map(({ id, kind, status, reason }) => ({
    ...{ id, kind, status, reason },
    name: names.get(id)?.name ?? null,
  }))
}

/** Plans that nobody executed within the hour, and those that are a month old. */
async function forgetOldPlans(tx: Tx): Promise<void> {
  await sql`
    delete from public.job_bulks
    where (state = 'planned' and created_at < now() - interval '1 hour') or created_at < now() - interval '30 days'
    `.execute(tx)
}
