-- What Semblance adds to the documented tables. All of it is additive: other clients may ignore it.

-- In the order of geometryRatioNames (core/model/face.ts). Null where a ratio is missing, is no number, or is so large
-- that it can't be a quotient of distances in a face.
create function private.geometry_vector(ratios jsonb) returns extensions.vector
language plpgsql immutable parallel safe set search_path = ''
as $$
declare
  names constant text[] := array[
    'face_width_height_ratio', 'eye_spacing', 'eye_width', 'eye_height', 'eyebrow_height', 'nose_length', 'nose_width',
    'mouth_width', 'lip_height', 'chin_height', 'jaw_width', 'upper_face_height'
  ];
  elements real[] := '{}';
  name text;
  ratio numeric;
begin
  foreach name in array names loop
    if jsonb_typeof(ratios -> name) is distinct from 'number' then
      return null;
    end if;
    ratio := (ratios ->> name)::numeric;
    if abs(ratio) >= 1e6 then
      return null;
    end if;
    -- Casting a number this small to real is an underflow error; to a face it is nothing.
    elements := elements || case when abs(ratio) < 1e-30 then 0 else ratio::float8::real end;
  end loop;
  return elements::extensions.vector;
end
$$;

-- CIELAB as a vector. Null where a component is missing or outside of the colour space.
create function private.skin_tone_vector(lab float8[]) returns extensions.vector
language plpgsql immutable parallel safe set search_path = ''
as $$
begin
  if array_ndims(lab) = 1 and array_lower(lab, 1) = 1 and cardinality(lab) = 3
    and lab[1] between 0 and 100 and lab[2] between -128 and 128 and lab[3] between -128 and 128
  then
    return array[
      case when abs(lab[1]) < 1e-30 then 0 else lab[1]::real end,
      case when abs(lab[2]) < 1e-30 then 0 else lab[2]::real end,
      case when abs(lab[3]) < 1e-30 then 0 else lab[3]::real end
    ]::real[]::extensions.vector;
  end if;
  return null;
end
$$;

-- Writers need these for the generated columns.
revoke execute on function private.geometry_vector(jsonb), private.skin_tone_vector(float8[]) from public, anon;
grant execute on function private.geometry_vector(jsonb), private.skin_tone_vector(float8[])
  to authenticated, service_role;

alter table public.faces
  add column embedding_model text,
  add column detection_box jsonb,
  add column image_width integer,
  add column image_height integer,
  add column faces_found integer,
  add column thumbnail_path text,
  add column owner_school text,
  add column owner_gender text,
  add column embedding_norm float8 generated always as (extensions.vector_norm(embedding)) stored,
  add column geometry extensions.vector(12) generated always as (private.geometry_vector(geometry_ratios)) stored,
  add column skin_tone extensions.vector(3) generated always as (private.skin_tone_vector(skin_tone_lab)) stored;
alter table public.celebrities
  add column embedding_model text,
  add column detection_box jsonb,
  add column image_width integer,
  add column image_height integer,
  add column faces_found integer,
  add column thumbnail_path text,
  add column embedding_norm float8 generated always as (extensions.vector_norm(embedding)) stored,
  add column geometry extensions.vector(12) generated always as (private.geometry_vector(geometry_ratios)) stored,
  add column skin_tone extensions.vector(3) generated always as (private.skin_tone_vector(skin_tone_lab)) stored;

-- Vectors of this size go to TOAST by default, which makes an exact scan four times slower. With the embedding in the
-- row, the row is so large that everything else of more than a few bytes would go there: what a scan reads stays too.
alter table public.faces
  alter column embedding set storage plain,
  alter column geometry set storage plain,
  alter column skin_tone set storage plain,
  alter column embedding_model set storage main,
  alter column owner_school set storage main,
  alter column owner_gender set storage main,
  alter column image_path set storage main,
  alter column thumbnail_path set storage main;
alter table public.celebrities
  alter column embedding set storage plain,
  alter column geometry set storage plain,
  alter column skin_tone set storage plain,
  alter column embedding_model set storage main,
  alter column name set storage main,
  alter column image_path set storage main,
  alter column thumbnail_path set storage main;

comment on column public.faces.embedding_model is 'Names the space of the embedding; vectors of two spaces never meet.';
comment on column public.faces.detection_box is '{x, y, width, height} in pixels of the upright original.';
comment on column public.faces.faces_found is 'How many faces the photo shows; the largest was used.';
comment on column public.faces.owner_school is 'profiles.school of the owner, kept by trigger.';
comment on column public.faces.owner_gender is 'profiles.gender of the owner, kept by trigger; gender is the detected one.';

