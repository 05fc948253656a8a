-- Who may see and do what. Row-level security stands on every table; what no policy allows is refused. The service
-- role and the tables' owner pass by. A table has one policy for each command.

-- The caller's staff role, null for everybody else. A definer function, since a policy on profiles may not read profiles.
create function private.current_staff_role() returns text
language sql stable security definer set search_path = ''
as $$
  select profiles.role
  from public.profiles
  where profiles.id = (select auth.uid())
    and profiles.role in ('moderator', 'curator', 'admin')
    and not exists (select from auth.users where users.id = profiles.id and users.banned_until > now())
$$;
revoke execute on function private.current_staff_role() from public, anon, authenticated;
grant execute on function private.current_staff_role() to authenticated, service_role;

revoke all on
  public.profiles, public.faces, public.matches, public.celebrities, public.celebrity_matches, public.reactions,
  public.babies, public.match_jobs, public.notifications, public.mutual_connections, public.messages,
  public.system_settings
from anon, authenticated;
grant all on
  public.profiles, public.faces, public.matches, public.celebrities, public.celebrity_matches, public.reactions,
  public.babies, public.match_jobs, public.notifications, public.mutual_connections, public.messages,
  public.system_settings
to service_role;

-- profiles: a person and the staff; what a person may not change about themselves is guarded by a trigger.
alter table public.profiles enable row level security;
grant select, insert, update, delete on public.profiles to authenticated;
create policy profiles_select on public.profiles for select to authenticated
  using (id = (select auth.uid()) or (select private.current_staff_role()) is not null);
create policy profiles_insert on public.profiles for insert to authenticated
  with check (
    (id = (select auth.uid()) and role = 'user' and profile_type = 'user')
    or (select private.current_staff_role()) = 'admin'
  );
create policy profiles_update on public.profiles for update to authenticated
  using (id = (select auth.uid()) or (select private.current_staff_role()) = 'admin')
  with check (id = (select auth.uid()) or (select private.current_staff_role()) = 'admin');
create policy profiles_delete on public.profiles for delete to authenticated
  using ((select private.current_staff_role()) = 'admin');

create function private.guard_profile() returns trigger
language plpgsql set search_path = ''
as $$
begin
  if new.default_face_id is not null
    and new.default_face_id is distinct from old.default_face_id
    and not exists (select from public.faces where id = new.default_face_id and profile_id = new.id)
  then
    raise exception 'The default face must be one of the profile''s own faces.' using errcode = 'check_violation';
  end if;
  -- Triggers and services run as other roles than these two and may do what they were written for.
  if current_user in ('anon', 'authenticated')
    and (new.id, new.role, new.profile_type, new.email) is distinct from (old.id, old.role, old.profile_type, old.email)
    and (select private.current_staff_role()) is distinct from 'admin'
  then
    raise exception 'Only an admin may change a profile''s id, role, type or email.'
      using errcode = 'insufficient_privilege';
  end if;
  return new;
end
$$;
revoke execute on function private.guard_profile() from public, anon, authenticated;
create trigger guard_profile before update on public.profiles
  for each row execute function private.guard_profile();

-- faces: only the analysis writes what was measured, so a person names the photo and nothing else.
alter table public.faces enable row level security;
grant select, delete, update on public.faces to authenticated;
grant insert (id, profile_id, image_path, image_hash, created_at) on public.faces to authenticated;
create policy faces_select on public.faces for select to authenticated
  using (profile_id = (select auth.uid()) or (select private.current_staff_role()) is not null);
create policy faces_insert on public.faces for insert to authenticated
  with check (
    -- A path that leads into somebody else's folder, as it stands or in a URL, would have their photo analysed as one's own.
    (
      profile_id = (select auth.uid())
      and starts_with(image_path, profile_id::text || '/')
      and image_path !~ '[?#%\\]|/\.{1,2}(/|$)'
    )
    or (select private.current_staff_role()) in ('curator', 'admin')
  );
create policy faces_update on public.faces for update to authenticated
  using ((select private.current_staff_role()) in ('curator', 'admin'))
  with check ((select private.current_staff_role()) in ('curator', 'admin'));
create policy faces_delete on public.faces for delete to authenticated
  using (profile_id = (select auth.uid()) or (select private.current_staff_role()) in ('curator', 'admin'));

-- matches and celebrity_matches: the worker writes them.
alter table public.matches enable row level security;
grant select on public.matches to authenticated;
create policy matches_select on public.matches for select to authenticated
  using (
    face_a_id in (select id from public.faces where profile_id = (select auth.uid()))
    or face_b_id in (select id from public.faces where profile_id = (select auth.uid()))
    or (select private.current_staff_role()) is not null
  );

