-- Matches that a moderator takes away, with an exact copy for an undo.

create table public.match_removals (
  id uuid primary key default gen_random_uuid(),
  batch_id uuid not null,
  match_id uuid not null,
  face_a_id uuid references public.faces (id) on delete set null,
  face_b_id uuid references public.faces (id) on delete set null,
  profile_a_id uuid not null references public.profiles (id) on delete cascade,
  profile_b_id uuid not null references public.profiles (id) on delete cascade,
  similarity_score float8 not null,
  reason text not null check (char_length(btrim(reason)) between 3 and 2000),
  removed_by uuid references public.profiles (id) on delete set null,
  removed_at timestamptz not null default now(),
  -- {table: how many rows} of what went with the match.
  contents jsonb not null default '{}',
  -- {table: rows} as they were; null once they are back, or a face is gone.
  snapshot jsonb,
  restorable boolean generated always as (snapshot is not null) stored,
  undone_at timestamptz,
  undone_by uuid references public.profiles (id) on delete set null
);
comment on table public.match_removals is
  'Matches that a moderator took away. Until it is undone, the two people are not matched again.';
create index idx_match_removals_removed_at on public.match_removals (removed_at desc, id desc);
create index idx_match_removals_batch on public.match_removals (batch_id);
create index idx_match_removals_match on public.match_removals (match_id);
create index idx_match_removals_face_a on public.match_removals (face_a_id);
create index idx_match_removals_face_b on public.match_removals (face_b_id);
create index idx_match_removals_profile_a on public.match_removals (profile_a_id);
create index idx_match_removals_profile_b on public.match_removals (profile_b_id);
create index idx_match_removals_removed_by on public.match_removals (removed_by);
create index idx_match_removals_undone_by on public.match_removals (undone_by);
create index idx_match_removals_standing
  on public.match_removals (least(profile_a_id, profile_b_id), greatest(profile_a_id, profile_b_id))
  where undone_at is null;
alter table public.match_removals enable row level security;
revoke all on public.match_removals from anon, authenticated;
grant all on public.match_removals to service_role;
-- All but the snapshot, which holds what the two wrote to each other.
grant select (
  id, batch_id, match_id, face_a_id, face_b_id, profile_a_id, profile_b_id, similarity_score, reason, removed_by,
  removed_at, contents, restorable, undone_at, undone_by
) on public.match_removals to authenticated;
create policy match_removals_select on public.match_removals for select to authenticated
  using ((select private.current_staff_role()) in ('moderator', 'admin'));

-- What a removal takes along ------------------------------------------------------------------------------------------

-- {table: rows} of a match and all that hangs on it, as they stand; in the order in which they can come back.
create function private.match_snapshot(of_match uuid) returns jsonb
language sql stable set search_path = ''
as $$
  with babies as (select b.* from public.babies b where b.match_id = of_match),
  connections as (select c.* from public.mutual_connections c where c.match_id = of_match),
  messages as (select m.* from public.messages m join connections c on c.id = m.connection_id)
  select jsonb_build_object(
    'matches', (select jsonb_agg(to_jsonb(m)) from public.matches m where m.id = of_match),
    'babies', (select coalesce(jsonb_agg(to_jsonb(b)), '[]') from babies b),
    'mutual_connections', (select coalesce(jsonb_agg(to_jsonb(c)), '[]') from connections c),
    'messages', (select coalesce(jsonb_agg(to_jsonb(m)), '[]') from messages m),
    'reactions', (
      select coalesce(jsonb_agg(to_jsonb(r)), '[]') from public.reactions r where r.match_id = of_match
    ),
    'notifications', (
      select coalesce(jsonb_agg(to_jsonb(n)), '[]')
      from public.notifications n
      where (n.related_type = 'match' and n.related_id = of_match)
        or (n.related_type = 'baby' and n.related_id in (select id from babies))
        or (n.related_type = 'connection' and n.related_id in (select id from connections))
        or (n.related_type = 'message' and n.related_id in (select id from messages))
    ),
    'match_scores', (
      select coalesce(jsonb_agg(to_jsonb(s) - 'id' order by s.id), '[]')
      from public.match_scores s where s.match_id = of_match
    )
  )