create index idx_faces_owner_scope on public.faces (owner_school, owner_gender);
create index idx_profiles_default_face on public.profiles (default_face_id);
create index idx_babies_generated_by on public.babies (generated_by_profile_id);
create index idx_mutual_connections_baby on public.mutual_connections (baby_id);
create index idx_system_settings_updated_by on public.system_settings (updated_by);

create function private.copy_owner_to_face() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  -- Locked, so that a change of the profile at the same moment comes before (and is read here) or after (and sees the face).
  select p.school, p.gender into new.owner_school, new.owner_gender
  from public.profiles p
  where p.id = new.profile_id
  for no key update;
  return new;
end
$$;
create trigger copy_owner before insert or update of profile_id, owner_school, owner_gender on public.faces
  for each row execute function private.copy_owner_to_face();

create function private.copy_profile_to_faces() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  update public.faces set owner_school = new.school, owner_gender = new.gender where profile_id = new.id;
  return new;
end
$$;
create trigger copy_to_faces after update of school, gender on public.profiles
  for each row
  when ((old.school, old.gender) is distinct from (new.school, new.gender))
  execute function private.copy_profile_to_faces();

-- The queue: leases say who works on a job and until when, so that another worker may take over.
alter table public.match_jobs
  add column worker_id text,
  add column lease_until timestamptz,
  add column next_attempt_at timestamptz not null default now(),
  add column error_code text;
create index idx_match_jobs_due on public.match_jobs (next_attempt_at, created_at) where status = 'pending';
create index idx_match_jobs_lease on public.match_jobs (lease_until) where status = 'processing';
create index idx_match_jobs_face_id on public.match_jobs (face_id);
create index idx_match_jobs_user_id on public.match_jobs (user_id);
create index idx_match_jobs_created_at on public.match_jobs (created_at desc, id desc);

-- match_jobs.face_id is not null and other clients poll that table, so celebrity photos queue in one of their own.
create table public.celebrity_jobs (
  id uuid primary key default gen_random_uuid(),
  celebrity_id uuid not null references public.celebrities (id) on delete cascade,
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
  completed_at timestamptz
);
create index idx_celebrity_jobs_status on public.celebrity_jobs (status, created_at);
create index idx_celebrity_jobs_due on public.celebrity_jobs (next_attempt_at, created_at) where status = 'pending';
create index idx_celebrity_jobs_lease on public.celebrity_jobs (lease_until) where status = 'processing';
create index idx_celebrity_jobs_celebrity_id on public.celebrity_jobs (celebrity_id);
create index idx_celebrity_jobs_created_at on public.celebrity_jobs (created_at desc, id desc);

alter table public.celebrity_jobs enable row level security;
revoke all on public.celebrity_jobs from anon, authenticated;
grant all on public.celebrity_jobs to service_role;
grant select, insert, update, delete on public.celebrity_jobs to authenticated;
create policy celebrity_jobs_select on public.celebrity_jobs for select to authenticated
  using ((select private.current_staff_role()) is not null);
create policy celebrity_jobs_insert on public.celebrity_jobs for insert to authenticated
  with check ((select private.current_staff_role()) in ('curator', 'admin'));
create policy celebrity_jobs_update on public.celebrity_jobs for update to authenticated
  using ((select private.current_staff_role()) in ('curator', 'admin'))
  with check ((select private.current_staff_role()) in ('curator', 'admin'));
create policy celebrity_jobs_delete on public.celebrity_jobs for delete to authenticated
  using ((select private.current_staff_role()) = 'admin');

create function private.create_celebrity_job() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  insert into public.celebrity_jobs (celebrity_id) values (new.id);
  return new;
end
$$;
create trigger create_celebrity_job after insert on public.celebrities
  for each row
  when (new.embedding is null)
  execute function private.create_celebrity_job();

create view public.jobs with (security_invoker = true) as
select
  id, 'face' as kind, face_id as subject_id, user_id as owner_id, status, job_type, attempts, max_attempts,
  error_code, error_message, created_at, started_at, completed_at, next_attempt_at, lease_until, worker_id
from public.match_jobs
union all
select
  id, 'celebrity', celebrity_id, null, status, 'celebrity_match', attempts, max_attempts,
  error_code, error_message, created_at, started_at, completed_at, next_attempt_at, lease_until, worker_id
from public.celebrity_jobs;
comment on view public.jobs is 'Both queues as one list, for reading.';
revoke all on public.jobs from anon, authenticated;
grant select on public.jobs to authenticated, service_role;

-- A pair is one row, whichever face stands first. Semblance writes the smaller id as face_a_id.
create unique index ux_matches_pair
  on public.matches (least(face_a_id, face_b_id), greatest(face_a_id, face_b_id));
create index idx_matches_feed on public.matches (similarity_score desc, created_at desc, id desc);

revoke execute on function
  private.copy_owner_to_face(),
  private.copy_profile_to_faces(),
  private.create_celebrity_job()
from public, anon, authenticated;
