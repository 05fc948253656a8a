-- The queue at speed, further: claims and ends, what every change of a job sets off, and the indexes that it writes to.

-- Claims and ends ------------------------------------------------------------------------------------------------------

-- Both in one statement, since a plan's start, its checks and triggers cost nearly the same for twenty rows as for ten.
-- In place of the functions of 0033, which stay for workers that are yet to be updated and know no further photos; what is
-- said there of plans holds here: for any values, by index, each job by its id.
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
          '(job.switch_id is null or job.switch_id in (
            select s.id from public.model_switches as s where s.state = ''running'' and s.to_model = any (spaces)
          ))'
        )
    ) as q (kind, jobs, key, subject, job_type, fits)
  loop
    -- Ends attempts of a worker that are still its own, each with its line in job_attempts where it had begun (where it
    -- says how long it took), and takes up to `most` jobs that are due, by priority and then oldest first. `ahead`: they
    -- wait for a place, and have not begun. `spaces`: what a worker has models for besides the active space.
    -- Gives JSON, {ended: {id: status}, claimed: [job]}, as text: whatever builds JSON looks its types up for each row.
    execute format(
      $function$
      create function private.exchange_%1$s_jobs(
        ends text, worker text, most integer, lease_seconds float8, ahead boolean, spaces text[]
      ) returns text
      language plpgsql
      set search_path = '' set plan_cache_mode = force_generic_plan
      set enable_seqscan = off set enable_sort = off set enable_hashjoin = off set enable_mergejoin = off
      as $body$
      declare
        result text;
      begin
        with due as materialized (
          select job.id
          from public.%2$I as job
          where job.status = 'pending' and job.next_attempt_at <= now() and %6$s
          order by job.priority desc, job.next_attempt_at, job.created_at
          limit most
          for update skip locked
        ), step as materialized (
          select e.id, e.attempt, coalesce(e.how, 'completed') as how, coalesce(e.permanent, false) as permanent,
            e.delay, e.code, e.message, e.stage, e.fingerprint, e.pack, e.elapsed, e.stages, coalesce(e.log, '[]') as log,
            false as is_new, coalesce(e.how in ('released', 'postponed'), false) as is_back
          from jsonb_to_recordset(ends::jsonb) as e (
            id uuid, attempt integer, how text, permanent boolean, delay float8, code text, message text, stage text,
            fingerprint text, pack text, elapsed float8, stages jsonb, log jsonb
          )
          union all
          select due.id, null, 'claimed', false, null, null, null, null, null, null, null, null, null, true, false
          from due
        ), done as (
          update public.%2$I as job
          set
            status = case
              when s.is_new then 'processing'
              when s.how = 'completed' then 'completed'
              when s.how = 'failed' and (s.permanent or job.attempts >= job.max_attempts) then 'failed'
              else 'pending'
            end,
            completed_at = case
              when s.how = 'completed' or (s.how = 'failed' and (s.permanent or job.attempts >= job.max_attempts))
              then now()
            end,
            next_attempt_at = case
              when s.is_new or s.how = 'completed' then job.next_attempt_at
              else now() + make_interval(secs => s.delay)
            end,
            attempts = job.attempts + s.is_new::integer - s.is_back::integer,
            worker_id = case when not s.is_back then worker end,
            started_at = case
              when s.is_new then case when not ahead then now() end
              when not s.is_back then job.started_at
            end,
            lost_workers = case when s.how = 'completed' then 0 else job.lost_workers end,
            -- Where nothing but a search was wanted, the next attempt wants no more.
            start_stage = case
              when s.is_new or s.is_back or (s.how = 'failed' and job.start_stage in ('search', 'write'))
              then job.start_stage
            end,
            lease_until = case when s.is_new then now() + make_interval(secs => lease_seconds) end,
            error_code = case when s.how in ('claimed', 'released') then job.error_code else s.code end,
            error_message = case when s.how in ('claimed', 'released') then job.error_message else s.message end,
            failed_stage = case when s.how in ('claimed', 'released') then job.failed_stage else s.stage end,
            fingerprint = case when s.how in ('claimed', 'released') then job.fingerprint else s.fingerprint end
          from step as s
          where job.id = s.id and (
            s.is_new or (
              job.attempts = s.attempt and job.status is not distinct from 'processing'
              and job.worker_id is not distinct from worker
            )
          )
          returning s.*, job.status as became, job.attempts, job.lost_workers, job.start_stage, %4$s as subject,
            %5$s as job_type
        ), told as (
          insert into public.job_attempts (
            %3$I, attempt, worker_id, pack, started_at, outcome, failed_stage, error_code, error_message, fingerprint,
            stages, log
          )
          select d.id, d.attempt, worker, d.pack, now() - make_interval(secs => d.elapsed / 1000),
            case when d.how = 'failed' and d.became = 'pending' then 'retrying' else d.how end,
            d.stage, d.code, d.message, d.fingerprint, d.stages, d.log
          from done as d
          where d.elapsed is not null
        )
        select '{"ended":{'
          || coalesce(string_agg('"' || d.id || '":"' || d.became || '"', ',') filter (where not d.is_new), '')
          || '},"claimed":['
          || coalesce(string_agg(
            '{"id":"' || d.id || '","subjectId":"' || d.subject || '","jobType":"' || d.job_type || '","attempt":'
              || d.attempts || ',"lostWorkers":' || d.lost_workers || ',"startStage":'
              || coalesce(to_json(d.start_stage)::text, 'null') || '}', ','
          ) filter (where d.is_new), '')
          || ']}'
        into result
        from done as d;
        return result;
      end
      $body$
      $function$,
      queue.kind, queue.jobs, queue.key, queue.subject, queue.job_type, queue.fits
    );
    execute format(
      'revoke execute on function private.exchange_%1$s_jobs(text, text, integer, float8, boolean, text[])
       from public, anon, authenticated', queue.kind
    );
    execute format(
      'grant execute on function private.exchange_%1$s_jobs(text, text, integer, float8, boolean, text[])
       to service_role', queue.kind
    );
  end loop;