$$;

-- Takes matches away, for a moderator or an admin: gives the removals' ids. Ids that are gone are skipped; in one order,
-- so that two who remove the same don't wait in a circle.
create function private.remove_matches(match_ids uuid[], of_batch uuid, because text) returns setof uuid
language plpgsql security definer set search_path = ''
as $$
declare
  match record;
  kept jsonb;
  removal uuid;
begin
  if coalesce((select private.current_staff_role()), '') not in ('moderator', 'admin') then
    raise exception 'Only a moderator or an admin may remove a match.' using errcode = 'insufficient_privilege';
  end if;
  if exists (
    select from public.match_removals r
    where r.batch_id = of_batch and r.removed_by is distinct from (select auth.uid())
  ) then
    raise exception 'This batch is another person''s.'
      using errcode = 'unique_violation', constraint = 'semblance_removal_batch';
  end if;
  for match in
    select m.id, m.face_a_id, m.face_b_id, m.similarity_score, a.profile_id as person_a, b.profile_id as person_b
    from public.matches m
    join public.faces a on a.id = m.face_a_id
    join public.faces b on b.id = m.face_b_id
    where m.id = any (match_ids)
    order by m.id
    for update of m
  loop
    -- Nobody writes to the two from here on: what comes next would be in no copy.
    perform from public.mutual_connections c where c.match_id = match.id order by c.id for update;
    kept := private.match_snapshot(match.id);
    insert into public.match_removals (
      batch_id, match_id, face_a_id, face_b_id, profile_a_id, profile_b_id, similarity_score, reason, removed_by,
      contents, snapshot
    )
    values (
      of_batch, match.id, match.face_a_id, match.face_b_id, match.person_a, match.person_b, match.similarity_score,
      because, (select auth.uid()),
      (select jsonb_object_agg(part.key, jsonb_array_length(part.value)) from jsonb_each(kept) as part), kept
    )
    returning id into removal;
    delete from public.matches m where m.id = match.id;
    return next removal;
  end loop;
end
$$;

-- Brings back what a removal took, as it was, and lets the two be matched again. Whoever is gone since takes their own
-- rows along. Gives whether the match is back: not where a photo was erased, or the two have this match by then.
create function private.undo_removal(removal uuid) returns boolean
language plpgsql security definer set search_path = ''
as $$
declare
  undone record;
  parts jsonb;
begin
  if coalesce((select private.current_staff_role()), '') not in ('moderator', 'admin') then
    raise exception 'Only a moderator or an admin may undo a removal.' using errcode = 'insufficient_privilege';
  end if;
  select * into undone from public.match_removals r where r.id = removal and r.undone_at is null for update;
  if not found then
    return null;
  end if;
  parts := undone.snapshot;
  update public.match_removals
  set undone_at = now(), undone_by = (select auth.uid()), snapshot = null
  where id = removal;
  if parts is null or exists (
    select from public.matches m
    where m.id = undone.match_id
      or (
        least(m.face_a_id, m.face_b_id) = least(undone.face_a_id, undone.face_b_id)
        and greatest(m.face_a_id, m.face_b_id) = greatest(undone.face_a_id, undone.face_b_id)
      )
  ) then
    return false;
  end if;
  perform private.restore_match(undone.match_id, parts);
  return true;
end
$$;

