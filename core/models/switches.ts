import { sql, type Transaction } from 'kysely'
import type { ModelSwitchesTable } from '../database/model-tables'
import type { Tables } from '../database/tables'
import { SemblanceError } from '../model/errors'
import type { SwitchPlan } from './contract'
import { findOpenSwitch, isElsewhere, subjects } from './switch-queries'

type Tx = Transaction<Tables>

/**
 * Begins what a plan says: every photo that it counts gets a job. Searches go on in the old space until all are there.
 * @param plan made in this very transaction
 * @param basis of the plan that somebody has seen
 * @throws SemblanceError CONFLICT where the plan is another by now, or something stands in its way
 */
export async function startSwitch(
  tx: Tx,
  plan: SwitchPlan,
  { basis, startedBy }: { basis: string; startedBy: string | null },
): Promise<string> {
  if (plan.obstacle !== null) throw new SemblanceError('CONFLICT', plan.obstacle)
  if (plan.basis !== basis) {
    throw new SemblanceError(
      'CONFLICT',
      'Photos have come or gone since this plan was made, or the active pack is another. Look at the new plan.',
      { basis: plan.basis },
    )
  }
  const { id } = await tx
    .insertInto('model_switches')
    .values({
      ...{ from_pack: plan.from?.pack ?? null, from_model: plan.from?.embedding_model ?? null },
      ...{ to_pack: plan.to.pack, to_model: plan.to.embedding_model },
      ...{ planned_faces: plan.to_do.faces, planned_celebrities: plan.to_do.celebrities },
      planned_photos: plan.to_do.photos,
      started_by: startedBy,
    })
    // Two admins at the same moment: one of them is told.
    .onConflict((conflict) => conflict.doNothing())
    .returning('id')
    .executeTakeFirstOrThrow(() => new SemblanceError('CONFLICT', 'Somebody else has just started a switch.'))
  await queueMissing(tx, { id, to_model: plan.to.embedding_model })
  return id
}

type OpenSwitch = Pick<ModelSwitchesTable, 'to_model'> & { id: string }

/** A job for everything that is to be redone, is not staged, and has no job that is open or failed. Gives how many. */
export async function queueMissing(tx: Tx, { id, to_model: toModel }: OpenSwitch): Promise<number> {
  let queued = 0
  for (const { table, key, jobs } of Object.values(subjects)) {
    const { rows } = await sql`
      insert into public.embedding_jobs as job (switch_id, ${key}, ${jobs.column})
      select ${id}::uuid, subject.id, ${jobs.value}
      from ${table} as subject
      where ${isElsewhere(toModel)} and not exists (
        select from public.staged_analyses as staged
        where staged.switch_id = ${id}::uuid and staged.${key} = subject.id
          and staged.image_path = subject.image_path)
      on conflict (switch_id, ${key}) where ${jobs.are} do update
      set status = 'pending', attempts = 0, next_attempt_at = now(), worker_id = null, lease_until = null,
        started_at = null, completed_at = null
      where job.status = 'completed'
      returning job.id`.execute(tx)
    queued += rows.length
  }
  return queued
}

/** No photo is begun any more; what runs ends. @throws SemblanceError CONFLICT unless it is running */
export async function pauseSwitch(tx: Tx): Promise<void> {
  const open = await requireOpen(tx)
  if (open.state !== 'running') throw new SemblanceError('CONFLICT', 'The switch is paused already.')
  await tx
    .updateTable('model_switches')
    .set({ state: 'paused', paused_at: sql<Date>`now()` })
    .where('id', '=', open.id)
    .execute()
}

/** @throws SemblanceError CONFLICT unless it is paused */
export async function resumeSwitch(tx: Tx): Promise<void> {
  const open = await requireOpen(tx)
  if (open.state !== 'paused') throw new SemblanceError('CONFLICT', 'The switch is running already.')
  await tx
    .updateTable('model_switches')
    .set({ state: 'running', paused_at: null })
    .where('id', '=', open.id)
    .execute()
}

/** Ends it without a switch: what was staged and queued goes, and nothing else was ever changed. */
export async function cancelSwitch(tx: Tx, endedBy: string | null): Promise<void> {
  const open = await requireOpen(tx)
  await tx
    .updateTable('model_switches')
    .set({ state: 'cancelled', ended_at: sql<Date>`now()`, ended_by: endedBy, paused_at: null })
    .where('id', '=', open.id)
    .execute()
  await sweepClosed(tx)
}

/** Removes what is staged or queued for switches that have ended; also what slipped in as they did. */
export async function sweepClosed(tx: Tx): Promise<void> {
  for (const table of [sql`public.embedding_jobs`, sql`public.staged_analyses`]) {
    await sql`delete from ${table} as gone using public.model_switches s
      where s.id = gone.switch_id and s.state in ('completed', 'cancelled')`.execute(tx)
  }
}

/** Every failed photo starts anew, also those that were to be left out. Gives how many. */
export async function retryFailed(tx: Tx): Promise<number> {
  const open = await requireOpen(tx)
  const { rows } = await sql`
    update public.embedding_jobs set status = 'pending', attempts = 0, lost_workers = 0, next_attempt_at = now(),
      worker_id = null, lease_until = null, started_at = null, completed_at = null, error_code = null,
      error_message = null, failed_stage = null, fingerprint = null, dismissed_at = null
    where switch_id = ${open.id} and status = 'failed'
    returning id`.execute(tx)
  return rows.length
}

/** The switch may be made without the photos that have failed until now; later failures are asked about anew. */
export async function acceptFailed(tx: Tx): Promise<number> {
  const open = await requireOpen(tx)
  const { rows } = await sql`
    update public.embedding_jobs set dismissed_at = now()
    where switch_id = ${open.id} and status = 'failed' and dismissed_at is null
    returning id`.execute(tx)
  return rows.length
}

/** Locked until the transaction ends. @throws SemblanceError CONFLICT where none is open */
async function requireOpen(tx: Tx) {
  const open = await findOpenSwitch(tx)
  const locked =
    open &&
    (await tx
      .selectFrom('model_switches')
      .selectAll()
      .where('id', '=', open.id)
      .where('state', 'in', ['running', 'paused'])
      .forNoKeyUpdate()
      .executeTakeFirst())
  if (!locked) throw new SemblanceError('CONFLICT', 'No switch of models is under way.')
  return locked
}