end
$$;

-- What a change of jobs sets off --------------------------------------------------------------------------------------

-- Tells of each row (0014) and once of the table (0006), in one go. As text, since a builder of JSON looks its types up
-- again for each row: to the letter what that would write, so that PostgreSQL delivers it once where the trigger by row
-- says the same. Names of tables and ids need no escaping. Of a row whose id was changed that one tells as well, by both.
create or replace function private.announce_changed_rows() returns trigger
language plpgsql set search_path = ''
as $$
begin
  perform pg_notify(
    'semblance_rows',
    '{"table" : "' || tg_table_name || '", "type" : "' || tg_op || '", "keys" : {"id" : "' || changed.id || '"}}'
  )
  from changed;
  if found then
    perform pg_notify('semblance_changes', tg_table_name);
  end if;
  return null;
end
$$;
do $$
begin
  -- Not there where Supabase's own Realtime reads the log.
  if exists (
    select from pg_catalog.pg_trigger
    where tgrelid = 'public.match_jobs'::regclass and tgname = 'announce_row_update'
  ) then
    drop trigger announce_row_update on public.match_jobs;
    create or replace trigger notify_change_update after update on public.match_jobs
      referencing new table as changed
      for each statement execute function private.announce_changed_rows();
  end if;
end
$$;

-- A trigger before the update of a row has every row locked once more, whether it has anything to do or not. These do the
-- same as before (0009, 0025) once the row is written.
create function private.mark_failed_row() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  execute format(
    'update public.%I set fingerprint = private.describe_failure(error_code, error_message)
     where id = $1 and status = ''failed'' and fingerprint is null', tg_table_name
  ) using new.id;
  return null;
end
$$;
revoke execute on function private.mark_failed_row() from public, anon, authenticated;

-- By its name before the foreign keys' own, so that a change is refused as such whatever it points to.
drop trigger if exists keep_columns on public.match_jobs;
drop trigger if exists keep_columns on public.celebrity_jobs;
create trigger "A_keep_columns" after update of id, face_id, user_id, created_at on public.match_jobs
  for each row execute function private.keep_columns('id', 'face_id', 'user_id', 'created_at');
create trigger "A_keep_columns" after update of id, celebrity_id, created_at on public.celebrity_jobs
  for each row execute function private.keep_columns('id', 'celebrity_id', 'created_at');

-- Charts -------------------------------------------------------------------------------------------------------------

-- As in 0025, but what was never begun has waited and run for no time that could be told (`greatest` leaves nulls out),
-- and what somebody cancelled has not failed.
create or replace function private.count_ended_jobs(since timestamptz, till timestamptz, width integer)
returns table (at timestamptz, completed integer, failed integer, wait jsonb, run jsonb)
language sql stable security definer set search_path = ''
as $$
  with ended as materialized (
    select
      date_bin(make_interval(secs => width), j.completed_at, timestamptz '2000-01-01 00:00:00+00') as at, j.status,
      case when j.started_at is not null then
        floor(8 * ln(greatest(1, 1000 * extract(epoch from j.started_at - case
          when j.next_attempt_at > j.created_at and j.next_attempt_at <= j.started_at then j.next_attempt_at
          else j.created_at
        end)::float8)) / ln(2::float8))::integer
      end as waited,
      case when j.started_at is not null then
        floor(8 * ln(greatest(1, 1000 * extract(epoch from j.completed_at - j.started_at)::float8)) / ln(2::float8))::integer
      end as ran
    from private.staff_jobs as j
    where j.completed_at >= since and j.completed_at < till and j.status in ('completed', 'failed')
      and (j.status = 'completed' or j.error_code is distinct from 'cancelled')
  ),
  times as (
    select t.at, t.what, jsonb_object_agg(t.bin, t.jobs) as bins
    from (
      select e.at, w.what, w.bin, count(*) as jobs
      from ended as e cross join lateral (values ('wait', e.waited), ('run', e.ran)) as w (what, bin)
      where w.bin is not null
      group by 1, 2, 3
    ) as t
    group by 1, 2
  )
  select
    e.at, (count(*) filter (where e.status = 'completed'))::integer, (count(*) filter (where e.status = 'failed'))::integer,
    coalesce((select t.bins from times as t where t.at = e.at and t.what = 'wait'), '{}'),
    coalesce((select t.bins from times as t where t.at = e.at and t.what = 'run'), '{}')
  from ended as e
  group by e.at
$$;

-- Where jobs lie ------------------------------------------------------------------------------------------------------

-- Each claim and each end writes a line into every index of the table. By age jobs are found status by status, in the
-- index by status and age; by worker, those that a worker has now, which are few, by their status.
do $$
declare
  queue text;
begin
  foreach queue in array array['match_jobs', 'celebrity_jobs', 'embedding_jobs'] loop
    execute format(
      'create or replace trigger mark_failure before insert on public.%I for each row
       when (new.status = ''failed'' and new.fingerprint is null) execute function private.mark_failure()', queue
    );
    execute format(
      'create trigger mark_failed_row after update of status on public.%I for each row
       when (new.status = ''failed'' and new.fingerprint is null) execute function private.mark_failed_row()', queue
    );
    execute format('drop index if exists public.idx_%1$s_created_at, public.idx_%1$s_worker_id', queue);
    execute format(
      'create index idx_%1$s_worked_on on public.%1$I (worker_id, created_at desc, id desc)
       where worker_id is not null and status <> ''processing''', queue
    );
  end loop;
end
$$;
