import { sql } from 'kysely'
import type { Database } from '../../database/connect'
import { SemblanceError } from '../../model/errors'
import { queues } from '../queue/kinds'
import type { ClaimedJob } from '../queue/queue'
import { elsewhere, messageOf } from './outages'

/**
 * Storage knows the photo and has no bytes of it: where Storage is a host's own, they lie in the data directory of
 * another one, as long as there is a worker that has not said the same. Behind an embedded database there is no other.
 * @returns What to make of the error: itself, or that the photo is elsewhere
 */
export async function placeMissing(error: unknown, job: ClaimedJob, database: Database): Promise<unknown> {
  if (!(error instanceof SemblanceError) || error.data?.['code'] !== 'NoSuchFile') return error
  if (database.engine === 'pglite') return error
  const refusal = elsewhere(error)
  return (await mayAnotherHave(job, messageOf(refusal), database)) ? refusal : error
}

/** Whether a worker that was heard of in the last days has not refused the job since it was started. */
function mayAnotherHave(job: ClaimedJob, refusal: string, database: Database): Promise<boolean> {
  const { key } = queues[job.kind]
  return database.asService(async (tx) => {
    const { rows } = await sql<{ may: boolean }>`
      select exists (
        select from public.workers as other
        where other.id <> ${job.workerId} and not exists (
          select from public.job_attempts as refused
          where refused.${key} = ${job.id} and refused.worker_id = other.id and refused.outcome = 'postponed'
            and refused.error_message = ${refusal}
            and not exists (
              select from public.job_attempts as over
              where over.${key} = ${job.id} and over.id > refused.id
                and over.outcome in ('failed', 'cancelled', 'completed')
            )
        )
      ) as may`.execute(tx)
    return rows[0].may
  })
}
