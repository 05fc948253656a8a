-- An import is undone item by item: what it published goes, and what it took the place of is as it was.

-- Jobs as they were; one that was at work waits again.
create function private.put_back_jobs(parts jsonb) returns void
language sql set search_path = ''
as $$
  select private.insert_rows('public.celebrity_jobs', (
    select jsonb_agg(entry || case when entry ->> 'status' = 'processing'
      then '{"status": "pending", "worker_id": null, "lease_until": null, "started_at": null}' else '{}'
    end::jsonb order by place)
    from jsonb_array_elements(parts -> 'celebrity_jobs') with ordinality as part(entry, place)
    where not exists (select from public.celebrity_jobs j where j.id = (entry ->> 'id')::uuid)
  ))
$$;

-- The lookalikes of a celebrity as they were at a moment. Faces that are gone take theirs along, and so do those that were
-- analysed since: their scores of that time mean nothing now.
create function private.put_back_lookalikes(of_celebrity uuid, parts jsonb, at timestamptz) returns void
language plpgsql set search_path = ''
as $$
declare
  scores constant jsonb := parts -> 'match_scores';
  names text;
begin
  delete from public.celebrity_matches where celebrity_id = of_celebrity;
  perform private.insert_rows('public.celebrity_matches', (
    select jsonb_agg(entry order by place)
    from jsonb_array_elements(parts -> 'celebrity_matches') with ordinality as part(entry, place)
    join public.faces f
      on f.id = (entry ->> 'face_id')::uuid and (f.analyzed_at is null or f.analyzed_at <= at)
  ));
  -- As insert_rows, but under their own numbers: they stand in the order of these.
  select string_agg(quote_ident(a.attname), ', ' order by a.attnum) into names
  from pg_catalog.pg_attribute a
  where a.attrelid = 'public.match_scores'::regclass and a.attnum > 0 and not a.attisdropped
    and a.attgenerated = '' and (scores -> 0) ? a.attname;
  if names is not null then
    execute format(
      'insert into public.match_scores (%1$s) overriding system value
       select %1$s from jsonb_populate_recordset(null::public.match_scores, $1)
       where celebrity_match_id in (select m.id from public.celebrity_matches m where m.celebrity_id = $2)', names
    ) using scores, of_celebrity;
  end if;
end
$$;

-- Faces look for their lookalikes anew, behind what somebody waits for, unless they are about to.
create function private.search_anew(face_ids uuid[]) returns void
language sql set search_path = ''
as $$
  insert into public.match_jobs (face_id, user_id, job_type, start_stage, priority)
  select f.id, f.profile_id, 'celebrity_match', 'search', -1
  from public.faces f
  where f.id = any (face_ids) and f.embedding is not null and not exists (
    select from public.match_jobs j where j.face_id = f.id and j.status = 'pending'
  )
  order by f.id
$$;

-- An import begins to be undone, or goes on; once it is, what was left is tried again. Whoever publishes it stops.
create function private.begin_import_undo(of_import uuid) returns void
language plpgsql security definer set search_path = ''
as $$
begin
  perform private.require_curator();
  update public.celebrity_import_items it set kept_reason = null
  from public.celebrity_imports i
  where i.id = of_import and i.state in ('published', 'undone') and it.import_id = i.id and it.kept_reason is not null;
  update public.celebrity_imports set state = 'undoing' where id = of_import;
  perform private.hold_import(of_import, 'undoing');
end
$$;

create function private.end_import_undo(of_import uuid) returns void
language plpgsql security definer set search_path = ''
as $$
begin
  perform private.require_curator();
  update public.celebrity_imports
  set state = 'undone', undone_at = now(), ended_at = coalesce(ended_at, now()),
    undone_by = (select p.id from public.profiles p where p.id = (select auth.uid()))
  where id = of_import and state = 'undoing';
end
$$;

