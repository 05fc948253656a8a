-- The monitor of the queues: what its figures are read from, and what happened minute by minute.

-- Whoever may see every job: staff, and the host. Asked of the role that was set, or who has logged in where none was,
-- since this runs as its owner.
create function private.watches_jobs() returns boolean
language sql stable security definer set search_path = ''
as $$
  select case current_setting('role')
    when 'service_role' then true
    when 'none' then pg_has_role(session_user, 'service_role', 'member')
    else private.current_staff_role() is not null
  end
$$;
revoke execute on function private.watches_jobs() from public, anon;
grant execute on function private.watches_jobs() to authenticated, service_role;

-- All queues as staff see them. The rule is asked once and not of each row, so that figures come from indexes alone:
-- the policy of match_jobs reads every row for a person's own jobs, which costs several times as much.
-- It stands outside of the union, since members with conditions of their own could not be merged in the order of an index.
create view private.staff_jobs as
select *
from (
  select
    id, 'face' as kind, face_id as subject_id, user_id as owner_id, status, job_type, attempts, max_attempts,
    created_at, started_at, completed_at, next_attempt_at, lease_until, worker_id, priority, error_code,
    error_message, failed_stage, fingerprint, dismissed_at
  from public.match_jobs
  union all
  select
    id, 'celebrity', celebrity_id, null, status, 'celebrity_match', attempts, max_attempts,
    created_at, started_at, completed_at, next_attempt_at, lease_until, worker_id, priority, error_code,
    error_message, failed_stage, fingerprint, dismissed_at
  from public.celebrity_jobs
  union all
  select
    id, 'embedding', coalesce(face_id, celebrity_id), owner_id, status, 'embedding', attempts, max_attempts,
    created_at, started_at, completed_at, next_attempt_at, lease_until, worker_id, priority, error_code,
    error_message, failed_stage, fingerprint, dismissed_at
  from public.embedding_jobs
) as all_jobs
where (select private.watches_jobs());
comment on view private.staff_jobs is 'All queues, for staff and the host alone; no API shows it.';
revoke all on private.staff_jobs from public, anon, authenticated;
grant select on private.staff_jobs to authenticated, service_role;

-- Failures of other clients' workers have no fingerprint of their own.
create function private.describe_failure(code text, message text) returns text
language sql immutable parallel safe set search_path = ''
as $$
  select 'text-' || left(md5(coalesce(code, '') || E'\n' || regexp_replace(
    lower(left(coalesce(message, ''), 1000)), '[0-9a-f]{8}-[0-9a-f-]{27}|[0-9a-f]{8,}|[0-9]+', '#', 'g'
  )), 16)
$$;
create function private.mark_failure() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  new.fingerprint := private.describe_failure(new.error_code, new.error_message);
  return new;
end
$$;
revoke execute on function private.describe_failure(text, text), private.mark_failure()
from public, anon, authenticated;

do $$
declare
  queue text;
