import pg from 'pg'
import { migrate } from '../../core/database/migrate'
import type { WorkerProgramOptions } from '../fixtures/worker-program'
import type { BuiltProgram, Child } from './child'
import { migrationsDirectory } from './database'

/** A queue on a PostgreSQL server, worked on by processes of their own. */
export interface JobRun {
  url: string
  query: <Row = Record<string, unknown>>(text: string, values?: readonly unknown[]) => Promise<Row[]>
  /** People with a photo each, and so a job each. */
  addPhotos: (count: number, options?: { name?: string }) => Promise<void>
  start: (workerId: string, options?: WorkerProgramOptions, through?: (url: string) => string) => Child
  /** How many jobs stand in each status. */
  statuses: () => Promise<Record<string, number>>
  /** What is wrong with what came of the jobs; empty where each had its effects exactly once. */
  faults: () => Promise<string[]>
  close: () => Promise<void>
}

/**
 * @param url a database of one's own, migrated or empty; it counts how often each job was completed
 */
export async function openJobRun(url: string, program: BuiltProgram): Promise<JobRun> {
  await migrate({ url }, { directory: migrationsDirectory })
  const pool = new pg.Pool({ connectionString: url, max: 2 })
  // Ended by whoever restarts the server.
  pool.on('error', () => undefined)
  const children = new Set<Child>()
  const query: JobRun['query'] = async <Row>(text: string, values: readonly unknown[] = []) =>
    (await pool.query(text, [...values])).rows as Row[]
  await query(`
    create table public.test_effects (job_id uuid not null);
    grant all on public.test_effects to service_role;
    create function public.test_note_effect() returns trigger language plpgsql as $$
    begin insert into public.test_effects values (new.id); return null; end $$;
    create trigger test_note_effect after update of status on public.match_jobs for each row
      when (new.status = 'completed' and old.status <> 'completed') execute function public.test_note_effect()`)
  let made = 0
  return {
    url,
    query,
    async addPhotos(count, { name = 'photo' } = {}) {
      await addPeople(query, { from: made, count, name })
      made += count
    },
    start(workerId, options = {}, through = (text) => text) {
      const child = program.start([through(url), workerId, JSON.stringify(options)])
      children.add(child)
      return child
    },
    async statuses() {
      const rows = await query<{ status: string; jobs: number }>(
        'select status, count(*)::int as jobs from match_jobs group by status',
      )
      return Object.fromEntries(rows.map(({ status, jobs }) => [status, jobs]))
    },
    async faults() {
      const rows = await query<{ fault: string }>(`
        select 'a job that is ' || status || ': ' || coalesce(error_code, '') as fault from match_jobs where status <> 'completed'
        union all select 'a job completed ' || count(*) || ' times' from test_effects group by job_id having count(*) <> 1
        union all select 'a job without effects' from match_jobs j
          where status = 'completed' and not exists (select from test_effects e where e.job_id = j.id)
        union all select 'a face without an embedding' from faces where embedding is null
        union all select 'a job with ' || count(*) || ' attempts that completed it' from job_attempts
          where outcome = 'completed' group by match_job_id having count(*) <> 1
        union all select 'a completed job without an attempt' from match_jobs j where status = 'completed' and not exists (
          select from job_attempts a where a.match_job_id = j.id and a.outcome = 'completed')
        union all select 'a checkpoint that is left' from job_checkpoints`)
      return rows.map(({ fault }) => fault)
    },
    async close() {
      for (const child of children) await child.kill9()
      await pool.end()
    },
  }
}

/** Past the triggers, which would take longer than the test; jobs as the trigger makes them. */
async function addPeople(
  query: JobRun['query'],
  { from, count, name }: { from: number; count: number; name: string },
): Promise<void> {
  const id = `('00000000-0000-4000-8000-' || lpad(to_hex(i), 12, '0'))::uuid`
  const series = `generate_series(${from + 1}, ${from + count}) as i`
  await query(`
    set session_replication_role = replica;
    insert into public.profiles (id, profile_type, name, school) select ${id}, 'user', 'P' || i, 'School ' || i from ${series};
    insert into public.faces (id, profile_id, image_path) select ${id}, ${id}, ${pg.escapeLiteral(name)} || i || '.jpg' from ${series};
    insert into public.match_jobs (face_id, user_id) select ${id}, ${id} from ${series};
    set session_replication_role = origin`)
}
