-- The queue at speed: what every claimed and every ended job costs.

-- Claims and ends ------------------------------------------------------------------------------------------------------

-- As functions, so that a connection plans them once and not for each batch, also behind a pooler, which knows no
-- prepared statements. Such a plan outlives what the tables were like when it was made: it is for any values, and never
-- reads a whole table or sorts one, however small that was on the first day. Called by the host alone, as service_role.
do $$
declare
  queue record;
begin
  for queue in
    select *
    from (
      values
        ('face', 'match_jobs', 'match_job_id', 'job.face_id', 'coalesce(job.job_type, ''both'')', 'true'),
        ('celebrity', 'celebrity_jobs', 'celebrity_job_id', 'job.celebrity_id', '''celebrity_match''', 'true'),
        (
          'embedding', 'embedding_jobs', 'embedding_job_id', 'coalesce(job.face_id, job.celebrity_id)', '''both''',
          'job.switch_id in (
            select s.id from public.model_switches as s where s.state = ''running'' and s.to_model = any (spaces)
          )'
        )
    ) as q (kind, jobs, key, subject, job_type, fits)
  loop
    -- Takes up to `most` jobs that are due, by priority and then oldest first, and gives them as a list. `ahead`: they
    -- wait for a place, and have not begun. `spaces`: what a worker has models for besides the active space.
    execute format(
      $function$
      create function private.claim_%1$s_jobs(
        worker text, most integer, lease_seconds float8, ahead boolean, spaces text[]
      ) returns json
      language plpgsql
      set search_path = '' set plan_cache_mode = force_generic_plan set enable_seqscan = off set enable_sort = off
      as $body$
      declare
        result json;
      begin
        with claimed as (
          update public.%2$I as job
          set status = 'processing', attempts = job.attempts + 1, worker_id = worker, completed_at = null,
            started_at = case when not ahead then now() end, lease_until = now() + make_interval(secs => lease_seconds)
          where job.id = any (array(
            select job.id
            from public.%2$I as job
            where job.status = 'pending' and job.next_attempt_at <= now() and %5$s
            order by job.priority desc, job.next_attempt_at, job.created_at
            limit most
            for update skip locked
          ))
          returning json_build_object(
            'id', job.id, 'subjectId', %3$s, 'jobType', %4$s, 'attempt', job.attempts,
            'lostWorkers', job.lost_workers, 'startStage', job.start_stage
          ) as entry
        )
        select json_agg(claimed.entry) into result from claimed;
        return coalesce(result, '[]');
      end
      $body$
      $function$,
      queue.kind, queue.jobs, queue.subject, queue.job_type, queue.fits
    );

    -- Ends attempts, each with its line in job_attempts where it had begun; gives {id: status} of those that were still
    -- their worker's. What identifies a claim beside the job's id is compared in a way that no index serves: by today's
    -- statistics any of these may look rare, and be everything tomorrow.
    execute format(
      $function$
      create function private.end_%1$s_jobs(ends text) returns json
      language plpgsql
      set search_path = '' set plan_cache_mode = force_generic_plan set enable_seqscan = off
      as $body$
      declare
        result json;
      begin
        with ending as materialized (
          select *, e.how in ('released', 'postponed') as is_back
          from jsonb_to_recordset(ends::jsonb) as e (
            id uuid, worker text, attempt integer, how text, permanent boolean, delay float8, code text, message text,
            stage text, fingerprint text, begun boolean, pack text, elapsed float8, stages jsonb, log jsonb
          )
        ), ended as (
          update public.%2$I as job
          set
            status = case
              when e.how = 'completed' then 'completed'
              when e.how = 'failed' and (e.permanent or job.attempts >= job.max_attempts) then 'failed'
              else 'pending'
            end,
            completed_at = case
              when e.how = 'completed' or (e.how = 'failed' and (e.permanent or job.attempts >= job.max_attempts))
              then now()
            end,
            next_attempt_at = case
              when e.how = 'completed' then job.next_attempt_at
              else now() + make_interval(secs => e.delay)
            end,
            attempts = job.attempts - e.is_back::integer,
            worker_id = case when not e.is_back then job.worker_id end,
            started_at = case when not e.is_back then job.started_at end,
            lost_workers = case when e.how = 'completed' then 0 else job.lost_workers end,
            -- Where nothing but a search was wanted, the next attempt wants no more.
            start_stage = case
              when e.is_back or (e.how = 'failed' and job.start_stage in ('search', 'write')) then job.start_stage
            end,
            lease_until = null,
            error_code = case when e.how = 'released' then job.error_code else e.code end,
            error_message = case when e.how = 'released' then job.error_message else e.message end,
            failed_stage = case when e.how = 'released' then job.failed_stage else e.stage end,
            fingerprint = case when e.how = 'released' then job.fingerprint else e.fingerprint end
          from ending as e
          where job.id = any (array(select ending.id from ending)) and job.id = e.id and job.attempts = e.attempt
            and job.status is not distinct from 'processing' and job.worker_id is not distinct from e.worker
          returning job.status as became, e.*
        ), told as (
          insert into public.job_attempts (
            %3$I, attempt, worker_id, pack, started_at, outcome, failed_stage, error_code, error_message, fingerprint,
            stages, log
          )
          select e.id, e.attempt, e.worker, e.pack, now() - make_interval(secs => e.elapsed / 1000),
            case when e.how = 'failed' and e.became = 'pending' then 'retrying' else e.how end,
            e.stage, e.code, e.message, e.fingerprint, e.stages, e.log
          from ended as e
          where e.begun
        )
        select json_object_agg(ended.id, ended.became) into result from ended;
        return coalesce(result, '{}');
      end
      $body$
      $function$,
      queue.kind, queue.jobs, queue.key
    );

    execute format(
      'revoke execute on function
         private.claim_%1$s_jobs(text, integer, float8, boolean, text[]), private.end_%1$s_jobs(text)
       from public, anon, authenticated', queue.kind
    );
    execute format(
      'grant execute on function
         private.claim_%1$s_jobs(text, integer, float8, boolean, text[]), private.end_%1$s_jobs(text)
       to service_role', queue.kind
    );
  end loop;
