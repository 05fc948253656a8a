-- What happens by itself: a profile at sign-up, a job and a default face at upload, honest time stamps.

create function private.create_profile_at_signup() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  -- People write their own metadata, so a role in it means nothing.
  insert into public.profiles (id, profile_type, name, email, gender, school)
  values (
    new.id,
    'user',
    nullif(left(btrim(new.raw_user_meta_data ->> 'name'), 200), ''),
    new.email,
    case
      when new.raw_user_meta_data ->> 'gender' in ('male', 'female', 'other') then new.raw_user_meta_data ->> 'gender'
    end,
    nullif(left(btrim(new.raw_user_meta_data ->> 'school'), 200), '')
  )
  on conflict (id) do nothing;
  return new;
end
$$;
create trigger semblance_create_profile after insert on auth.users
  for each row execute function private.create_profile_at_signup();

create function private.follow_email() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  update public.profiles set email = new.email where id = new.id and email is distinct from new.email;
  return new;
end
$$;
create trigger semblance_follow_email after update of email on auth.users
  for each row execute function private.follow_email();

-- profiles.id has no foreign key to auth.users, because celebrities have profiles too.
create function private.delete_profile_with_user() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  delete from public.profiles where id = old.id;
  return old;
end
$$;
create trigger semblance_delete_profile after delete on auth.users
  for each row execute function private.delete_profile_with_user();

-- Who signed up before these tables existed.
insert into public.profiles (id, profile_type, name, email)
select id, 'user', nullif(left(btrim(raw_user_meta_data ->> 'name'), 200), ''), email
from auth.users
where deleted_at is null
on conflict do nothing;

create function public.auto_create_match_job() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  insert into public.match_jobs (face_id, user_id, job_type, status)
  values (new.id, new.profile_id, 'both', 'pending');
  return new;
end
$$;
create trigger auto_create_match_job after insert on public.faces
  for each row execute function public.auto_create_match_job();

create function private.set_default_face() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  update public.profiles set default_face_id = new.id where id = new.profile_id and default_face_id is null;
  return new;
end
$$;
create trigger set_default_face after insert on public.faces
  for each row execute function private.set_default_face();

-- The default face is the one that others are matched with. The foreign key has set it to null by now (its trigger's
-- name sorts first): an analysed photo steps in before one that still waits, and the newest of those.
create function private.replace_default_face() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  update public.profiles
  set default_face_id = newest.id
  from (
    select id
    from public.faces
    where profile_id = old.profile_id
    order by analyzed_at is null, created_at desc, id desc
    limit 1
  ) as newest
  where profiles.id = old.profile_id and profiles.default_face_id is null;
  return old;
end
$$;
create trigger replace_default_face after delete on public.faces
  for each row execute function private.replace_default_face();

-- A first photo that can't be analysed would keep its owner from ever being found: once its jobs have ended, an analysed
-- one steps in.
create function private.replace_failed_default_face() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  update public.profiles
  set default_face_id = newest.id
  from (
    select id
    from public.faces
    where profile_id = new.user_id and embedding is not null
    order by created_at desc, id desc
    limit 1
  ) as newest
  where profiles.id = new.user_id
    and exists (select from public.faces f where f.id = profiles.default_face_id and f.embedding is null)
    and not exists (
      select from public.match_jobs j
      where j.face_id = profiles.default_face_id and j.status in ('pending', 'processing')
    );
  return new;
end
$$;
create trigger replace_failed_default_face after update of status on public.match_jobs
  for each row
  when (new.status in ('completed', 'failed'))
  execute function private.replace_failed_default_face();

create function private.touch_updated_at() returns trigger
language plpgsql set search_path = ''
as $$
begin
  new.updated_at := now();
  return new;
end
$$;
create trigger touch_updated_at before update on public.profiles
  for each row execute function private.touch_updated_at();
create trigger touch_updated_at before update on public.celebrities
  for each row execute function private.touch_updated_at();
create trigger touch_updated_at before update on public.celebrity_matches
  for each row execute function private.touch_updated_at();
create trigger touch_updated_at before update on public.mutual_connections
  for each row execute function private.touch_updated_at();
create trigger touch_updated_at before update on public.system_settings
  for each row execute function private.touch_updated_at();

-- Supabase grants every new function of public to everybody by default.
revoke execute on function
  public.auto_create_match_job(),
  private.create_profile_at_signup(),
  private.follow_email(),
  private.delete_profile_with_user(),
  private.set_default_face(),
  private.replace_default_face(),
  private.replace_failed_default_face(),
  private.touch_updated_at()
from public, anon, authenticated;
