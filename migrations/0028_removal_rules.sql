-- What removals ask of functions that stood before them.

-- The search leaves out who was taken apart, so that they take nobody else's place: as in 0017, with these.
create or replace function private.unmatchable(query_face_id uuid, candidate_ids uuid[]) returns uuid[]
language plpgsql stable security definer set search_path = ''
as $$
declare
  person constant uuid := (select f.profile_id from public.faces f where f.id = query_face_id);
  gate constant jsonb := private.quality_gate();
begin
  if (select auth.uid()) is not null and (select private.current_staff_role()) is null then
    return candidate_ids;
  end if;
  return (
    with candidates as materialized (
      select f.id, f.profile_id, f.quality_score, f.quality_components
      from unnest(candidate_ids) as c(id)
      join public.faces f on f.id = c.id
    ),
    matched as materialized (
      select other.profile_id, m.face_a_id as mine, m.face_b_id as theirs
      from public.faces own
      join public.matches m on m.face_a_id = own.id
      join public.faces other on other.id = m.face_b_id
      where own.profile_id = person
      union all
      select other.profile_id, m.face_b_id, m.face_a_id
      from public.faces own
      join public.matches m on m.face_b_id = own.id
      join public.faces other on other.id = m.face_a_id
      where own.profile_id = person
    )
    select coalesce(array_agg(found.id), '{}')
    from (
      select c.id
      from candidates c
      join private.blocks k
        on k.profile_a_id = least(person, c.profile_id) and k.profile_b_id = greatest(person, c.profile_id)
      union
      select c.id
      from candidates c
      join auth.users u on u.id = c.profile_id
      where u.banned_until > now() or u.deleted_at is not null
      union
      select c.id
      from candidates c
      where not private.passes_quality(c.quality_score, c.quality_components, gate)
      union
      select c.id
      from candidates c
      join matched on matched.profile_id = c.profile_id
      where not (matched.mine = query_face_id and matched.theirs = c.id)
      union
      select c.id
      from candidates c
      join public.match_removals r
        on least(r.profile_a_id, r.profile_b_id) = least(person, c.profile_id)
        and greatest(r.profile_a_id, r.profile_b_id) = greatest(person, c.profile_id)
        and r.undone_at is null
      where not exists (
        select from matched
        where matched.profile_id = c.profile_id and matched.mine = query_face_id and matched.theirs = c.id
      )
    ) as found
  );
end
$$;

-- What reacts to new rows stands still while a removal is undone, since those are old ones: as in 0010 and 0019, but for
-- the first condition.
create or replace function private.skip_blocked_match() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  if exists (select from private.restoring) then
    return new;
  end if;
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

create or replace function private.connect_mutual_likes() returns trigger
language plpgsql security definer set search_path = ''
as $$
declare
  person_a uuid;
  person_b uuid;
begin
  if exists (select from private.restoring) then
    return new;
  end if;
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

create or replace function private.guard_new_message() returns trigger
language plpgsql security definer set search_path = ''
as $$
declare
  connection record;
begin
  if exists (select from private.restoring) then
    return new;
  end if;
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

create or replace function private.notify_of_message() returns trigger
language plpgsql security definer set search_path = ''
as $$
declare
  recipient uuid;
begin
  if exists (select from private.restoring) then
    return new;
  end if;
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
