-- Two likes make one connection, once; whoever is blocked is neither matched nor connected again.

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
  if current_user in ('anon', 'authenticated') and (
    (new.id, new.profile_a_id, new.profile_b_id, new.match_id, new.baby_id, new.blocked_by, new.created_at)
    is distinct from
    (old.id, old.profile_a_id, old.profile_b_id, old.match_id, old.baby_id, old.blocked_by, old.created_at)
  ) then
    raise exception 'Only the status of a connection can be changed.'
      using errcode = 'insufficient_privilege', constraint = 'semblance_keep_columns';
  end if;
  if old.status = 'blocked' and new.status <> 'blocked' then
    -- One in the other: a role of another service may not ask who the staff are.
    if current_user in ('anon', 'authenticated') then
      if old.blocked_by is distinct from (select auth.uid())
        and coalesce((select private.current_staff_role()), '') not in ('moderator', 'admin')
      then
        raise exception 'Only who blocked a connection, or a moderator, may lift that.'
          using errcode = 'insufficient_privilege', constraint = 'semblance_blocked_by';
      end if;
    end if;
    new.blocked_by := null;
  elsif new.status = 'blocked' and old.status <> 'blocked' and current_user in ('anon', 'authenticated') then
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

revoke execute on function
  private.lock_pair(uuid, uuid), private.guard_new_connection(), private.guard_connection(),
  private.remember_block(), private.skip_blocked_match(), private.connect_mutual_likes()
from public, anon, authenticated;
