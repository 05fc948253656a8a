-- An import that was published in several goes may have given one celebrity two photos, the second in place of the first:
-- what was published last is taken back first.

-- Takes some of an import's items back, further photos before the celebrities. Gives how many it saw to; none at the end.
create or replace function private.undo_import_items(of_import uuid, most integer) returns integer
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
  select array_agg(next.item order by next.place, next.change_id desc nulls first, next.item desc) into chunk
  from (
    select
      it.item, it.change_id,
      array_position(array['further_photo', 'replaces_photo', 'new_celebrity'], it.outcome) as place
    from public.celebrity_import_items it
    where it.import_id = of_import and it.undone_at is null and it.kept_reason is null
    order by place, it.change_id desc nulls first, it.item desc
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
