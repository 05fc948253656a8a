-- Business rules where every client meets them, and who may do what, refined. A rule that is broken is a
-- check_violation, what the caller may not do is insufficient_privilege; both name the rule as their constraint.
-- A rule looks only at what a statement changes, so that rows from before it stay usable.

-- Whether the calling statement is a client's, by its JSON Web Token. Triggers, services and the schema's owner run as
-- other roles and may do what they were written for. Not for definer functions, which run as their owner.
create function private.is_client() returns boolean
language sql stable set search_path = ''
as $$ select current_user in ('anon', 'authenticated') $$;

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
  if not private.is_client() then
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
  if tg_op = 'UPDATE' or private.is_client() then
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
  if not private.is_client() then
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

-- Connections --------------------------------------------------------------------------------------------------------

alter table public.mutual_connections
  add column blocked_by uuid references public.profiles (id) on delete set null;
comment on column public.mutual_connections.blocked_by is
  'Who blocked the connection, kept by trigger; they or a moderator may lift it. Null where that is not known.';
create index idx_mutual_connections_blocked_by on public.mutual_connections (blocked_by);

-- A block outlives its connection, which goes with the photos that made the match: else whoever is blocked could
-- delete a photo, upload it again and be matched and connected anew.
create table private.blocks (
  profile_a_id uuid not null references public.profiles (id) on delete cascade,
  profile_b_id uuid not null references public.profiles (id) on delete cascade,
  created_at timestamptz not null default now(),
  primary key (profile_a_id, profile_b_id),
  check (profile_a_id < profile_b_id)
);
comment on table private.blocks is 'Pairs of people who are neither matched nor connected. The smaller id comes first.';
create index idx_blocks_profile_b on private.blocks (profile_b_id);
alter table private.blocks enable row level security;
revoke all on private.blocks from public, anon, authenticated;
grant select, insert, delete on private.blocks to service_role;

insert into private.blocks (profile_a_id, profile_b_id)
select distinct least(profile_a_id, profile_b_id), greatest(profile_a_id, profile_b_id)
from public.mutual_connections
where status = 'blocked' and profile_a_id <> profile_b_id;

-- Whoever connects a pair of people holds this until the transaction ends, so that a pair has one connection.
create function private.lock_pair(profile_a uuid, profile_b uuid) returns void
language sql volatile set search_path = ''
as $$
  select pg_advisory_xact_lock(
    hashtextextended('pair ' || least(profile_a, profile_b) || ' ' || greatest(profile_a, profile_b), 0)
  )
$$;

create function private.guard_new_connection() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  if new.profile_a_id = new.profile_b_id then
    raise exception 'Nobody is connected with themself.'
      using errcode = 'check_violation', constraint = 'semblance_connection_self';
  end if;
  perform private.lock_pair(new.profile_a_id, new.profile_b_id);
  if exists (
    select from public.mutual_connections c
    where (c.profile_a_id, c.profile_b_id) in (
      (new.profile_a_id, new.profile_b_id), (new.profile_b_id, new.profile_a_id)
    )
  ) then
    raise exception 'These two people are connected already.'
      using errcode = 'unique_violation', constraint = 'ux_mutual_connections_pair';
  end if;
  return new;
end
$$;
create trigger guard_connection_first before insert on public.mutual_connections
  for each row execute function private.guard_new_connection();

-- The trigger sees to it already; the index makes it fast to see, and certain. Rows of before the rule keep it away.
do $$
begin
  if not exists (
    select from public.mutual_connections
    group by least(profile_a_id, profile_b_id), greatest(profile_a_id, profile_b_id)
    having count(*) > 1
  ) then
    create unique index ux_mutual_connections_pair
      on public.mutual_connections (least(profile_a_id, profile_b_id), greatest(profile_a_id, profile_b_id));
  end if;
end
$$;

create function private.guard_connection() returns trigger
language plpgsql set search_path = ''
as $$
begin
  if private.is_client() and (
    (new.id, new.profile_a_id, new.profile_b_id, new.match_id, new.baby_id, new.blocked_by, new.created_at)
    is distinct from
    (old.id, old.profile_a_id, old.profile_b_id, old.match_id, old.baby_id, old.blocked_by, old.created_at)
  ) then
    raise exception 'Only the status of a connection can be changed.'
      using errcode = 'insufficient_privilege', constraint = 'semblance_keep_columns';
  end if;
  if old.status = 'blocked' and new.status <> 'blocked' then
    if private.is_client()
      and old.blocked_by is distinct from (select auth.uid())
      and (select private.current_staff_role()) is distinct from 'moderator'
      and (select private.current_staff_role()) is distinct from 'admin'
    then
      raise exception 'Only who blocked a connection, or a moderator, may lift that.'
        using errcode = 'insufficient_privilege', constraint = 'semblance_blocked_by';
    end if;
    new.blocked_by := null;
  elsif new.status = 'blocked' and old.status <> 'blocked' and private.is_client() then
    new.blocked_by := (select auth.uid());
  end if;
  return new;
