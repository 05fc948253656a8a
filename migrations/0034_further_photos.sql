-- Further photos of celebrities are analysed as the one that they are known by is: in the space of a switch, and in that
-- of today where they are of another, or somebody wants it.

-- The queue of what nobody searches by: photos of a switch, and further photos. A job of the latter names the celebrity,
-- too.
alter table public.embedding_jobs
  alter column switch_id drop not null,
  add column photo_id uuid references public.celebrity_photos (id) on delete cascade,
  add constraint embedding_jobs_photo check (
    case when photo_id is null then switch_id is not null else celebrity_id is not null end
  );
comment on column public.embedding_jobs.switch_id is 'Null: a further photo is analysed by the models of today.';
drop index public.ux_embedding_jobs_celebrity;
create unique index ux_embedding_jobs_celebrity on public.embedding_jobs (switch_id, celebrity_id)
  where photo_id is null;
create unique index ux_embedding_jobs_photo on public.embedding_jobs (switch_id, photo_id);
create unique index ux_embedding_jobs_photo_today on public.embedding_jobs (photo_id) where switch_id is null;
create index idx_embedding_jobs_photo_id on public.embedding_jobs (photo_id);

alter table public.staged_analyses
  add column photo_id uuid references public.celebrity_photos (id) on delete cascade,
  drop constraint staged_analyses_one_subject,
  add constraint staged_analyses_one_subject check (num_nonnulls(face_id, celebrity_id, photo_id) = 1);
create unique index ux_staged_analyses_photo on public.staged_analyses (switch_id, photo_id);
create index idx_staged_analyses_photo_id on public.staged_analyses (photo_id);

alter table public.model_switches
  add column planned_photos integer not null default 0,
  add column switched_photos integer;

-- As in 0021, for further photos, too.
create or replace function private.queue_embedding() returns trigger
language plpgsql security definer set search_path = ''
as $$
declare
  open_switch public.model_switches%rowtype;
  wanted public.embedding_jobs%rowtype;
begin
  select * into open_switch from public.model_switches where state in ('running', 'paused');
  if not found or new.embedding_model is not distinct from open_switch.to_model then
    return null;
  end if;
  if tg_table_name = 'faces' then
    wanted.face_id := new.id;
    wanted.owner_id := new.profile_id;
    delete from public.staged_analyses where switch_id = open_switch.id and face_id = new.id;
  elsif tg_table_name = 'celebrities' then
    wanted.celebrity_id := new.id;
    delete from public.staged_analyses where switch_id = open_switch.id and celebrity_id = new.id;
  else
    wanted.photo_id := new.id;
    wanted.celebrity_id := new.celebrity_id;
    delete from public.staged_analyses where switch_id = open_switch.id and photo_id = new.id;
  end if;
  update public.embedding_jobs as job
  set status = 'pending', next_attempt_at = now(), worker_id = null, lease_until = null, started_at = null,
    completed_at = null, error_code = null, error_message = null, failed_stage = null, fingerprint = null,
    dismissed_at = null, lost_workers = 0, start_stage = null,
    attempts = case when job.status in ('completed', 'failed') then 0 else job.attempts end
  where job.switch_id = open_switch.id and (
    job.face_id = wanted.face_id or job.photo_id = wanted.photo_id
    or (job.celebrity_id = wanted.celebrity_id and job.photo_id is null and wanted.photo_id is null)
  );
  if not found then
    insert into public.embedding_jobs (switch_id, face_id, celebrity_id, photo_id, owner_id)
    values (open_switch.id, wanted.face_id, wanted.celebrity_id, wanted.photo_id, wanted.owner_id)
    on conflict do nothing;
  end if;
  return null;
end
$$;
create trigger queue_embedding after insert or update of embedding, embedding_model, image_path on public.celebrity_photos
  for each row when (new.embedding is not null) execute function private.queue_embedding();

-- Has further photos analysed by the models of today, behind what somebody waits for: one open job each at most.
create function private.queue_photos(photo_ids uuid[]) returns void
language plpgsql security definer set search_path = ''
as $$
begin
  perform private.require_curator();
  insert into public.embedding_jobs as job (celebrity_id, photo_id)
  select p.celebrity_id, p.id from public.celebrity_photos p where p.id = any (photo_ids) order by p.id
  on conflict (photo_id) where switch_id is null do update
  set celebrity_id = excluded.celebrity_id, status = 'pending', attempts = 0, next_attempt_at = now(),
    worker_id = null, lease_until = null, started_at = null, completed_at = null, error_code = null,
    error_message = null, failed_stage = null, fingerprint = null, dismissed_at = null, lost_workers = 0,
    start_stage = null
  where job.status in ('completed', 'failed');
end
$$;

-- What comes without an analysis, or with one of other models (back from the trash, after a switch), gets one.
create function private.queue_new_photo() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  if new.embedding is null
    or exists (select from public.active_model a where a.embedding_model is distinct from new.embedding_model)
  then
    perform private.queue_photos(array[new.id]);
  end if;
  return null;
end
$$;
create trigger queue_new_photo after insert on public.celebrity_photos
  for each row execute function private.queue_new_photo();

revoke execute on function private.queue_photos(uuid[]), private.queue_new_photo() from public, anon, authenticated;
grant execute on function private.queue_photos(uuid[]) to authenticated, service_role;

-- A switch writes every embedding. Putting each into the graph costs six times as much as building it anew from all of
-- them, but that locks readers out: for the embedded database, where everybody waits for the switch in any case.
create function private.set_graph_aside() returns void
language sql security definer set search_path = ''
as $$ drop index if exists public.faces_embedding_hnsw_idx $$;
create function private.put_graph_back() returns void
language sql security definer set search_path = ''
as $$
  create index if not exists faces_embedding_hnsw_idx on public.faces
    using hnsw (embedding extensions.vector_cosine_ops) with (m = 16, ef_construction = 64)
$$;
revoke execute on function private.set_graph_aside(), private.put_graph_back() from public, anon, authenticated;
grant execute on function private.set_graph_aside(), private.put_graph_back() to service_role;

-- Those that are there already: of other models, and what no browser shows, analysed before there were renditions.
insert into public.embedding_jobs (celebrity_id, photo_id)
select p.celebrity_id, p.id
from public.celebrity_photos p
where p.embedding is null or (p.view_path is null and p.image_path ~* '\.(heic|heif|tiff?)$')
  or exists (select from public.active_model a where a.embedding_model is distinct from p.embedding_model);
insert into public.match_jobs (face_id, user_id, job_type, start_stage, priority)
select f.id, f.profile_id, 'both', 'fetch', -1
from public.faces f
where f.image_path ~* '\.(heic|heif|tiff?)$' and f.view_path is null and f.embedding is not null
  and not exists (select from public.match_jobs j where j.face_id = f.id and j.status in ('pending', 'processing'));
insert into public.celebrity_jobs (celebrity_id, start_stage, priority)
select c.id, 'fetch', -1
from public.celebrities c
where c.image_path ~* '\.(heic|heif|tiff?)$' and c.view_path is null and c.embedding is not null
  and not exists (
    select from public.celebrity_jobs j where j.celebrity_id = c.id and j.status in ('pending', 'processing')
  );
