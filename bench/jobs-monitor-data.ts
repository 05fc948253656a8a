import type { Sql } from './database-queries'

export interface QueueSize {
  people: number
  faces: number
  /** Jobs that ended, spread evenly over thirty days; one in fifty failed, of forty different faults. */
  ended: number
  pending: number
  processing: number
}

/** A UUID of a number, the same in every run. */
const idOf = (number: string) => `md5('semblance ' || (${number}))::uuid`

/** The moderator who looks at the monitor. */
export const watcher = `select ${idOf('1')} as id`

/** Fills a migrated database with a month of jobs as eight workers leave them, each with its attempt. */
export async function fillQueue(query: Sql, size: QueueSize): Promise<void> {
  const { people, faces } = size
  await query(`set session_replication_role = replica`)
  await query(`insert into auth.users (id, email)
    select ${idOf('n')}, 'person-' || n || '@example.edu' from generate_series(1, ${people}) n`)
  await query(`insert into public.profiles (id, profile_type, name, email, gender, school, role)
    select ${idOf('n')}, 'user', 'Person ' || n, 'person-' || n || '@example.edu', 'female', 'School ' || n % 10,
      case n when 1 then 'moderator' else 'user' end
    from generate_series(1, ${people}) n`)
  await query(`insert into public.faces (id, profile_id, image_path, image_hash)
    select ${idOf('n + 1000000')}, ${idOf(`(n - 1) % ${people} + 1`)},
      ${idOf(`(n - 1) % ${people} + 1`)} || '/' || n || '.jpg', md5(n::text)
    from generate_series(1, ${faces}) n`)
  await query(`insert into public.workers (id, host_name, version, state, pack)
    select 'worker-' || w, 'host-' || w, '1.0.0', 'busy', 'lite' from generate_series(0, 7) w`)
  await query(endedJobs(size))
  await query(`insert into public.job_attempts
      (match_job_id, attempt, worker_id, pack, started_at, ended_at, outcome, failed_stage, stages)
    select id, 1, worker_id, 'lite', started_at, completed_at, status, failed_stage,
      '{"fetch": 12.1, "decode": 33.2, "detect": 20.3, "align": 1.2, "embed": 44.0, "attributes": 30.5, "search": 8.1}'
    from public.match_jobs`)
  await query(openJobs(size))
  await query(`set session_replication_role = origin`)
  await query('vacuum analyze')
}

function endedJobs({ people, faces, ended }: QueueSize): string {
  const every = (number: string, otherwise = 'null') =>
    `case when n % 50 = 0 then ${number} else ${otherwise} end`
  return `insert into public.match_jobs (
      id, face_id, user_id, status, attempts, error_code, error_message, failed_stage, fingerprint, created_at,
      started_at, completed_at, next_attempt_at, worker_id
    )
    select ${idOf('n + 2000000')}, ${idOf(`n % ${faces} + 1000001`)}, ${idOf(`n % ${faces} % ${people} + 1`)},
      ${every(`'failed'`, `'completed'`)}, 1 + (n % 17 = 0)::int,
      ${every(`(array['no_face', 'broken_image', 'worker_lost', 'internal'])[n / 50 % 4 + 1]`)},
      ${every(`'Something about it, number ' || n`)},
      ${every(`(array['detect', 'decode', 'embed', 'fetch'])[n / 50 % 4 + 1]`)},
      ${every(`left(md5((n / 50 % 40)::text), 16)`)},
      t.at, t.at + t.wait, t.at + t.wait + t.run, t.at, 'worker-' || n % 8
    from generate_series(1, ${ended}) n
    cross join lateral (
      select now() - interval '30 days' + n * (interval '30 days' / ${ended}) - interval '40 seconds' as at,
        (n % 97 + 1) * interval '0.2 seconds' as wait, (n % 31 + 3) * interval '0.1 second' as run
    ) t`
}

function openJobs({ people, faces, pending, processing }: QueueSize): string {
  return `insert into public.match_jobs
      (face_id, user_id, status, attempts, created_at, next_attempt_at, started_at, lease_until, worker_id)
    select ${idOf(`n % ${faces} + 1000001`)}, ${idOf(`n % ${faces} % ${people} + 1`)},
      case when n <= ${processing} then 'processing' else 'pending' end, (n <= ${processing})::int,
      now() - n * interval '10 milliseconds', now() - n * interval '10 milliseconds',
      case when n <= ${processing} then now() - interval '1 second' end,
      case when n <= ${processing} then now() + interval '1 minute' end,
      case when n <= ${processing} then 'worker-' || n % 8 end
    from generate_series(1, ${pending + processing}) n`
}