end
$$;

-- What a change of jobs sets off --------------------------------------------------------------------------------------

-- Once for all rows that a statement changed. The messages are the same as those by row (0006, 0014): none where no row
-- was changed, one for each row that was.
create function private.notify_changed_rows() returns trigger
language plpgsql set search_path = ''
as $$
begin
  if exists (select from changed) then
    perform pg_notify('semblance_changes', tg_table_name);
  end if;
  return null;
end
$$;
-- Of a row whose id was changed tells the trigger by row, which knows both. By a hash and not row by row, since a plan that
-- was made for ten rows is used for ten thousand, too.
create function private.announce_changed_rows() returns trigger
language plpgsql set search_path = '' set enable_nestloop = off
as $$
begin
  perform pg_notify(
    'semblance_rows',
    json_build_object('table', tg_table_name, 'type', tg_op, 'keys', json_build_object('id', changed.id))::text
  )
  from changed
  where changed.id in (select id from unchanged);
  return null;
end
$$;
revoke execute on function private.notify_changed_rows(), private.announce_changed_rows()
from public, anon, authenticated;

do $$
declare
  queue text;
begin
  foreach queue in array array['match_jobs', 'celebrity_jobs', 'embedding_jobs'] loop
    execute format(
      'create or replace trigger notify_change after insert or delete on public.%I
       for each row execute function private.notify_change()', queue
    );
    execute format(
      'create trigger notify_change_update after update on public.%I
       referencing new table as changed
       for each statement execute function private.notify_changed_rows()', queue
    );
  end loop;
  -- Not there where Supabase's own Realtime reads the log.
  if exists (
    select from pg_catalog.pg_trigger
    where tgrelid = 'public.match_jobs'::regclass and tgname = 'announce_row'
  ) then
    create or replace trigger announce_row after insert or delete or update of id on public.match_jobs
      for each row execute function private.announce_row();
    create trigger announce_row_update after update on public.match_jobs
      referencing old table as unchanged new table as changed
      for each statement execute function private.announce_changed_rows();
  end if;
end
$$;

-- The same as before (0020), for all jobs at once that have ended.
create or replace function private.replace_failed_default_face() returns trigger
language plpgsql security definer set search_path = '' set enable_seqscan = off
as $$
begin
  -- Mostly there is nothing to replace, and a job's end should not look for another photo to find that out.
  if not exists (
    select
    from changed
    join public.profiles as p on p.id = changed.user_id
    join public.faces as f on f.id = p.default_face_id
    where changed.status in ('completed', 'failed') and f.embedding is null
  ) then
    return null;
  end if;
  update public.profiles
  set default_face_id = newest.id
  from (
    select distinct on (p.id) p.id as profile_id, failed.id as failed_id, f.id
    from changed
    join public.profiles as p on p.id = changed.user_id
    join public.faces as failed on failed.id = p.default_face_id and failed.embedding is null
    join public.faces as f on f.profile_id = p.id and f.embedding is not null
    where changed.status in ('completed', 'failed')
      and not exists (
        select from public.match_jobs as j where j.face_id = failed.id and j.status in ('pending', 'processing')
      )
    order by p.id, f.created_at desc, f.id desc
  ) as newest
  where profiles.id = newest.profile_id and profiles.default_face_id = newest.failed_id;
  return null;
end
$$;
drop trigger if exists replace_failed_default_face on public.match_jobs;
create trigger replace_failed_default_face after update on public.match_jobs
  referencing new table as changed
  for each statement execute function private.replace_failed_default_face();

-- Where jobs lie ------------------------------------------------------------------------------------------------------

-- Jobs under a lease are few, and found by their status. Without this index the begin of a job and a heartbeat touch no
-- index at all, where a page has room for the new version of a row.
drop index if exists public.idx_match_jobs_lease, public.idx_celebrity_jobs_lease, public.idx_embedding_jobs_lease;
alter table public.match_jobs
  set (fillfactor = 85, autovacuum_vacuum_scale_factor = 0.05, autovacuum_analyze_scale_factor = 0.05);
alter table public.celebrity_jobs
  set (fillfactor = 85, autovacuum_vacuum_scale_factor = 0.05, autovacuum_analyze_scale_factor = 0.05);
alter table public.embedding_jobs
  set (fillfactor = 85, autovacuum_vacuum_scale_factor = 0.05, autovacuum_analyze_scale_factor = 0.05);
