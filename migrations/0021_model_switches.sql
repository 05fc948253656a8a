-- One embedding space at a time (docs/faces.md, "Changing the pack"): which it is, and the way from one to another.

-- The space that searches happen in: what it says is what workers may write. Empty until the first photo is analysed.
create table public.active_model (
  id integer primary key default 1 check (id = 1),
  pack text not null,
  embedding_model text not null,
  since timestamptz not null default now()
);
comment on table public.active_model is 'One row: the pack and the space of the embeddings that are searched.';

create table public.model_switches (
  id uuid primary key default gen_random_uuid(),
  state text not null default 'running' check (state in ('running', 'paused', 'completed', 'cancelled')),
  from_pack text,
  from_model text,
  to_pack text not null,
  to_model text not null,
  -- What the plan said.
  planned_faces integer not null default 0,
  planned_celebrities integer not null default 0,
  -- What came of it; null until then.
  switched_faces integer,
  switched_celebrities integer,
  left_out integer,
  rescored integer,
  -- Jobs of match_jobs that were queued at ended_at, one for each face, to search anew.
  searches integer,
  started_by uuid references public.profiles (id) on delete set null,
  started_at timestamptz not null default now(),
  paused_at timestamptz,
  ended_by uuid references public.profiles (id) on delete set null,
  ended_at timestamptz
);
comment on table public.model_switches is 'Planned re-embeddings: one at a time is open, the others are history.';
create unique index ux_model_switches_open on public.model_switches ((true)) where state in ('running', 'paused');
create index idx_model_switches_started_at on public.model_switches (started_at desc);
create index idx_model_switches_started_by on public.model_switches (started_by);
create index idx_model_switches_ended_by on public.model_switches (ended_by);

-- What the new pack says of a photo, until all are there. Goes with the face or the celebrity.
create table public.staged_analyses (
  id uuid primary key default gen_random_uuid(),
  switch_id uuid not null references public.model_switches (id) on delete cascade,
  face_id uuid references public.faces (id) on delete cascade,
  celebrity_id uuid references public.celebrities (id) on delete cascade,
  -- The photo that was analysed: where the row has another by now, this counts for nothing.
  image_path text not null,
  embedding extensions.vector(512) not null,
  -- The other columns of an analysis, by their names.
  analysis jsonb not null,
  staged_at timestamptz not null default now(),
  constraint staged_analyses_one_subject check (num_nonnulls(face_id, celebrity_id) = 1)
);
alter table public.staged_analyses alter column embedding set storage external;
create unique index ux_staged_analyses_face on public.staged_analyses (switch_id, face_id);
create unique index ux_staged_analyses_celebrity on public.staged_analyses (switch_id, celebrity_id);
create index idx_staged_analyses_face_id on public.staged_analyses (face_id);
create index idx_staged_analyses_celebrity_id on public.staged_analyses (celebrity_id);
create index idx_staged_analyses_staged_at on public.staged_analyses (switch_id, staged_at);

-- The queue of a re-embedding, beside those of new photos and of the shape of theirs.
create table public.embedding_jobs (
  id uuid primary key default gen_random_uuid(),
  switch_id uuid not null references public.model_switches (id) on delete cascade,
  face_id uuid references public.faces (id) on delete cascade,
  celebrity_id uuid references public.celebrities (id) on delete cascade,
  -- The person whose face it is.
  owner_id uuid,
  status text not null default 'pending' check (status in ('pending', 'processing', 'completed', 'failed')),
  attempts integer not null default 0,
  max_attempts integer not null default 3,
  error_code text,
  error_message text,
  worker_id text,
  lease_until timestamptz,
  next_attempt_at timestamptz not null default now(),
  created_at timestamptz not null default now(),
  started_at timestamptz,
  completed_at timestamptz,
  priority smallint not null default 0,
  failed_stage text,
  fingerprint text,
  dismissed_at timestamptz,
  lost_workers smallint not null default 0,
  start_stage text,
  constraint embedding_jobs_one_subject check (num_nonnulls(face_id, celebrity_id) = 1)
);
create unique index ux_embedding_jobs_face on public.embedding_jobs (switch_id, face_id);
create unique index ux_embedding_jobs_celebrity on public.embedding_jobs (switch_id, celebrity_id);
create index idx_embedding_jobs_face_id on public.embedding_jobs (face_id);
create index idx_embedding_jobs_celebrity_id on public.embedding_jobs (celebrity_id);
create index idx_embedding_jobs_status on public.embedding_jobs (status, created_at);
create index idx_embedding_jobs_next on public.embedding_jobs (priority desc, next_attempt_at, created_at)
  where status = 'pending';
create index idx_embedding_jobs_lease on public.embedding_jobs (lease_until) where status = 'processing';
create index idx_embedding_jobs_created_at on public.embedding_jobs (created_at desc, id desc);

