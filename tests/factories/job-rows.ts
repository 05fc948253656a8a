import { sql } from 'kysely'
import type { CallerHost } from './callers'

/** What workers leave in the queue, written without one; everything is the person's that `ownerId` gives. */
export function createJobRows(host: () => CallerHost, ownerId: () => string) {
  const run = (text: string) => host().database.asService((tx) => sql.raw(text).execute(tx))
  return {
    run,
    /** Photos with a job each; gives the jobs' ids in order of creation. */
    addJobs: async (count: number): Promise<string[]> => {
      await run(`insert into public.faces (profile_id, image_path)
        select '${ownerId()}', '${ownerId()}/' || n || '.jpg' from generate_series(1, ${count}) as n`)
      const { rows } = await host().database.asService((tx) =>
        sql<{ id: string }>`
          select j.id from public.match_jobs j join public.faces f on f.id = j.face_id
          order by length(f.image_path), f.image_path`.execute(tx),
      )
      return rows.map(({ id }) => id)
    },
    set: (id: string, columns: string) => run(`update public.match_jobs set ${columns} where id = '${id}'`),
    clear: () =>
      host().database.asOwner(async (tx) => {
        await sql`delete from public.faces`.execute(tx)
        await sql`delete from public.celebrities`.execute(tx)
        await sql`delete from public.workers`.execute(tx)
        await sql`delete from private.job_rollups`.execute(tx)
        await sql`delete from private.job_rollup_marks`.execute(tx)
      }),
  }
}

/** Columns of a job that ended well; `wait` and `took` in seconds. */
export const completed = (minutesAgo: number, wait = 10, took = 2) => `status = 'completed', attempts = 1,
  worker_id = 'w1', created_at = now() - interval '${minutesAgo} minutes' - interval '${wait + took} seconds',
  next_attempt_at = now() - interval '${minutesAgo} minutes' - interval '${wait + took} seconds',
  started_at = now() - interval '${minutesAgo} minutes' - interval '${took} seconds',
  completed_at = now() - interval '${minutesAgo} minutes'`

/** Columns of a job that failed for good. */
export const failed = (fingerprint: string, code: string, minutesAgo = 3) => `status = 'failed', attempts = 3,
  started_at = now() - interval '${minutesAgo} minutes' - interval '1 second', error_code = '${code}',
  error_message = 'Because of ${code}', failed_stage = 'detect', fingerprint = '${fingerprint}',
  completed_at = now() - interval '${minutesAgo} minutes'`