-- Takes some of an import's items back, further photos before the celebrities. Gives how many it saw to; none at the end.
create function private.undo_import_items(of_import uuid, most integer) returns integer
language plpgsql security definer set search_path = ''
as $$
declare
  chunk bigint[];
  i public.celebrity_import_items;
  kept text;
  others_since boolean;
  replaced_since timestamptz;
begin
  perform private.require_curator();
  perform private.hold_import(of_import, 'undoing');
  others_since := exists (
    select
    from public.celebrities c
    join public.celebrity_imports im on im.id = of_import and c.analyzed_at > im.created_at
    where c.import_id is distinct from of_import
  );
  select array_agg(next.item order by next.place, next.item desc) into chunk
  from (
    select it.item, array_position(array['further_photo', 'replaces_photo', 'new_celebrity'], it.outcome) as place
    from public.celebrity_import_items it
    where it.import_id = of_import and it.undone_at is null and it.kept_reason is null
    order by place, it.item desc
    limit most
  ) as next;
  -- In one order, and before the lock of searches, as the worker takes them.
  perform from public.celebrities c
  where c.id in (
    select it.celebrity_id from public.celebrity_import_items it where it.import_id = of_import and it.item = any (chunk)
  )
  order by c.id for no key update;
  perform pg_advisory_xact_lock(386994, 0);
  for i in
    select it.* from public.celebrity_import_items it
    where it.import_id = of_import and it.item = any (chunk) and it.undone_at is null and it.kept_reason is null
    order by array_position(chunk, it.item) for update
  loop
    kept := case when i.published_at is not null then private.undo_import_item(i, others_since) end;
    if kept is null and i.outcome = 'replaces_photo' then
      replaced_since := least(replaced_since, i.published_at);
    end if;
    update public.celebrity_import_items it
    set kept_reason = kept, undone_at = case when kept is null then now() end
    where it.import_id = of_import and it.item = i.item;
    update public.celebrity_changes ch
    set undone_at = now(), undone_by = (select p.id from public.profiles p where p.id = (select auth.uid()))
    where ch.id = i.change_id and kept is null;
  end loop;
  -- Who was analysed in between has met the photos that are gone.
  perform private.search_anew(array(select f.id from public.faces f where f.analyzed_at > replaced_since))
  where replaced_since is not null;
  return coalesce(cardinality(chunk), 0);
end
$$;

-- The files of these items are removed.
create function private.forget_import_files(of_import uuid, items bigint[]) returns void
language plpgsql security definer set search_path = ''
as $$
begin
  perform private.require_curator();
  update public.celebrity_import_items set image_path = null
  where import_id = of_import and item = any (items) and undone_at is not null;
end
$$;

-- Why a celebrity of an import is not there any more.
create function private.why_gone(of_celebrity uuid, since bigint) returns text
language sql stable set search_path = ''
as $$
  select coalesce((
    select case ch.kind
      when 'merge' then 'They were merged into another celebrity since.'
      when 'trash' then 'They were put into the trash since.'
    end
    from public.celebrity_changes ch
    where ch.celebrity_id = of_celebrity and ch.id > since and ch.undone_at is null and ch.kind in ('merge', 'trash')
    order by ch.id desc limit 1
  ), 'They were removed since.')
$$;

-- Takes one item back. Gives why it is left, null where it is not. others_since: somebody else came into the gallery
-- since the import began.
create function private.undo_import_item(i public.celebrity_import_items, others_since boolean) returns text
language plpgsql set search_path = ''
as $$
declare
  star public.celebrities;
  photo public.celebrity_photos;
  change public.celebrity_changes;
  differing text;