end
$$;
create trigger guard_connection before update on public.mutual_connections
  for each row execute function private.guard_connection();

create function private.remember_block() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  if new.status = 'blocked' then
    insert into private.blocks (profile_a_id, profile_b_id)
    values (least(new.profile_a_id, new.profile_b_id), greatest(new.profile_a_id, new.profile_b_id))
    on conflict do nothing;
  elsif tg_op = 'UPDATE' and old.status = 'blocked' then
    delete from private.blocks
    where profile_a_id = least(new.profile_a_id, new.profile_b_id)
      and profile_b_id = greatest(new.profile_a_id, new.profile_b_id);
  end if;
  return null;
end
$$;
create trigger remember_block after insert or update of status on public.mutual_connections
  for each row execute function private.remember_block();

-- No row is made, and no error: a worker goes on with the other matches of a face.
create function private.skip_blocked_match() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  if exists (
    select
    from public.faces a
    join public.faces b on b.id = new.face_b_id
    join private.blocks k
      on k.profile_a_id = least(a.profile_id, b.profile_id) and k.profile_b_id = greatest(a.profile_id, b.profile_id)
    where a.id = new.face_a_id
  ) then
    return null;
  end if;
  return new;
end
$$;
create trigger skip_blocked before insert on public.matches
  for each row execute function private.skip_blocked_match();

-- The second of two likes makes the connection. Both may come at the same moment: whoever gets the lock of the pair
-- later sees the other's like, since each statement here reads what is committed by then.
create function private.connect_mutual_likes() returns trigger
language plpgsql security definer set search_path = ''
as $$
declare
  person_a uuid;
  person_b uuid;
begin
  select a.profile_id, b.profile_id into person_a, person_b
  from public.matches m
  join public.faces a on a.id = m.face_a_id
  join public.faces b on b.id = m.face_b_id
  where m.id = new.match_id;
  if person_a is null or person_a = person_b then
    return null;
  end if;
  perform private.lock_pair(person_a, person_b);
  if (
      select count(distinct r.user_profile_id)
      from public.reactions r
      where r.match_id = new.match_id and r.reaction_type = 'like' and r.user_profile_id in (person_a, person_b)
    ) < 2
    or exists (
      select from public.mutual_connections c
      where (c.profile_a_id, c.profile_b_id) in ((person_a, person_b), (person_b, person_a))
    )
    or exists (
      select from private.blocks k
      where k.profile_a_id = least(person_a, person_b) and k.profile_b_id = greatest(person_a, person_b)
    )
    or exists (select from auth.users u where u.id in (person_a, person_b) and u.banned_until > now())
  then
    return null;
  end if;
  insert into public.mutual_connections (profile_a_id, profile_b_id, match_id, baby_id)
  values (
    person_a, person_b, new.match_id,
    (select b.id from public.babies b where b.match_id = new.match_id order by b.created_at desc, b.id limit 1)
  );
  insert into public.notifications (user_id, type, title, message, related_id, related_type)
  select
    p.id, 'mutual_match', 'You have a new mutual match',
    coalesce(nullif(btrim(other.name), ''), 'Somebody') || ' likes you, too.', new.match_id, 'match'
  from public.profiles p
  join public.profiles other on other.id in (person_a, person_b) and other.id <> p.id
  where p.id in (person_a, person_b);
  return null;
end
$$;
create trigger connect_mutual_likes after insert or update of reaction_type, match_id, user_profile_id
  on public.reactions
  for each row
  when (new.reaction_type = 'like')
  execute function private.connect_mutual_likes();

-- Messages -----------------------------------------------------------------------------------------------------------

-- For every client and service: written by one of the two, to a connection that is active at this moment. The row is
-- locked, so that no message slips in while the other side blocks.
create function private.guard_new_message() returns trigger
language plpgsql security definer set search_path = ''
as $$
declare
  connection record;
begin
  select c.status, c.profile_a_id, c.profile_b_id into connection
  from public.mutual_connections c
  where c.id = new.connection_id
  for share;
  if found
    and (connection.status <> 'active' or new.sender_id not in (connection.profile_a_id, connection.profile_b_id))
  then
    raise exception 'Only the two people of an active connection may write to it.'
      using errcode = 'insufficient_privilege', constraint = 'semblance_message_parties';
  end if;
  if btrim(new.content, E' \t\r\n') = '' then
    raise exception 'A message needs a text.' using errcode = 'check_violation', constraint = 'semblance_message_text';
  end if;
  return new;
end
$$;
create trigger guard_message_first before insert on public.messages
  for each row execute function private.guard_new_message();

-- Policies let only the recipient come this far. Marking a message again is no error, it just stays as it was.
create function private.guard_message() returns trigger
language plpgsql set search_path = ''
as $$
begin
  if private.is_client() then
    if tg_op = 'INSERT' then
      new.created_at := now();
      new.read_at := null;
    else
      new.read_at := coalesce(old.read_at, least(new.read_at, now()));
    end if;
  end if;
  return new;
