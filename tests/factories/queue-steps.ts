import { sql } from 'kysely'
import type { Database } from '../../core/database/connect'
import type { JobKind } from '../../core/jobs/contract'
import { claim, type Claim, type ClaimedJob } from '../../core/jobs/queue/queue'

/** What tests of the queue do. @param person whose photos the jobs are about */
export function queueSteps(database: () => Database, person: string) {
  return {
    queueJobs: (kind: JobKind, count: number): Promise<void> =>
      database().asService(async (tx) => {
        for (let i = 0; i < count; i += 1) {
          const image_path = `${person}/${String(i).padStart(3, '0')}.jpg`
          if (kind === 'face')
            await tx.insertInto('faces').values({ profile_id: person, image_path }).execute()
          else
            await tx
              .insertInto('celebrities')
              .values({ name: `C ${i}`, image_path })
              .execute()
        }
      }),
    take: (workerId: string, options: Partial<Claim> = {}): Promise<ClaimedJob[]> =>
      database().asService((tx) =>
        claim(tx, { kind: 'face', workerId, limit: 1, leaseSeconds: 60, ...options }),
      ),
    rowOf: ({ id }: ClaimedJob) =>
      database().asService((tx) =>
        tx.selectFrom('jobs').selectAll().where('id', '=', id).executeTakeFirstOrThrow(),
      ),
    /** The job's lease ends in so many seconds. */
    moveLease: (job: ClaimedJob, seconds: number) =>
      database().asService((tx) =>
        tx
          .updateTable(job.kind === 'face' ? 'match_jobs' : 'celebrity_jobs')
          .set({ lease_until: sql<Date>`now() + make_interval(secs => ${seconds})` })
          .where('id', '=', job.id)
          .execute(),
      ),
  }
}
