import { sql, type Transaction } from 'kysely'
import type { Tables } from '../database/tables'
import type { SwitchProgress } from './contract'
import { countSearches } from './searches'

type Tx = Transaction<Tables>

/** Seconds over which the rate is measured. */
const rateSeconds = 60

interface Counts {
  waiting: number
  running: number
  failed: number
  accepted: number
  workers: number
  staged: number
  recent: number
  seconds: number
}

/** The open switch, else the last that ended; null where there was none. */
export async function readProgress(
  tx: Tx,
  isHelping: (model: string) => boolean,
): Promise<SwitchProgress | null> {
  const found = await tx
    .selectFrom('model_switches as s')
    .leftJoin('profiles as p', 'p.id', 's.started_by')
    .selectAll('s')
    .select('p.name as started_by_name')
    .orderBy(sql`s.state in ('running', 'paused')`, 'desc')
    .orderBy('s.started_at', 'desc')
    .limit(1)
    .executeTakeFirst()
  if (!found) return null
  const { recent, seconds, ...counts } = await count(tx, found.id)
  const left = counts.waiting + counts.running
  const perSecond = found.state === 'running' && recent > 0 ? recent / seconds : null
  return {
    id: found.id,
    ...{ state: found.state, from_pack: found.from_pack, from_model: found.from_model },
    ...{ to_pack: found.to_pack, to_model: found.to_model },
    ...{ started_at: found.started_at, started_by_name: found.started_by_name },
    ...{ paused_at: found.paused_at, ended_at: found.ended_at },
    total: counts.staged + left + counts.failed + counts.accepted,
    ...counts,
    per_second: perSecond,
    seconds_left: perSecond === null ? null : left / perSecond,
    outcome:
      found.state === 'completed'
        ? {
            faces: found.switched_faces ?? 0,
            celebrities: found.switched_celebrities ?? 0,
            photos: found.switched_photos ?? 0,
            left_out: found.left_out ?? 0,
            rescored: found.rescored ?? 0,
            searches: await readSearches(tx, found),
          }
        : null,
    helps: isHelping(found.to_model),
  }
}

async function readSearches(tx: Tx, { id, searches }: { id: string; searches: number | null }) {
  return { all: searches ?? 0, ...(await countSearches(tx, id)) }
}

/**
 * The switch's jobs, what is staged, and how much of it in the last minute, or since the first where that is less long
 * ago. In one statement: a photo that is staged meanwhile would count on both sides.
 */
async function count(tx: Tx, switchId: string): Promise<Counts> {
  const { rows } = await sql<Counts>`
    select j.*, s.*
    from (
      select count(*) filter (where status = 'pending')::int as waiting,
        count(*) filter (where status = 'processing')::int as running,
        count(*) filter (where status = 'failed' and dismissed_at is null)::int as failed,
        count(*) filter (where status = 'failed' and dismissed_at is not null)::int as accepted,
        count(distinct worker_id) filter (where status = 'processing')::int as workers
      from public.embedding_jobs where switch_id = ${switchId}
    ) as j, (
      select count(*)::int as staged,
        count(*) filter (where staged_at > now() - make_interval(secs => ${rateSeconds}::float8))::int as recent,
        coalesce(greatest(1, least(${rateSeconds}::float8, extract(epoch from now() - min(staged_at))::float8)), 1)
          as seconds
      from public.staged_analyses where switch_id = ${switchId}
    ) as s`.execute(tx)
  return rows[0]
}

/** Photos of the open switch that have failed for good, oldest first, with the path of what shows them. */
export async function listFailures(tx: Tx, limit: number) {
  return tx
    .selectFrom('embedding_jobs as j')
    .innerJoin('model_switches as s', 's.id', 'j.switch_id')
    .leftJoin('faces as f', 'f.id', 'j.face_id')
    .leftJoin('profiles as p', 'p.id', 'f.profile_id')
    .leftJoin('celebrities as c', 'c.id', 'j.celebrity_id')
    .leftJoin('celebrity_photos as further', 'further.id', 'j.photo_id')
    .where('s.state', 'in', ['running', 'paused'])
    .where('j.status', '=', 'failed')
    .select(['j.id as job_id', 'j.error_code', 'j.error_message', 'j.attempts', 'f.id as face_id'])
    .select([
      sql<string>`coalesce(j.face_id, j.celebrity_id)`.as('subject_id'),
      sql<string | null>`coalesce(c.name, p.name)`.as('name'),
      sql<string | null>`coalesce(f.thumbnail_path, f.image_path)`.as('face_photo'),
      sql<string | null>`case when further.id is null then coalesce(c.thumbnail_path, c.image_path)
        else coalesce(further.thumbnail_path, further.image_path) end`.as('celebrity_photo'),
      sql<boolean>`j.dismissed_at is not null`.as('is_accepted'),
    ])
    .orderBy('j.completed_at')
    .orderBy('j.id')
    .limit(limit)
    .execute()
}