end
$$;
create trigger guard_message before insert or update on public.messages
  for each row execute function private.guard_message();

-- One unread notification for each connection, however much the other side writes. It says nothing of the content.
create function private.notify_of_message() returns trigger
language plpgsql security definer set search_path = ''
as $$
declare
  recipient uuid;
begin
  select case when c.profile_a_id = new.sender_id then c.profile_b_id else c.profile_a_id end into recipient
  from public.mutual_connections c
  where c.id = new.connection_id;
  perform pg_advisory_xact_lock(hashtextextended('messages ' || new.connection_id || ' ' || recipient, 0));
  update public.notifications n
  set related_id = new.id, created_at = now()
  from public.messages earlier
  where n.user_id = recipient and n.type = 'new_message' and n.read_at is null
    and earlier.id = n.related_id and earlier.connection_id = new.connection_id;
  if not found then
    insert into public.notifications (user_id, type, title, message, related_id, related_type)
    select
      recipient, 'new_message', 'New message',
      coalesce(nullif(btrim(p.name), ''), 'Somebody') || ' wrote to you.', new.id, 'message'
    from public.profiles p
    where p.id = new.sender_id;
  end if;
  return null;
end
$$;
create trigger notify_of_message after insert on public.messages
  for each row execute function private.notify_of_message();

-- What a notification is about may go, with its people or by itself, and no foreign key can hold the two together.
create function private.delete_notifications() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  delete from public.notifications where related_id = old.id and related_type = tg_argv[0];
  return null;
end
$$;
create index idx_notifications_related_id on public.notifications (related_id) where related_id is not null;
create trigger delete_notifications after delete on public.matches
  for each row execute function private.delete_notifications('match');
create trigger delete_notifications after delete on public.babies
  for each row execute function private.delete_notifications('baby');
create trigger delete_notifications after delete on public.messages
  for each row execute function private.delete_notifications('message');
create trigger delete_notifications after delete on public.mutual_connections
  for each row execute function private.delete_notifications('connection');

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
  if private.is_client() then
    new.updated_by := (select auth.uid());
  end if;
  return new;
end
$$;
create trigger guard_setting before insert or update on public.system_settings
  for each row execute function private.guard_setting();

revoke execute on function
  private.is_client(), private.may_use_email(text), private.check_email(), private.keep_columns(),
  private.limit_text(), private.has_account(), private.is_own_email(text), private.active_caller(),
  private.own_faces(),
  private.lock_pair(uuid, uuid), private.guard_new_connection(), private.guard_connection(),
  private.remember_block(), private.skip_blocked_match(), private.connect_mutual_likes(),
  private.guard_new_message(), private.guard_message(), private.notify_of_message(), private.delete_notifications(),
  private.is_number_between(jsonb, numeric, numeric), private.setting_fault(text, jsonb), private.guard_setting()
from public, anon, authenticated;
-- What policies call, and triggers that run as the client.
grant execute on function
  private.is_client(), private.has_account(), private.is_own_email(text), private.active_caller(),
  private.own_faces(),
  private.is_number_between(jsonb, numeric, numeric), private.setting_fault(text, jsonb)
to authenticated, service_role;
grant execute on function private.may_use_email(text) to service_role;

-- Who may do what ----------------------------------------------------------------------------------------------------

-- The same as before, with the question about staff first: it is answered once for the whole statement, and spares
-- staff the subqueries on every row.
alter policy profiles_select on public.profiles
  using ((select private.current_staff_role()) is not null or id = (select auth.uid()));
alter policy faces_select on public.faces
  using ((select private.current_staff_role()) is not null or profile_id = (select auth.uid()));
alter policy matches_select on public.matches
  using (
    (select private.current_staff_role()) is not null
    or face_a_id = any ((select private.own_faces())::uuid[])
    or face_b_id = any ((select private.own_faces())::uuid[])
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

-- Whoever is suspended reads what is their own, and writes nothing. They may still delete their photos.
do $$
declare
  rule record;
  command text;
begin
  for rule in
    select *
    from (values
      ('profiles', 'id = (select auth.uid())'),
      ('faces', 'profile_id = (select auth.uid())'),
      (
        'matches',
        'face_a_id = any ((select private.own_faces())::uuid[])
         or face_b_id = any ((select private.own_faces())::uuid[])'
      ),
      ('celebrity_matches', 'face_id = any ((select private.own_faces())::uuid[])'),
      ('reactions', 'user_profile_id = (select auth.uid())'),
      ('babies', 'exists (select from public.matches m where m.id = match_id)'),
      ('match_jobs', 'user_id = (select auth.uid())'),
      ('celebrity_jobs', 'false'),
      ('notifications', 'user_id = (select auth.uid())'),
      ('mutual_connections', '(select auth.uid()) in (profile_a_id, profile_b_id)'),
      ('messages', 'exists (select from public.mutual_connections c where c.id = connection_id)'),
      -- Everybody reads these.
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
      using hint = 'Change them in the dashboard under Storage, Policies, as written in migrations/0009_rules.sql.';
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
