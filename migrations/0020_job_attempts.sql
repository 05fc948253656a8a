-- Any number of machines share the queue: each says that it is there, and each attempt at a job says how far it came.

create table public.workers (
  id text primary key,
  host_name text not null,
  process_id integer,
  version text not null,
  pack text,
  embedding_model text,
  provider text,
  concurrency integer not null default 1,
  -- Median of the last photos.
  photo_ms float8,
  memory_bytes bigint,
  -- The worker's clock less the database's.
  clock_offset_ms float8,
  state text not null default 'starting'
    check (state in ('starting', 'idle', 'busy', 'waiting', 'paused', 'draining', 'stopped')),
  state_reason text,
  -- What somebody asked of it; the worker clears it when it has obeyed.
  instruction text check (instruction in ('pause', 'resume', 'drain', 'stop')),
  instructed_by uuid references public.profiles (id) on delete set null,
  instructed_at timestamptz,
  started_at timestamptz not null default now(),
  last_beat_at timestamptz not null default now()
);
comment on table public.workers is 'The machines that work on the queue. Times are the database''s.';
create index idx_workers_instructed_by on public.workers (instructed_by);

alter table public.workers enable row level security;
revoke all on public.workers from anon, authenticated;
grant all on public.workers to service_role;
grant select, delete on public.workers to authenticated;
grant update (instruction, instructed_by, instructed_at) on public.workers to authenticated;
create policy workers_select on public.workers for select to authenticated
  using ((select private.current_staff_role()) is not null);
create policy workers_update on public.workers for update to authenticated
  using ((select private.current_staff_role()) in ('curator', 'admin'))
  with check ((select private.current_staff_role()) in ('curator', 'admin'));
create policy workers_delete on public.workers for delete to authenticated
  using ((select private.current_staff_role()) = 'admin' and state = 'stopped');

-- fingerprint: equal for failures of the same stage, reason and normalised message. dismissed_at: a person has seen the
-- failure and wants no retry. A cancelled job is failed with error_code 'cancelled', since other clients know four statuses.
-- lost_workers: so many were lost with it since a person last started it. start_stage: where a person wants it to start.
alter table public.match_jobs
  add column priority smallint not null default 0,
  add column failed_stage text,
  add column fingerprint text,
  add column dismissed_at timestamptz,
  add column lost_workers smallint not null default 0,
  add column start_stage text;
alter table public.celebrity_jobs
  add column priority smallint not null default 0,
  add column failed_stage text,
  add column fingerprint text,
  add column dismissed_at timestamptz,
  add column lost_workers smallint not null default 0,
  add column start_stage text;

-- What is claimed next: the highest priority, and of these the one that is due longest. Takes the place of the index by
-- due time alone, and each index costs every change of a job's status.
create index idx_match_jobs_next on public.match_jobs (priority desc, next_attempt_at, created_at)
  where status = 'pending';
create index idx_celebrity_jobs_next on public.celebrity_jobs (priority desc, next_attempt_at, created_at)
  where status = 'pending';
drop index public.idx_match_jobs_due, public.idx_celebrity_jobs_due;

create table public.job_attempts (
  id bigint generated always as identity primary key,
  match_job_id uuid references public.match_jobs (id) on delete cascade,
  celebrity_job_id uuid references public.celebrity_jobs (id) on delete cascade,
  attempt integer not null,
  worker_id text,
  pack text,
  started_at timestamptz not null,
  ended_at timestamptz not null default now(),
  outcome text not null
    check (outcome in ('completed', 'failed', 'retrying', 'postponed', 'released', 'worker_lost', 'cancelled')),
  failed_stage text,
  error_code text,
  error_message text,
  fingerprint text,
  -- {stage: milliseconds} in the order they were passed.
  stages jsonb not null default '{}',
  -- [{at, level, message}], at most some dozens.
  log jsonb not null default '[]',
  constraint job_attempts_one_job check (num_nonnulls(match_job_id, celebrity_job_id) = 1)
);
create index idx_job_attempts_match_job on public.job_attempts (match_job_id) where match_job_id is not null;
create index idx_job_attempts_celebrity_job on public.job_attempts (celebrity_job_id) where celebrity_job_id is not null;
create index idx_job_attempts_ended_at on public.job_attempts (ended_at);

