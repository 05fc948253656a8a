-- Business rules where every client meets them: who may sign up, what of a row stays, what a profile says. A rule that is
-- broken is a check_violation, what the caller may not do is insufficient_privilege; both name the rule as their
-- constraint. A rule looks only at what a statement changes, so that rows from before it stay usable.
--
-- A statement is a client's where current_user is anon or authenticated; triggers, services and the schema's owner run as
-- other roles and may do what they were written for. That is asked in place and not by a function, which a role that
-- another service made for itself could not call.

-- Sign-up ------------------------------------------------------------------------------------------------------------

-- Whether somebody may sign up with this address, or change to it, by the setting allow_non_edu_emails. ASCII alone,
-- whole and without spaces or a last dot: what only looks like .edu is somebody else's domain.
create function private.may_use_email(address text) returns boolean
language sql stable security definer set search_path = ''
as $$
  select
    coalesce(
      (select lower(value #>> '{}') <> 'false' from public.system_settings where key = 'allow_non_edu_emails'), true
    )
    or coalesce((address collate "C") ~* '^[^@\s[:cntrl:]]+@([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+edu$', false)
$$;

create function private.check_email() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  -- A user that is deleted softly gets an address that is none.
  if to_jsonb(new) ->> 'deleted_at' is not null
    or (tg_op = 'UPDATE' and lower(new.email) is not distinct from lower(old.email))
    or private.may_use_email(new.email)
  then
    return new;
  end if;
  raise exception 'Only addresses that end in .edu may sign up.'
    using errcode = 'check_violation', constraint = 'semblance_edu_email', detail = 'email_address_not_authorized',
      hint = 'Use the address that your school gave you.';
end
$$;
create trigger semblance_check_email before insert or update of email on auth.users
  for each row execute function private.check_email();

-- What a client may not change ---------------------------------------------------------------------------------------

-- Refuses a client's change of the columns that are its arguments.
create function private.keep_columns() returns trigger
language plpgsql set search_path = ''
as $$
declare
  before_change jsonb;
  after_change jsonb;
  name text;
begin
  if current_user not in ('anon', 'authenticated') then
    return new;
  end if;
  before_change := to_jsonb(old);
  after_change := to_jsonb(new);
  foreach name in array tg_argv loop
    if before_change -> name is distinct from after_change -> name then
      raise exception '%.% can''t be changed.', tg_table_name, name
        using errcode = 'insufficient_privilege', constraint = 'semblance_keep_columns';
    end if;
  end loop;
  return new;
end
$$;
create trigger keep_columns before update on public.profiles
  for each row execute function private.keep_columns('id', 'email');
create trigger keep_columns before update on public.faces
  for each row execute function private.keep_columns('id', 'profile_id');
create trigger keep_columns before update on public.celebrities
  for each row execute function private.keep_columns('id');
create trigger keep_columns before update on public.reactions
  for each row execute function private.keep_columns('id', 'user_profile_id', 'match_id', 'created_at');
create trigger keep_columns before update on public.match_jobs
  for each row execute function private.keep_columns('id', 'face_id', 'user_id', 'created_at');
create trigger keep_columns before update on public.celebrity_jobs
  for each row execute function private.keep_columns('id', 'celebrity_id', 'created_at');
create trigger keep_columns before update on public.notifications
  for each row
  execute function private.keep_columns(
    'id', 'user_id', 'type', 'title', 'message', 'related_id', 'related_type', 'created_at'
  );
create trigger keep_columns before update on public.messages
  for each row
  execute function private.keep_columns('id', 'connection_id', 'sender_id', 'content', 'message_type', 'created_at');
create trigger keep_columns before update on public.system_settings
  for each row execute function private.keep_columns('key');

-- Refuses text that is longer than said. Arguments in pairs: column, most characters.
create function private.limit_text() returns trigger
language plpgsql set search_path = ''
as $$
declare
  after_change constant jsonb := to_jsonb(new);
  before_change constant jsonb := case when tg_op = 'UPDATE' then to_jsonb(old) end;
  place integer;
begin
  for place in 0 .. tg_nargs - 1 by 2 loop
    if char_length(after_change ->> tg_argv[place]) > tg_argv[place + 1]::integer
      and after_change -> tg_argv[place] is distinct from before_change -> tg_argv[place]
    then
      raise exception '%.% can have % characters at most.', tg_table_name, tg_argv[place], tg_argv[place + 1]
        using errcode = 'check_violation', constraint = 'semblance_limit_text';
    end if;
  end loop;
  return new;
end
$$;
create trigger limit_text before insert or update of name, school, gender, email on public.profiles
  for each row execute function private.limit_text('name', '200', 'school', '200', 'gender', '50', 'email', '320');
create trigger limit_text before insert or update of reaction_type on public.reactions
  for each row execute function private.limit_text('reaction_type', '50');
create trigger limit_text before insert or update of content on public.messages
  for each row execute function private.limit_text('content', '10000');
create trigger limit_text before insert or update of key, description on public.system_settings
  for each row execute function private.limit_text('key', '200', 'description', '2000');

-- A client's row is new at this moment, too.
create or replace function private.touch_updated_at() returns trigger
language plpgsql set search_path = ''
as $$
begin
  if tg_op = 'UPDATE' or current_user in ('anon', 'authenticated') then
    new.updated_at := now();
  end if;
  return new;
end
$$;
create trigger touch_updated_at_first before insert on public.profiles
  for each row execute function private.touch_updated_at();
create trigger touch_updated_at_first before insert on public.celebrities
  for each row execute function private.touch_updated_at();
create trigger touch_updated_at_first before insert on public.system_settings
  for each row execute function private.touch_updated_at();

-- Profiles -----------------------------------------------------------------------------------------------------------

create or replace function private.guard_profile() returns trigger
language plpgsql set search_path = ''
as $$
begin
  if new.default_face_id is not null
    and (tg_op = 'INSERT' or new.default_face_id is distinct from old.default_face_id)
    and not exists (select from public.faces where id = new.default_face_id and profile_id = new.id)
  then
    raise exception 'The default face must be one of the profile''s own faces.'
      using errcode = 'check_violation', constraint = 'semblance_default_face';
  end if;
  if current_user not in ('anon', 'authenticated') then
    return new;
  end if;
  if tg_op = 'INSERT' then
    new.created_at := now();
  else
    new.created_at := old.created_at;
    if (new.role, new.profile_type) is distinct from (old.role, old.profile_type)
      and (select private.current_staff_role()) is distinct from 'admin'
    then
      raise exception 'Only an admin may change a profile''s role or type.'
        using errcode = 'insufficient_privilege', constraint = 'semblance_profile_role';
    end if;
  end if;
  if new.last_seen is distinct from old.last_seen then
    if new.id is distinct from (select auth.uid()) then
      raise exception 'Only the person themself is seen.'
        using errcode = 'insufficient_privilege', constraint = 'semblance_last_seen';
    end if;
    -- A client whose clock runs ahead is here now.
    new.last_seen := least(new.last_seen, now());
  end if;
  return new;
end
$$;
create trigger guard_profile_first before insert on public.profiles
  for each row execute function private.guard_profile();

-- Whether the caller has an account, and with this address; an account that is gone leaves a token for a while.
create function private.has_account() returns boolean
language sql stable security definer set search_path = ''
as $$ select exists (select from auth.users where id = (select auth.uid()) and deleted_at is null) $$;

create function private.is_own_email(address text) returns boolean
language sql stable security definer set search_path = ''
as $$ select exists (select from auth.users where id = (select auth.uid()) and lower(email) = lower(address)) $$;

-- Who calls, null where they are suspended (banned, in Supabase's words): a token lives on for up to an hour. This and
-- the next are asked once for every table of a statement. In plpgsql, since its plans are kept from one statement to the
-- next; a function in SQL is planned anew each time, which took longer than the feed of matches itself.
create function private.active_caller() returns uuid
language plpgsql stable security definer set search_path = ''
as $$
begin
  return (
    select caller.id
    from (select auth.uid() as id) as caller
    where not exists (select from auth.users u where u.id = caller.id and u.banned_until > now())
  );
end
$$;

-- The caller's own photos, null where there are none. Asking public.faces from a policy would ask its policies, too.
create function private.own_faces() returns uuid[]
language plpgsql stable security definer set search_path = ''
as $$
begin
  return (select array_agg(f.id) from public.faces f where f.profile_id = (select auth.uid()));
end
$$;

revoke execute on function
  private.may_use_email(text), private.check_email(), private.keep_columns(),
  private.limit_text(), private.has_account(), private.is_own_email(text), private.active_caller(),
  private.own_faces()
from public, anon, authenticated;
-- What policies call.
grant execute on function
  private.has_account(), private.is_own_email(text), private.active_caller(),
  private.own_faces()
to authenticated, service_role;
grant execute on function private.may_use_email(text) to service_role;
