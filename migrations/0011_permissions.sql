-- What a setting may say, who may do what, and the score where supervision of search paths leaves it alone.

-- Settings -----------------------------------------------------------------------------------------------------------

create function private.is_number_between(value jsonb, least_value numeric, most_value numeric) returns boolean
language sql immutable parallel safe set search_path = ''
as $$
  select case
    when jsonb_typeof(value) = 'number' then (value #>> '{}')::numeric between least_value and most_value else false
  end
$$;

-- What is wrong with the value of a setting, as a sentence; null where nothing is. Keys that Semblance doesn't know
-- belong to other clients.
create function private.setting_fault(setting text, value jsonb) returns text
language plpgsql immutable parallel safe set search_path = ''
as $$
declare
  factors constant text[] := array['embedding', 'geometry', 'age', 'symmetry', 'skin_tone', 'expression'];
  -- In the order of qualityComponentNames (core/model/quality.ts).
  components constant text[] := array[
    'sharpness', 'illumination_uniformity', 'luminance_mean', 'luminance_variance', 'over_exposure', 'under_exposure',
    'inter_eye_distance', 'head_size', 'pose_yaw', 'pose_pitch', 'pose_roll', 'eyes_open', 'mouth_closed',
    'crop_margins', 'expression_neutrality', 'single_face', 'natural_colour'
  ];
begin
  case
    when setting = 'matching_weights' then
      if jsonb_typeof(value) is distinct from 'object' then
        return 'an object with a number for each of ' || array_to_string(factors, ', ') || '.';
      elsif not value ?& factors or value - factors <> '{}' then
        return 'exactly these keys: ' || array_to_string(factors, ', ') || '.';
      elsif exists (select from unnest(factors) as f where not private.is_number_between(value -> f, 0, 1)) then
        return 'six numbers from 0 to 1.';
      elsif (select abs(sum((value ->> f)::numeric) - 1) > 1e-6 from unnest(factors) as f) then
        return 'six numbers that sum to 1; these sum to '
          || (select round(sum((value ->> f)::numeric), 6) from unnest(factors) as f) || '.';
      end if;
    when setting = 'match_min_components' then
      if jsonb_typeof(value) is distinct from 'object' then
        return 'an object with a number from 0 to 100 for each component that photos need.';
      elsif value - components <> '{}' then
        return 'an object with no keys but these: ' || array_to_string(components, ', ') || '.';
      elsif exists (select from jsonb_each(value) as c where not private.is_number_between(c.value, 0, 100)) then
        return 'an object of numbers from 0 to 100.';
      end if;
    when setting in ('match_threshold', 'match_min_quality', 'celebrity_match_threshold') then
      if not private.is_number_between(value, 0, 1) then
        return 'a number from 0 to 1.';
      end if;
    when setting in ('match_limit', 'celebrity_match_limit') then
      if not private.is_number_between(value, 0, 1000) or (value #>> '{}')::numeric % 1 <> 0 then
        return 'a whole number from 0 to 1000.';
      end if;
    when setting in ('allow_non_edu_emails', 'staff_second_factor') then
      if jsonb_typeof(value) is distinct from 'boolean' then
        return 'true or false.';
      end if;
    when setting = 'match_scope' then
      if value is null or value not in ('"school"', '"everyone"') then
        return '"school" or "everyone".';
      end if;
    when setting = 'match_gender' then
      if value is null or value not in ('"different"', '"any"') then
        return '"different" or "any".';
      end if;
    else
      return null;
  end case;
  return null;
end
$$;

create function private.guard_setting() returns trigger
language plpgsql set search_path = ''
as $$
declare
  fault text;
begin
  if tg_op = 'INSERT' or (new.key, new.value) is distinct from (old.key, old.value) then
    fault := private.setting_fault(new.key, new.value);
    if fault is not null then
      raise exception 'The setting % must be %', new.key, fault
        using errcode = 'check_violation', constraint = 'semblance_setting', detail = new.key;
    end if;
  end if;
  if current_user in ('anon', 'authenticated') then
    new.updated_by := (select auth.uid());
  end if;
  return new;
end
$$;
create trigger guard_setting before insert or update on public.system_settings
  for each row execute function private.guard_setting();

revoke execute on function
  private.is_number_between(jsonb, numeric, numeric), private.setting_fault(text, jsonb), private.guard_setting()
from public, anon, authenticated;
grant execute on function private.is_number_between(jsonb, numeric, numeric), private.setting_fault(text, jsonb)
  to authenticated, service_role;

-- Who may do what ----------------------------------------------------------------------------------------------------

-- The same as before, asked in the cheaper order: a person's own rows come first where they are found without a
-- subquery, so that nothing is asked about the staff for them; elsewhere the staff are spared a subquery on every row.
alter policy profiles_select on public.profiles
  using (id = (select auth.uid()) or (select private.current_staff_role()) is not null);
alter policy faces_select on public.faces
  using (profile_id = (select auth.uid()) or (select private.current_staff_role()) is not null);
alter policy matches_select on public.matches
  using (
    array[face_a_id, face_b_id] && (select private.own_faces())
    or (select private.current_staff_role()) is not null
  );
alter policy celebrity_matches_select on public.celebrity_matches
  using (
    (select private.current_staff_role()) is not null
    or face_id = any ((select private.own_faces())::uuid[])
  );
alter policy reactions_select on public.reactions
  using ((select private.current_staff_role()) is not null or user_profile_id = (select auth.uid()));
alter policy match_jobs_select on public.match_jobs
  using ((select private.current_staff_role()) is not null or user_id = (select auth.uid()));
alter policy babies_select on public.babies
  using (
    (select private.current_staff_role()) in ('moderator', 'admin')
    or exists (
      select from public.matches m
      join public.faces f on f.id in (m.face_a_id, m.face_b_id)
      where m.id = match_id and f.profile_id = (select auth.uid())
    )
  );
alter policy messages_select on public.messages
  using (
    (select private.current_staff_role()) in ('moderator', 'admin')
    or exists (
      select from public.mutual_connections c
      where c.id = connection_id and (select auth.uid()) in (c.profile_a_id, c.profile_b_id)
    )
  );

-- Nobody claims an address that is another account's, and an account that is gone makes no profile.
alter policy profiles_insert on public.profiles
  with check (
    (email is null or private.is_own_email(email))
    and (
      (
        id = (select auth.uid()) and role = 'user' and profile_type = 'user' and (select private.has_account())
      )
      or (select private.current_staff_role()) = 'admin'
    )
  );
alter policy babies_insert on public.babies
  with check (
    generated_by_profile_id = (select auth.uid())
    and char_length(image_url) <= 4096
    and exists (
      select from public.matches m
      join public.faces f on f.id in (m.face_a_id, m.face_b_id)
      where m.id = match_id and f.profile_id = (select auth.uid())
    )
  );
alter policy match_jobs_insert on public.match_jobs
  with check (
    (select private.current_staff_role()) in ('curator', 'admin')
    and exists (select from public.faces f where f.id = face_id and f.profile_id = user_id)
  );

-- Whoever is suspended reads what is their own, and writes nothing. They may still delete their photos. Reading profiles,
-- faces and matches needs no policy of its own: staff who are suspended are no staff, and "own" is all that is left. It
-- would cost the feed of matches a fifth of its time.
do $$
declare
  rule record;
  command text;
begin
  for rule in
    select *
    from (values
      ('profiles', 'true'),
      ('faces', 'true'),
      ('matches', 'true'),
      ('celebrity_matches', 'face_id = any ((select private.own_faces())::uuid[])'),
      ('reactions', 'user_profile_id = (select auth.uid())'),
      ('babies', 'exists (select from public.matches m where m.id = match_id)'),
      ('match_jobs', 'user_id = (select auth.uid())'),
      ('celebrity_jobs', 'false'),
      ('notifications', 'user_id = (select auth.uid())'),
      ('mutual_connections', '(select auth.uid()) in (profile_a_id, profile_b_id)'),
      ('messages', 'exists (select from public.mutual_connections c where c.id = connection_id)'),
      ('celebrities', 'true'),
      ('system_settings', 'true')
    ) as rules(table_name, own)
  loop
    if rule.own <> 'true' then
      execute format(
        'create policy %I on public.%I as restrictive for select to authenticated
         using ((select private.active_caller()) is not null or %s)',
        rule.table_name || '_suspended_select', rule.table_name, rule.own
      );
    end if;
    foreach command in array array['insert', 'update', 'delete'] loop
      continue when rule.table_name = 'faces' and command = 'delete';
      execute format(
        'create policy %I on public.%I as restrictive for %s to authenticated
         %s ((select private.active_caller()) is not null)',
        rule.table_name || '_suspended_' || command, rule.table_name, command,
        case command when 'insert' then 'with check' else 'using' end
      );
    end loop;
  end loop;
end
$$;

-- A photo that stands in "faces" stays the one that was analysed: its name is taken, also when the file is gone.
do $$
begin
  alter policy semblance_objects_select on storage.objects
    using (
      (bucket_id in ('faces', 'celebrity-images') and (select private.current_staff_role()) is not null)
      or (bucket_id = 'faces' and split_part(name, '/', 1) = (select auth.uid())::text)
    );
  alter policy semblance_objects_insert on storage.objects
    with check (
      (
        bucket_id in ('faces', 'celebrity-images') and (select private.current_staff_role()) in ('curator', 'admin')
      )
      or (
        bucket_id = 'faces'
        and split_part(name, '/', 1) = (select auth.uid())::text
        and not exists (
          select from public.faces f
          where f.profile_id = (select auth.uid()) and objects.name in (f.image_path, f.thumbnail_path)
        )
      )
    );
  create policy semblance_objects_suspended_insert on storage.objects as restrictive for insert to authenticated
    with check (bucket_id not in ('faces', 'celebrity-images') or (select private.active_caller()) is not null);
  create policy semblance_objects_suspended_update on storage.objects as restrictive for update to authenticated
    using (bucket_id not in ('faces', 'celebrity-images') or (select private.active_caller()) is not null);
exception
  when insufficient_privilege or undefined_object then
    raise warning 'The policies of storage.objects could not be changed: %', sqlerrm
      using hint = 'Change them in the dashboard under Storage, Policies, as written in migrations/0011_permissions.sql.';
end
$$;

-- The score -----------------------------------------------------------------------------------------------------------

-- A function with a search path of its own is never inlined, and inlining is what makes the score cheap enough for a
-- scan. Its body was parsed when it was created, so no search path bends it; "extensions", which no API shows, is where
-- such a function may stand without one (docs/decisions.md). What calls it by name stays the same otherwise.
do $$
declare
  caller regprocedure;
begin
  execute format(
    'alter function %s set schema extensions',
    (
      select p.oid::regprocedure
      from pg_catalog.pg_proc p
      where p.pronamespace = 'private'::regnamespace and p.proname = 'face_similarity'
    )
  );
  for caller in
    select p.oid::regprocedure
    from pg_catalog.pg_proc p
    where p.pronamespace = 'public'::regnamespace
      and p.proname in (
        'calculate_advanced_similarity', 'find_similar_faces_advanced', 'find_similar_celebrities_advanced'
      )
      and p.prosrc like '%private.face_similarity(%'
  loop
    execute replace(
      pg_catalog.pg_get_functiondef(caller), 'private.face_similarity(', 'extensions.face_similarity('
    );
  end loop;
end
$$;