alter table public.job_attempts
  add column embedding_job_id uuid references public.embedding_jobs (id) on delete cascade,
  drop constraint job_attempts_one_job,
  add constraint job_attempts_one_job check (num_nonnulls(match_job_id, celebrity_job_id, embedding_job_id) = 1);
create index idx_job_attempts_embedding_job on public.job_attempts (embedding_job_id)
  where embedding_job_id is not null;

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
from public.celebrity_jobs
union all
select
  id, 'embedding', coalesce(face_id, celebrity_id), owner_id, status, 'embedding', attempts, max_attempts,
  error_code, error_message, created_at, started_at, completed_at, next_attempt_at, lease_until, worker_id,
  priority, failed_stage, fingerprint, dismissed_at
from public.embedding_jobs;
comment on view public.jobs is 'All queues as one list, for reading.';

-- What is analysed in the old space while a switch is open has to be staged in the new one, and again where its photo
-- is another now. What slips past, because it was written as the switch began, is found before the switch is made.
create function private.queue_embedding() returns trigger
language plpgsql security definer set search_path = ''
as $$
declare
  open_switch public.model_switches%rowtype;
begin
  select * into open_switch from public.model_switches where state in ('running', 'paused');
  if not found or new.embedding_model is not distinct from open_switch.to_model then
    return null;
  end if;
  if tg_table_name = 'faces' then
    delete from public.staged_analyses where switch_id = open_switch.id and face_id = new.id;
    insert into public.embedding_jobs (switch_id, face_id, owner_id)
    values (open_switch.id, new.id, new.profile_id)
    on conflict (switch_id, face_id) do update
    set status = 'pending', next_attempt_at = now(), worker_id = null, lease_until = null, started_at = null,
      completed_at = null, error_code = null, error_message = null, failed_stage = null, fingerprint = null,
      dismissed_at = null, lost_workers = 0, start_stage = null,
      attempts = case when embedding_jobs.status in ('completed', 'failed') then 0 else embedding_jobs.attempts end;
  else
    delete from public.staged_analyses where switch_id = open_switch.id and celebrity_id = new.id;
    insert into public.embedding_jobs (switch_id, celebrity_id)
    values (open_switch.id, new.id)
    on conflict (switch_id, celebrity_id) do update
    set status = 'pending', next_attempt_at = now(), worker_id = null, lease_until = null, started_at = null,
      completed_at = null, error_code = null, error_message = null, failed_stage = null, fingerprint = null,
      dismissed_at = null, lost_workers = 0, start_stage = null,
      attempts = case when embedding_jobs.status in ('completed', 'failed') then 0 else embedding_jobs.attempts end;
  end if;
  return null;
end
$$;
revoke execute on function private.queue_embedding() from public, anon, authenticated;
create trigger queue_embedding after insert or update of embedding, embedding_model, image_path on public.faces
  for each row when (new.embedding is not null) execute function private.queue_embedding();
create trigger queue_embedding after insert or update of embedding, embedding_model, image_path on public.celebrities
  for each row when (new.embedding is not null) execute function private.queue_embedding();

-- Staff see where it stands; only the host writes. The queue's rows staff may touch as those of the other queues.
do $$
declare
  name text;
begin
  foreach name in array array['active_model', 'model_switches', 'staged_analyses', 'embedding_jobs'] loop
    execute format('alter table public.%I enable row level security', name);
    execute format('revoke all on public.%I from anon, authenticated', name);
    execute format('grant all on public.%I to service_role', name);
    continue when name = 'staged_analyses';
    execute format('grant select on public.%I to authenticated', name);
    execute format(
      'create policy %I on public.%I for select to authenticated
       using ((select private.current_staff_role()) is not null)',
      name || '_select', name
    );
    execute format(
      'create trigger notify_change after insert or update or delete on public.%I
       for each row execute function private.notify_change()',
      name
    );
    execute format(
      'create trigger notify_truncate after truncate on public.%I
       for each statement execute function private.notify_change()',
      name
    );
  end loop;
end
$$;
grant update (
  status, attempts, max_attempts, error_code, error_message, worker_id, lease_until, next_attempt_at, started_at,
  completed_at, priority, failed_stage, fingerprint, dismissed_at, lost_workers, start_stage
) on public.embedding_jobs to authenticated;
grant delete on public.embedding_jobs to authenticated;
create policy embedding_jobs_update on public.embedding_jobs for update to authenticated
  using ((select private.current_staff_role()) in ('curator', 'admin'))
  with check ((select private.current_staff_role()) in ('curator', 'admin'));
create policy embedding_jobs_delete on public.embedding_jobs for delete to authenticated
  using ((select private.current_staff_role()) = 'admin');
create policy staged_analyses_select on public.staged_analyses for select to authenticated using (false);