create function private.restore_match(match uuid, parts jsonb) returns void
language plpgsql set search_path = ''
as $$
begin
  insert into private.restoring (match_id) values (match);
  insert into public.matches
  select * from jsonb_populate_recordset(null::public.matches, parts -> 'matches');
  insert into public.babies
  select (jsonb_populate_record(b, jsonb_build_object('generated_by_profile_id', p.id))).*
  from jsonb_populate_recordset(null::public.babies, parts -> 'babies') as b
  left join public.profiles p on p.id = b.generated_by_profile_id;
  insert into public.mutual_connections
  select (jsonb_populate_record(c, jsonb_build_object('blocked_by', p.id))).*
  from jsonb_populate_recordset(null::public.mutual_connections, parts -> 'mutual_connections') as c
  left join public.profiles p on p.id = c.blocked_by;
  insert into public.messages
  select m.* from jsonb_populate_recordset(null::public.messages, parts -> 'messages') as m
  join public.profiles p on p.id = m.sender_id;
  insert into public.reactions
  select r.* from jsonb_populate_recordset(null::public.reactions, parts -> 'reactions') as r
  join public.profiles p on p.id = r.user_profile_id;
  insert into public.notifications
  select n.* from jsonb_populate_recordset(null::public.notifications, parts -> 'notifications') as n
  join public.profiles p on p.id = n.user_id;
  insert into public.match_scores (match_id, score, weights, why, at)
  select s.match_id, s.score, s.weights, s.why, s.at
  from jsonb_array_elements(parts -> 'match_scores') with ordinality as part(entry, place)
  cross join jsonb_populate_record(null::public.match_scores, part.entry) as s
  order by part.place;
  delete from private.restoring r where r.match_id = match;
end
$$;

-- A photo that is erased takes every copy along that shows what became of it.
create function private.erase_snapshot() returns trigger
language plpgsql set search_path = ''
as $$
begin
  if new.face_a_id is null or new.face_b_id is null then
    new.snapshot := null;
  end if;
  return new;
end
$$;
create trigger erase_snapshot before update of face_a_id, face_b_id on public.match_removals
  for each row execute function private.erase_snapshot();

-- Two people who were taken apart are not put together again, by whichever photos and whichever client.
create function private.skip_removed_match() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  if not exists (select from private.restoring) and exists (
    select
    from public.faces a
    join public.faces b on b.id = new.face_b_id
    join public.match_removals r
      on least(r.profile_a_id, r.profile_b_id) = least(a.profile_id, b.profile_id)
      and greatest(r.profile_a_id, r.profile_b_id) = greatest(a.profile_id, b.profile_id)
      and r.undone_at is null
    where a.id = new.face_a_id
      and not exists (
        select from public.matches m
        where least(m.face_a_id, m.face_b_id) = least(new.face_a_id, new.face_b_id)
          and greatest(m.face_a_id, m.face_b_id) = greatest(new.face_a_id, new.face_b_id)
      )
  ) then
    return null;
  end if;
  return new;
end
$$;
create trigger skip_removed before insert on public.matches
  for each row execute function private.skip_removed_match();

-- An insert that has waited for a removal to end finds the pair's row gone, makes a new one, and asks no trigger before
-- it again: after it, the removal is seen.
create function private.take_back_removed() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  delete from public.matches m
  using new_rows n
  join public.faces a on a.id = n.face_a_id
  join public.faces b on b.id = n.face_b_id
  join public.match_removals r
    on least(r.profile_a_id, r.profile_b_id) = least(a.profile_id, b.profile_id)
    and greatest(r.profile_a_id, r.profile_b_id) = greatest(a.profile_id, b.profile_id)
    and r.undone_at is null
  where m.id = n.id and not exists (select from private.restoring);
  return null;
end
$$;
create trigger take_back_removed after insert on public.matches
  referencing new table as new_rows
  for each statement execute function private.take_back_removed();

revoke execute on function
  private.match_snapshot(uuid), private.remove_matches(uuid[], uuid, text), private.undo_removal(uuid),
  private.restore_match(uuid, jsonb), private.erase_snapshot(), private.skip_removed_match(),
  private.take_back_removed()
from public, anon, authenticated;
grant execute on function private.remove_matches(uuid[], uuid, text), private.undo_removal(uuid) to authenticated;
