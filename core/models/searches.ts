import { sql, type Transaction } from 'kysely'
import type { Tables } from '../database/tables'

type Tx = Transaction<Tables>

/** Behind new photos, which somebody waits for. */
const priority = -1

/**
 * Queues a search for every face of a space that has just become the active one: pairs that only its scores make are
 * found by it. No photo is analysed again. Gives how many.
 */
export async function queueSearches(tx: Tx, model: string): Promise<number> {
  const { numInsertedOrUpdatedRows: queued } = await tx
    .insertInto('match_jobs')
    .columns(['face_id', 'user_id', 'job_type', 'start_stage', 'priority'])
    .expression(
      tx
        .selectFrom('faces')
        .where('embedding_model', '=', model)
        .where('embedding', 'is not', null)
        .select(['id', 'profile_id', sql`'both'`.as('job_type'), sql`'search'`.as('stage')])
        .select(sql.lit(priority).as('priority')),
    )
    .executeTakeFirstOrThrow()
  return Number(queued ?? 0)
}

/** How many searches of a switch have not come to an end, and how many have failed: they were queued as it was made. */
export async function countSearches(tx: Tx, switchId: string): Promise<{ left: number; failed: number }> {
  const { rows } = await sql<{ left: number; failed: number }>`
    select count(*) filter (where job.status in ('pending', 'processing'))::int as left,
      count(*) filter (where job.status = 'failed')::int as failed
    from public.model_switches s
    join public.match_jobs job on job.created_at = s.ended_at and job.start_stage = 'search'
    where s.id = ${switchId} and s.state = 'completed'`.execute(tx)
  return rows[0]
}