alter table public.job_attempts enable row level security;
revoke all on public.job_attempts from anon, authenticated;
grant all on public.job_attempts to service_role;
grant select on public.job_attempts to authenticated;
create policy job_attempts_select on public.job_attempts for select to authenticated
  using ((select private.current_staff_role()) is not null);

create or replace view public.jobs with (security_invoker = true) as
select
  id, 'face' as kind, face_id as subject_id, user_id as owner_id, status, job_type, attempts, max_attempts,
  error_code, error_message, created_at, started_at, completed_at, next_attempt_at, lease_until, worker_id,
  priority, failed_stage, fingerprint, dismissed_at
from public.match_jobs
union all
select
  id, 'celebrity', celebrity_id, null, status, 'celebrity_match', attempts, max_attempts,
  error_code, error_message, created_at, started_at, completed_at, next_attempt_at, lease_until, worker_id,
  priority, failed_stage, fingerprint, dismissed_at
from public.celebrity_jobs;

create trigger notify_change after insert or update of state, instruction or delete on public.workers
  for each row execute function private.notify_change();

-- What an attempt found out before it broke off, so that the next one need not find it out again. It is as private as the
-- faces are, goes with its job (and so with the photo), and is removed when the job has succeeded.
create table public.job_checkpoints (
  id bigint generated always as identity primary key,
  match_job_id uuid unique references public.match_jobs (id) on delete cascade,
  celebrity_job_id uuid unique references public.celebrity_jobs (id) on delete cascade,
  image_path text not null,
  image_hash text not null,
  embedding_model text not null,
  thumbnail_path text,
  view_path text,
  -- An ImageAnalysis (core/model/face.ts) without its images.
  analysis jsonb not null,
  created_at timestamptz not null default now(),
  constraint job_checkpoints_one_job check (num_nonnulls(match_job_id, celebrity_job_id) = 1)
);
comment on table public.job_checkpoints is 'Analyses whose search or writing is yet to succeed.';
alter table public.job_checkpoints enable row level security;
revoke all on public.job_checkpoints from anon, authenticated;
grant all on public.job_checkpoints to service_role;

-- One more setting, added to what the function says now: other migrations add theirs.
do $$
declare
  definition constant text := pg_catalog.pg_get_functiondef('private.setting_fault(text, jsonb)'::regprocedure);
  ending constant text := E'    else\n      return null;\n  end case;';
begin
  if position(ending in definition) = 0 then
    raise exception 'private.setting_fault ends in another way than this migration expects.';
  end if;
  execute replace(
    definition,
    ending,
    $part$    when setting = 'foreign_job_stale_minutes' then
      if not private.is_number_between(value, 0, 525600) or (value #>> '{}')::numeric % 1 <> 0 then
        return 'a whole number of minutes from 0 to 525600; 0 for never.';
      end if;
$part$ || ending
  );
end
$$;
insert into public.system_settings (key, value, description) values
  (
    'foreign_job_stale_minutes',
    '0',
    'Minutes after which a job that another client''s worker began, without a lease, is taken over; 0 for never.'
  )
on conflict (key) do nothing;

-- What every change of a job costs ------------------------------------------------------------------------------------

-- The same as before (0003), asked first whether there is anything to replace: mostly there is not, and a job's end
-- should not look for another photo to find that out.
create or replace function private.replace_failed_default_face() returns trigger
language plpgsql security definer set search_path = ''
as $$
declare
  failed_face constant uuid := (
    select f.id
    from public.profiles p
    join public.faces f on f.id = p.default_face_id
    where p.id = new.user_id and f.embedding is null
  );
begin
  if failed_face is null or exists (
    select from public.match_jobs j where j.face_id = failed_face and j.status in ('pending', 'processing')
  ) then
    return new;
  end if;
  update public.profiles
  set default_face_id = newest.id
  from (
    select id
    from public.faces
    where profile_id = new.user_id and embedding is not null
    order by created_at desc, id desc
    limit 1
  ) as newest
  where profiles.id = new.user_id and profiles.default_face_id = failed_face;
  return new;
end
$$;

-- The same as before (0009), for statements only that name one of the columns.
create or replace trigger keep_columns before update of id, face_id, user_id, created_at on public.match_jobs
  for each row execute function private.keep_columns('id', 'face_id', 'user_id', 'created_at');
create or replace trigger keep_columns before update of id, celebrity_id, created_at on public.celebrity_jobs
  for each row execute function private.keep_columns('id', 'celebrity_id', 'created_at');