alter table public.celebrity_matches enable row level security;
grant select on public.celebrity_matches to authenticated;
create policy celebrity_matches_select on public.celebrity_matches for select to authenticated
  using (
    face_id in (select id from public.faces where profile_id = (select auth.uid()))
    or (select private.current_staff_role()) is not null
  );

alter table public.celebrities enable row level security;
grant select on public.celebrities to anon, authenticated;
grant insert, update, delete on public.celebrities to authenticated;
create policy celebrities_select on public.celebrities for select to anon, authenticated using (true);
create policy celebrities_insert on public.celebrities for insert to authenticated
  with check ((select private.current_staff_role()) in ('curator', 'admin'));
create policy celebrities_update on public.celebrities for update to authenticated
  using ((select private.current_staff_role()) in ('curator', 'admin'))
  with check ((select private.current_staff_role()) in ('curator', 'admin'));
create policy celebrities_delete on public.celebrities for delete to authenticated
  using ((select private.current_staff_role()) in ('curator', 'admin'));

alter table public.reactions enable row level security;
grant select, insert, update, delete on public.reactions to authenticated;
create policy reactions_select on public.reactions for select to authenticated
  using (user_profile_id = (select auth.uid()) or (select private.current_staff_role()) is not null);
create policy reactions_insert on public.reactions for insert to authenticated
  with check (
    user_profile_id = (select auth.uid())
    and exists (
      select from public.matches m
      join public.faces f on f.id in (m.face_a_id, m.face_b_id)
      where m.id = match_id and f.profile_id = (select auth.uid())
    )
  );
create policy reactions_update on public.reactions for update to authenticated
  using (user_profile_id = (select auth.uid()))
  with check (
    user_profile_id = (select auth.uid())
    and exists (
      select from public.matches m
      join public.faces f on f.id in (m.face_a_id, m.face_b_id)
      where m.id = match_id and f.profile_id = (select auth.uid())
    )
  );
create policy reactions_delete on public.reactions for delete to authenticated
  using (user_profile_id = (select auth.uid()));

alter table public.babies enable row level security;
grant select, insert, delete on public.babies to authenticated;
create policy babies_select on public.babies for select to authenticated
  using (
    exists (
      select from public.matches m
      join public.faces f on f.id in (m.face_a_id, m.face_b_id)
      where m.id = match_id and f.profile_id = (select auth.uid())
    )
    or (select private.current_staff_role()) in ('moderator', 'admin')
  );
create policy babies_insert on public.babies for insert to authenticated
  with check (
    generated_by_profile_id = (select auth.uid())
    and exists (
      select from public.matches m
      join public.faces f on f.id in (m.face_a_id, m.face_b_id)
      where m.id = match_id and f.profile_id = (select auth.uid())
    )
  );
create policy babies_delete on public.babies for delete to authenticated
  using ((select private.current_staff_role()) in ('moderator', 'admin'));

-- match_jobs: people watch their own; curators ask for another run.
alter table public.match_jobs enable row level security;
grant select, insert, update, delete on public.match_jobs to authenticated;
create policy match_jobs_select on public.match_jobs for select to authenticated
  using (user_id = (select auth.uid()) or (select private.current_staff_role()) is not null);
create policy match_jobs_insert on public.match_jobs for insert to authenticated
  with check ((select private.current_staff_role()) in ('curator', 'admin'));
create policy match_jobs_update on public.match_jobs for update to authenticated
  using ((select private.current_staff_role()) in ('curator', 'admin'))
  with check ((select private.current_staff_role()) in ('curator', 'admin'));
create policy match_jobs_delete on public.match_jobs for delete to authenticated
  using ((select private.current_staff_role()) = 'admin');

-- notifications: the database and the services write them; the recipient marks them as read or deletes them.
alter table public.notifications enable row level security;
grant select, delete on public.notifications to authenticated;
grant update (read_at) on public.notifications to authenticated;
create policy notifications_select on public.notifications for select to authenticated
  using (user_id = (select auth.uid()));
create policy notifications_update on public.notifications for update to authenticated
  using (user_id = (select auth.uid()))
  with check (user_id = (select auth.uid()));
create policy notifications_delete on public.notifications for delete to authenticated
  using (user_id = (select auth.uid()));

