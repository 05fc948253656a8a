import { sql, type Transaction } from 'kysely'
import type { Tables } from '../database/tables'
import { queueCounts } from '../jobs/monitor/counts'
import { notCancelled } from '../jobs/queue/actions'
import type { Overview } from './contract'

type Tx = Transaction<Tables>

/** Minutes of `queue.per_minute`. */
const minutes = 15

/** How much there is of everything. */
export async function countEverything(tx: Tx): Promise<Overview['counts']> {
  const { rows } = await sql<Overview['counts']>`
    select
      (select count(*)::int from public.profiles where profile_type = 'user') as people,
      f.faces, f.analyzed_faces, c.celebrities, c.analyzed_celebrities,
      (select count(*)::int from public.matches) as matches,
      (select count(*)::int from public.celebrity_matches) as celebrity_matches
    from (select count(*)::int as faces, count(embedding)::int as analyzed_faces from public.faces) as f
    cross join (
      select count(*)::int as celebrities, count(embedding)::int as analyzed_celebrities from public.celebrities
    ) as c`.execute(tx)
  return rows[0]
}

/** All queues together. */
export async function describeQueue(tx: Tx): Promise<Overview['queue']> {
  const { pending, processing, completed, failed, undismissed, oldest_pending_at } = await queueCounts(tx)
  const per_minute = await countEnded(tx)
  return { pending, processing, completed, failed, undismissed, oldest_pending_at, per_minute }
}

/** Jobs that ended in each of the last minutes, oldest first. What was cancelled has not failed. */
async function countEnded(tx: Tx): Promise<Overview['queue']['per_minute']> {
  const { rows } = await sql<{ minutes_ago: number; completed: number; failed: number }>`
    select
      floor(extract(epoch from now() - completed_at) / 60)::int as minutes_ago,
      (count(*) filter (where status = 'completed'))::int as completed,
      (count(*) filter (where status = 'failed' and ${notCancelled}))::int as failed
    from private.staff_jobs
    where status in ('completed', 'failed') and completed_at > now() - make_interval(mins => ${minutes}::int)
    group by 1`.execute(tx)
  const ended = new Map(
    rows.map(({ minutes_ago, completed, failed }) => [minutes_ago, { completed, failed }]),
  )
  return Array.from({ length: minutes }, (_, i) => ended.get(minutes - 1 - i) ?? { completed: 0, failed: 0 })
}