begin
  select * into star from public.celebrities c where c.id = i.celebrity_id;
  select * into change from public.celebrity_changes ch where ch.id = i.change_id;
  if i.outcome <> 'new_celebrity' then
    select * into photo from public.celebrity_photos p where p.id = i.photo_id for update;
  end if;
  if i.outcome = 'further_photo' and photo.celebrity_id = i.celebrity_id then
    delete from public.celebrity_photos p where p.id = i.photo_id;
    return null;
  elsif photo.celebrity_id <> i.celebrity_id then
    return 'The photo is one of another celebrity since: they were merged.';
  elsif star.id is null then
    return private.why_gone(i.celebrity_id, i.change_id);
  elsif i.outcome = 'further_photo' then
    return case when star.image_path = i.image_path
      then 'They are known by this photo since.' else 'The photo was removed since.' end;
  elsif star.image_path <> i.image_path then
    return 'They are known by another photo since.';
  elsif i.outcome = 'replaces_photo' then
    if photo.id is null then
      return 'The photo that it took the place of was removed since.';
    end if;
    perform private.put_photo_back(star, change, i);
    return null;
  end if;
  select string_agg(replace(entry.key, '_', ' '), ', ' order by entry.key) into differing
  from jsonb_each(change.after) as entry
  where entry.value is distinct from to_jsonb(star) -> entry.key;
  if differing is not null then
    return 'Changed since: ' || differing || '.';
  elsif exists (
    select from public.celebrity_photos p where p.celebrity_id = star.id and p.import_id is distinct from i.import_id
  ) then
    return 'They have another photo since.';
  elsif exists (
    select from public.celebrity_changes ch
    where ch.celebrity_id = star.id and ch.id > i.change_id and ch.kind = 'merge' and ch.undone_at is null
  ) then
    return 'Another celebrity was merged into them since.';
  end if;
  -- Who searched since has one lookalike less, which another celebrity may take the place of.
  perform private.search_anew(array(
    select f.id
    from public.celebrity_matches m
    join public.faces f on f.id = m.face_id
    where m.celebrity_id = star.id and (others_since or f.analyzed_at > i.published_at)
  ));
  delete from public.celebrities c where c.id = star.id;
  return null;
end
$$;

-- The photo that an import took the place of is the one that a celebrity is known by again.
create function private.put_photo_back(
  star public.celebrities, change public.celebrity_changes, i public.celebrity_import_items
) returns void
language plpgsql set search_path = ''
as $$
declare
  was jsonb := change.before -> 'celebrities' -> 0;
  is_untouched constant boolean := star.updated_at = (change.after ->> 'updated_at')::timestamptz;
  is_of_now constant boolean := was ->> 'embedding_model' is null
    or exists (select from public.active_model a where a.embedding_model = was ->> 'embedding_model');
begin
  if star.gender is distinct from change.after ->> 'gender' then
    was := was - 'gender';
  end if;
  if not is_untouched then
    was := was - 'updated_at';
  end if;
  if not is_of_now then
    was := was || '{"embedding": null, "embedding_model": null}'::jsonb;
  end if;
  delete from public.celebrity_photos p where p.id = i.photo_id;
  perform set_config('semblance.putting_back', case when is_untouched then 'on' else '' end, true);
  perform private.set_columns(star.id, was);
  perform set_config('semblance.putting_back', '', true);
  -- Those that were queued for the photo that goes.
  delete from public.celebrity_jobs j where j.celebrity_id = star.id and j.created_at >= i.published_at;
  perform private.put_back_jobs(change.before);
  if is_of_now then
    perform private.put_back_lookalikes(star.id, change.before, i.published_at);
  else
    -- The models were switched meanwhile: the photo is analysed anew.
    insert into public.celebrity_jobs (celebrity_id) values (star.id);
  end if;
end
$$;

revoke execute on function
  private.put_back_jobs(jsonb), private.put_back_lookalikes(uuid, jsonb, timestamptz), private.search_anew(uuid[]),
  private.begin_import_undo(uuid), private.end_import_undo(uuid), private.undo_import_items(uuid, integer),
  private.forget_import_files(uuid, bigint[]), private.why_gone(uuid, bigint),
  private.undo_import_item(public.celebrity_import_items, boolean),
  private.put_photo_back(public.celebrities, public.celebrity_changes, public.celebrity_import_items)
from public, anon, authenticated;
grant execute on function
  private.begin_import_undo(uuid), private.end_import_undo(uuid), private.undo_import_items(uuid, integer),
  private.forget_import_files(uuid, bigint[])
to authenticated, service_role;
