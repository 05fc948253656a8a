import type pg from 'pg'
import { uuidOf } from '../../factories/people'

/** How many jobs of which kind {@link insertJobRows} leaves. */
export const jobRows = { completed: 240, noFace: 60, timeouts: 25, dismissed: 3, pending: 40, processing: 2 }

/** What failures are known by; here they are simply named. */
export const fingerprints = { noFace: 'no-face-in-detect', timeouts: 'timeout-in-search' }

/** The job that has attempts with stages and a log. */
export const toldJob = { id: '', name: 'Person 301' }

/**
 * A queue with a past: jobs that completed over the last hour, two kinds of failures, some that wait and two that a
 * worker of another machine holds. Faces have no photos, so nobody should work on them.
 */
export async function insertJobRows(client: pg.Client): Promise<void> {
  const all = Object.values(jobRows).reduce((sum, count) => sum + count, 0)
  await client.query(
    `insert into auth.users (id, email, raw_user_meta_data)
     select ('00000009-0000-4000-8000-' || lpad(n::text, 12, '0'))::uuid, 'person' || n || '@example.edu',
       jsonb_build_object('name', 'Person ' || n)
     from generate_series(1, $1::integer) as n`,
    [all],
  )
  await client.query(
    `update public.profiles set name = 'Person ' || right(id::text, 12)::bigint where name is null`,
  )
  await client.query(
    `insert into public.faces (id, profile_id, image_path)
     select ('00000008-0000-4000-8000-' || right(id::text, 12))::uuid, id, id || '/photo.jpg'
     from public.profiles where id::text like '00000009-%'`,
  )
  // Each face has queued a job by itself; which one it is, its number says.
  await client.query(
    `create temporary table numbered as select id, right(face_id::text, 12)::integer as n from public.match_jobs`,
  )
  let first = 1
  const shape = async (count: number, set: string) => {
    await client.query(
      `update public.match_jobs as job set ${set} from numbered
       where numbered.id = job.id and numbered.n between $1 and $2`,
      [first, first + count - 1],
    )
    first += count
  }
  const ended = (seconds: string) =>
    `attempts = 1, worker_id = 'lab-1', created_at = now() - make_interval(secs => (${seconds}) + 40),
     started_at = now() - make_interval(secs => (${seconds}) + 0.4),
     completed_at = now() - make_interval(secs => (${seconds}))`
  await shape(jobRows.completed, `status = 'completed', ${ended('5 + numbered.n * 14')}`)
  await shape(
    jobRows.noFace,
    `status = 'failed', error_code = 'no_face', error_message = 'No face was found in the photo.',
     failed_stage = 'detect', fingerprint = '${fingerprints.noFace}', ${ended('60 + numbered.n * 20')}`,
  )
  const timeout = `status = 'failed', error_code = 'internal', failed_stage = 'search',
    error_message = 'canceling statement due to statement timeout', fingerprint = '${fingerprints.timeouts}'`
  await shape(jobRows.timeouts, `${timeout}, ${ended('30 + numbered.n * 9')}`)
  await shape(jobRows.dismissed, `${timeout}, dismissed_at = now(), ${ended('7200 + numbered.n')}`)
  const ago = 'now() - make_interval(secs => numbered.n)'
  await shape(jobRows.pending, `created_at = ${ago}, next_attempt_at = ${ago}`)
  await shape(
    jobRows.processing,
    `status = 'processing', attempts = 1, worker_id = 'lab-1', started_at = now(),
     lease_until = now() + interval '1 hour'`,
  )
  await insertAttempts(client)
  await insertWorkers(client)
}

/** How many jobs of faces fulfil a condition. */
export async function countJobs(client: pg.Client, condition: string): Promise<number> {
  const { rows } = await client.query<{ jobs: string }>(
    `select count(*) as jobs from public.match_jobs where ${condition}`,
  )
  return Number(rows[0]?.jobs)
}

async function insertAttempts(client: pg.Client): Promise<void> {
  const told = await client.query<{ id: string }>(
    `select job.id from public.match_jobs as job where face_id = $1`,
    [uuidOf(8, 301)],
  )
  toldJob.id = told.rows[0]?.id ?? ''
  const stages = { fetch: 12, decode: 20, detect: 118, align: 4, embed: 90, attributes: 31 }
  for (const attempt of [1, 2]) {
    await client.query(
      `insert into public.job_attempts (match_job_id, attempt, worker_id, pack, started_at, ended_at, outcome,
         failed_stage, error_code, error_message, fingerprint, stages, log)
       values ($1, $2, 'lab-1', 'buffalo_l', now() - interval '1 minute', now() - interval '59 seconds', $3,
         'search', 'internal', 'canceling statement due to statement timeout', $4, $5, $6)`,
      [
        toldJob.id,
        attempt,
        attempt === 2 ? 'failed' : 'retrying',
        fingerprints.timeouts,
        JSON.stringify(stages),
        JSON.stringify([
          { at: new Date().toISOString(), level: 'warn', message: 'The search took too long' },
        ]),
      ],
    )
  }
  await client.query(`update public.match_jobs set attempts = 2 where id = $1`, [toldJob.id])
}

async function insertWorkers(client: pg.Client): Promise<void> {
  await client.query(
    `insert into public.workers (id, host_name, version, pack, provider, concurrency, photo_ms, clock_offset_ms, state,
       last_beat_at)
     values ('lab-1', 'lab-1', '0.1.0', 'buffalo_l', 'cuda', 4, 118, 12, 'busy', now() + interval '1 hour'),
       ('old-box', 'old-box', '0.1.0', 'buffalo_l', 'cpu', 2, 640, -602000, 'idle', now() - interval '4 hours')`,
  )
}