begin
  foreach queue in array array['match_jobs', 'celebrity_jobs', 'embedding_jobs'] loop
    execute format(
      'update public.%I set fingerprint = private.describe_failure(error_code, error_message)
       where status = ''failed'' and fingerprint is null', queue
    );
    execute format(
      'create trigger mark_failure before insert or update of status on public.%I for each row
       when (new.status = ''failed'' and new.fingerprint is null) execute function private.mark_failure()', queue
    );
    -- What ended when; failures by their fingerprint and by their reason; what a worker has had.
    execute format(
      'create index idx_%1$s_completed_at on public.%1$I (completed_at, status) where completed_at is not null', queue
    );
    execute format(
      'create index idx_%1$s_failures on public.%1$I (fingerprint, completed_at, dismissed_at)
       where status = ''failed''', queue
    );
    execute format(
      'create index idx_%1$s_error_code on public.%1$I (error_code, created_at desc, id desc)
       where error_code is not null', queue
    );
    execute format(
      'create index idx_%1$s_worker_id on public.%1$I (worker_id, created_at desc, id desc)
       where worker_id is not null', queue
    );
  end loop;
end
$$;

-- How many jobs ended in a minute or an hour and how long they had waited and run, kept so that a month can be shown
-- without reading a million rows. Times are in bins of ratio 2^(1/8): bin b holds milliseconds from 2^(b/8).
create table private.job_rollups (
  width_seconds integer not null check (width_seconds in (60, 3600)),
  at timestamptz not null,
  completed integer not null,
  failed integer not null,
  -- {bin: jobs}
  wait jsonb not null,
  run jsonb not null,
  primary key (width_seconds, at)
);
-- Until when they are made.
create table private.job_rollup_marks (
  width_seconds integer primary key check (width_seconds in (60, 3600)),
  until timestamptz not null
);
alter table private.job_rollups enable row level security;
alter table private.job_rollup_marks enable row level security;
revoke all on private.job_rollups, private.job_rollup_marks from public, anon, authenticated;

-- Jobs that ended in a span, by bins of a width, as their rows say. A job waits from when it was created, or was due
-- again, until it is started.
create function private.count_ended_jobs(since timestamptz, till timestamptz, width integer)
returns table (at timestamptz, completed integer, failed integer, wait jsonb, run jsonb)
language sql stable security definer set search_path = ''
as $$
  with ended as materialized (
    select
      date_bin(make_interval(secs => width), j.completed_at, timestamptz '2000-01-01 00:00:00+00') as at, j.status,
      floor(8 * ln(greatest(1, 1000 * extract(epoch from j.started_at - case
        when j.next_attempt_at > j.created_at and j.next_attempt_at <= j.started_at then j.next_attempt_at
        else j.created_at
      end)::float8)) / ln(2::float8))::integer as waited,
      floor(8 * ln(greatest(1, 1000 * extract(epoch from j.completed_at - j.started_at)::float8)) / ln(2::float8))::integer
        as ran
    from private.staff_jobs as j
    where j.completed_at >= since and j.completed_at < till and j.status in ('completed', 'failed')
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

-- Rolls up what is over, half a day at most; gives how many minutes that were, 0 where all is done or another does it.
-- A minute is left two more, for those who are yet to commit.
create function private.roll_up_jobs() returns integer
language plpgsql security definer set search_path = ''
as $$
declare
  hour constant interval := interval '1 hour';
  origin constant timestamptz := timestamptz '2000-01-01 00:00:00+00';
  since timestamptz;
  till timestamptz := date_bin(interval '1 minute', now() - interval '2 minutes', origin);
  hour_since timestamptz;
  hour_till timestamptz;
begin
  if not private.watches_jobs() then
    raise exception 'Only staff and the host roll up jobs.' using errcode = 'insufficient_privilege';
  end if;
  if not pg_try_advisory_xact_lock(hashtext('semblance.job_rollups')) then
    return 0;
  end if;
  select m.until into since from private.job_rollup_marks as m where m.width_seconds = 60;
  if since is null then
    select date_bin(
      hour,
      case when min(e.first) is null then till else greatest(min(e.first), now() - interval '31 days') end,
      origin
    )
    into since
    from (
      select min(completed_at) as first from public.match_jobs where completed_at is not null
      union all select min(completed_at) from public.celebrity_jobs where completed_at is not null
      union all select min(completed_at) from public.embedding_jobs where completed_at is not null
    ) as e;
  end if;
  till := least(till, since + interval '12 hours');
  if till <= since then
    return 0;
  end if;
  insert into private.job_rollups (width_seconds, at, completed, failed, wait, run)
  select 60, c.at, c.completed, c.failed, c.wait, c.run from private.count_ended_jobs(since, till, 60) as c
  on conflict do nothing;
  insert into private.job_rollup_marks (width_seconds, until) values (60, till)
  on conflict (width_seconds) do update set until = excluded.until;

  select m.until into hour_since from private.job_rollup_marks as m where m.width_seconds = 3600;
  hour_since := coalesce(hour_since, date_bin(hour, since, origin));
  hour_till := date_bin(hour, till, origin);
  if hour_till > hour_since then
    insert into private.job_rollups (width_seconds, at, completed, failed, wait, run)
    select
      3600, h.at, h.completed, h.failed,
      coalesce((select jsonb_object_agg(b.bin, b.jobs) from (
        select t.key as bin, sum(t.value::integer) as jobs
        from private.job_rollups as m cross join lateral jsonb_each_text(m.wait) as t
        where m.width_seconds = 60 and m.at >= h.at and m.at < h.at + hour
        group by 1
      ) as b), '{}'),
      coalesce((select jsonb_object_agg(b.bin, b.jobs) from (
        select t.key as bin, sum(t.value::integer) as jobs
        from private.job_rollups as m cross join lateral jsonb_each_text(m.run) as t
        where m.width_seconds = 60 and m.at >= h.at and m.at < h.at + hour
        group by 1
      ) as b), '{}')
    from (
      select date_bin(hour, r.at, origin) as at, sum(r.completed)::integer as completed, sum(r.failed)::integer as failed
      from private.job_rollups as r
      where r.width_seconds = 60 and r.at >= hour_since and r.at < hour_till
      group by 1
    ) as h
    on conflict do nothing;
    insert into private.job_rollup_marks (width_seconds, until) values (3600, hour_till)
    on conflict (width_seconds) do update set until = excluded.until;
    delete from private.job_rollups
    where (width_seconds = 60 and at < least(hour_since, now() - interval '3 days'))
      or (width_seconds = 3600 and at < now() - interval '400 days');
  end if;
  return extract(epoch from till - since) / 60;
end
$$;

-- Parts of a span for a chart: hours or minutes that are rolled up, then minutes, then what the rows say. Parts may be
-- narrower than the width, and are to be put together by whoever asks.
create function private.job_parts(since timestamptz, width integer)
returns table (at timestamptz, completed integer, failed integer, wait jsonb, run jsonb)
language plpgsql stable security definer set search_path = ''
as $$
declare
  hours_until timestamptz;
  minutes_until timestamptz;
begin
  if not private.watches_jobs() then
    raise exception 'Only staff and the host see all jobs.' using errcode = 'insufficient_privilege';
  end if;
  if width < 60 then
    return query select * from private.count_ended_jobs(since, 'infinity', width);
    return;
  end if;
  select max(m.until) filter (where m.width_seconds = 3600), max(m.until) filter (where m.width_seconds = 60)
  into hours_until, minutes_until
  from private.job_rollup_marks as m;
  minutes_until := greatest(since, minutes_until);
  hours_until := case when width >= 3600 then greatest(since, hours_until) else since end;
  return query
    select r.at, r.completed, r.failed, r.wait, r.run
    from private.job_rollups as r
    where r.width_seconds = 3600 and r.at >= since and r.at < hours_until
    union all
    select r.at, r.completed, r.failed, r.wait, r.run
    from private.job_rollups as r
    where r.width_seconds = 60 and r.at >= hours_until and r.at < minutes_until
    union all
    select c.at, c.completed, c.failed, c.wait, c.run
    from private.count_ended_jobs(minutes_until, 'infinity', 60) as c;
end
$$;

-- When the analysis that a job could go on from was kept; null where it has none.
create function private.job_checkpoint(job uuid) returns timestamptz
language sql stable security definer set search_path = ''
as $$
  select c.created_at
  from public.job_checkpoints as c
  where job in (c.match_job_id, c.celebrity_job_id) and private.watches_jobs()
$$;

revoke execute on function
  private.count_ended_jobs(timestamptz, timestamptz, integer), private.roll_up_jobs(),
  private.job_parts(timestamptz, integer), private.job_checkpoint(uuid)
from public, anon, authenticated;
grant execute on function private.job_parts(timestamptz, integer), private.job_checkpoint(uuid)
  to authenticated, service_role;
grant execute on function private.roll_up_jobs() to service_role;

-- A worker that went silent can be forgotten as well as one that has stopped.
alter policy workers_delete on public.workers
  using (
    (select private.current_staff_role()) = 'admin'
    and (state = 'stopped' or last_beat_at < now() - interval '2 minutes')
  );