-- mutual_connections and messages: private to the two people; moderators judge what is reported.
alter table public.mutual_connections enable row level security;
grant select on public.mutual_connections to authenticated;
grant update (status, updated_at) on public.mutual_connections to authenticated;
create policy mutual_connections_select on public.mutual_connections for select to authenticated
  using (
    (select auth.uid()) in (profile_a_id, profile_b_id)
    or (select private.current_staff_role()) in ('moderator', 'admin')
  );
create policy mutual_connections_update on public.mutual_connections for update to authenticated
  using (
    (select auth.uid()) in (profile_a_id, profile_b_id)
    or (select private.current_staff_role()) in ('moderator', 'admin')
  )
  with check (
    (select auth.uid()) in (profile_a_id, profile_b_id)
    or (select private.current_staff_role()) in ('moderator', 'admin')
  );

alter table public.messages enable row level security;
grant select on public.messages to authenticated;
grant insert (id, connection_id, sender_id, content, message_type) on public.messages to authenticated;
grant update (read_at) on public.messages to authenticated;
create policy messages_select on public.messages for select to authenticated
  using (
    exists (
      select from public.mutual_connections c
      where c.id = connection_id and (select auth.uid()) in (c.profile_a_id, c.profile_b_id)
    )
    or (select private.current_staff_role()) in ('moderator', 'admin')
  );
create policy messages_insert on public.messages for insert to authenticated
  with check (
    sender_id = (select auth.uid())
    and exists (
      select from public.mutual_connections c
      where c.id = connection_id and c.status = 'active' and (select auth.uid()) in (c.profile_a_id, c.profile_b_id)
    )
  );
create policy messages_update on public.messages for update to authenticated
  using (
    sender_id <> (select auth.uid())
    and exists (
      select from public.mutual_connections c
      where c.id = connection_id and (select auth.uid()) in (c.profile_a_id, c.profile_b_id)
    )
  )
  with check (sender_id <> (select auth.uid()));

alter table public.system_settings enable row level security;
grant select on public.system_settings to anon, authenticated;
grant insert, update, delete on public.system_settings to authenticated;
create policy system_settings_select on public.system_settings for select to anon, authenticated using (true);
create policy system_settings_insert on public.system_settings for insert to authenticated
  with check ((select private.current_staff_role()) = 'admin');
create policy system_settings_update on public.system_settings for update to authenticated
  using ((select private.current_staff_role()) = 'admin')
  with check ((select private.current_staff_role()) = 'admin');
create policy system_settings_delete on public.system_settings for delete to authenticated
  using ((select private.current_staff_role()) = 'admin');

-- Photos. Names in "faces" begin with a folder of the owner's id. "celebrity-images" is a public bucket, so reading
-- by address needs no policy; a policy for everybody would let strangers list it.
insert into storage.buckets (id, name, public, file_size_limit, allowed_mime_types)
select id, id, public, 33554432, array['image/jpeg', 'image/png', 'image/webp', 'image/gif', 'image/avif', 'image/tiff']
from (values ('faces', false), ('celebrity-images', true)) as wanted(id, public)
on conflict (id) do nothing;

do $$
begin
  create policy semblance_objects_select on storage.objects for select to authenticated
    using (
      (
        bucket_id = 'faces'
        and (split_part(name, '/', 1) = (select auth.uid())::text or (select private.current_staff_role()) is not null)
      )
      or (bucket_id = 'celebrity-images' and (select private.current_staff_role()) is not null)
    );
  create policy semblance_objects_insert on storage.objects for insert to authenticated
    with check (
      (bucket_id = 'faces' and split_part(name, '/', 1) = (select auth.uid())::text)
      or (
        bucket_id in ('faces', 'celebrity-images') and (select private.current_staff_role()) in ('curator', 'admin')
      )
    );
  create policy semblance_objects_update on storage.objects for update to authenticated
    using (
      bucket_id in ('faces', 'celebrity-images') and (select private.current_staff_role()) in ('curator', 'admin')
    )
    with check (
      bucket_id in ('faces', 'celebrity-images') and (select private.current_staff_role()) in ('curator', 'admin')
    );
  create policy semblance_objects_delete on storage.objects for delete to authenticated
    using (
      (bucket_id = 'faces' and split_part(name, '/', 1) = (select auth.uid())::text)
      or (
        bucket_id in ('faces', 'celebrity-images') and (select private.current_staff_role()) in ('curator', 'admin')
      )
    );
exception
  when insufficient_privilege then
    raise warning 'The policies of storage.objects could not be created: %', sqlerrm
      using hint = 'Create them in the dashboard under Storage, Policies, as written in migrations/0004_row_level_security.sql.';
end
$$;
