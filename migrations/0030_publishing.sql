-- Imports are published by functions, each item in one transaction: whoever calls them writes nothing past these rules.

-- The columns of celebrities that an analysis writes, but for the embedding and its model.
create function private.analysis_columns() returns text[]
language sql immutable set search_path = ''
as $$
  select array[
    'age', 'gender', 'quality_score', 'blur_score', 'illumination_score', 'quality_components', 'symmetry_score',
    'landmarks_68', 'pose', 'geometry_ratios', 'skin_tone_lab', 'expression', 'expression_confidence',
    'emotion_scores', 'detection_box', 'image_width', 'image_height', 'faces_found', 'analyzed_at'
  ]
$$;

-- Those that are another photo's once the photo is another; the gender is the curators' word.
create function private.photo_columns() returns text[]
language sql immutable set search_path = ''
as $$
  select array_remove(private.analysis_columns(), 'gender') || array[
    'embedding', 'embedding_model', 'image_path', 'image_hash', 'perceptual_hash', 'thumbnail_path', 'view_path',
    'licence', 'source', 'import_id'
  ]
$$;

-- Some entries of an object; those that are missing are null.
create function private.pick(entries jsonb, names text[]) returns jsonb
language sql immutable set search_path = ''
as $$ select coalesce(jsonb_object_agg(name, entries -> name), '{}') from unnest(names) as name $$;

-- Keeps the photo that a celebrity is known by as a further one.
create function private.keep_current_photo(of_celebrity uuid, as_photo uuid) returns void
language sql set search_path = ''
as $$
  insert into public.celebrity_photos (
    id, celebrity_id, image_path, image_hash, perceptual_hash, thumbnail_path, view_path, analysis, quality_score,
    embedding, embedding_model, licence, source, import_id
  )
  select
    as_photo, c.id, c.image_path, c.image_hash, c.perceptual_hash, c.thumbnail_path, c.view_path,
    private.pick(to_jsonb(c), private.analysis_columns()), c.quality_score, c.embedding, c.embedding_model, c.licence,
    c.source, c.import_id
  from public.celebrities c
  where c.id = of_celebrity
$$;

-- Writes columns of a celebrity from an object.
create function private.set_columns(of_celebrity uuid, entries jsonb) returns void
language plpgsql set search_path = ''
as $$
declare
  names constant text := (select string_agg(quote_ident(name), ', ') from jsonb_object_keys(entries) as name);
begin
  execute format(
    'update public.celebrities set (%1$s) = (select %1$s from jsonb_populate_record(null::public.celebrities, $1))
     where id = $2', names
  ) using entries, of_celebrity;
end
$$;

-- {table: rows} of who looks like a celebrity.
create function private.lookalikes_of(of_celebrity uuid) returns jsonb
language sql stable set search_path = ''
as $$
  select jsonb_build_object(
    'celebrity_matches', (
      select coalesce(jsonb_agg(to_jsonb(m) order by m.id), '[]')
      from public.celebrity_matches m where m.celebrity_id = of_celebrity
    ),
    'match_scores', (
      select coalesce(jsonb_agg(to_jsonb(s) order by s.id), '[]')
      from public.celebrity_matches m
      join public.match_scores s on s.celebrity_match_id = m.id
      where m.celebrity_id = of_celebrity
    )
  )
$$;

create function private.require_curator() returns void
language plpgsql stable set search_path = ''
as $$
begin
  if not private.curates() then
    raise exception 'Only a curator or an admin may do this.' using errcode = 'insufficient_privilege';
  end if;
end
$$;

-- Holds an import in a state until the transaction ends.
create function private.hold_import(of_import uuid, wanted text) returns void
language plpgsql set search_path = ''
as $$
declare
  state constant text := (select i.state from public.celebrity_imports i where i.id = of_import for share);
begin
  if state is distinct from wanted then
    raise exception 'The import is %.', coalesce(state, 'not in this database')
      using errcode = 'object_not_in_prerequisite_state', constraint = 'semblance_import_state';
  end if;
end
$$;

-- An import begins to be published, or goes on. Not once it was undone: its items are its record.
create function private.begin_import(of_import uuid, import_name text, on_host text) returns void
language plpgsql security definer set search_path = ''
as $$
begin
  perform private.require_curator();
  insert into public.celebrity_imports (id, name, host_name, created_by)
  values (of_import, import_name, on_host, (select p.id from public.profiles p where p.id = (select auth.uid())))
  on conflict (id) do update set state = 'publishing', ended_at = null
  where celebrity_imports.state = 'published';
  perform private.hold_import(of_import, 'publishing');
end
$$;

create function private.end_import(of_import uuid) returns void
language plpgsql security definer set search_path = ''
as $$
begin
  perform private.require_curator();
  update public.celebrity_imports set state = 'published', ended_at = now()
  where id = of_import and state = 'publishing';
end
$$;

-- Items that are about to be published: what is put into Storage for them is known from here on. Gives those that are
-- published already.
create function private.claim_import_items(of_import uuid, items jsonb)
returns table (item bigint, celebrity_id uuid, published_at timestamptz)
language plpgsql security definer set search_path = ''
as $$
#variable_conflict use_column
begin
  perform private.require_curator();
  perform private.hold_import(of_import, 'publishing');
  insert into public.celebrity_import_items (
    import_id, item, outcome, celebrity_id, photo_id, image_hash, image_path
  )
  select of_import, i.item, i.outcome, i.celebrity_id, i.photo_id, i.image_hash, i.image_path
  from jsonb_populate_recordset(null::public.celebrity_import_items, items) as i
  order by i.item
  on conflict (import_id, item) do update
  set outcome = excluded.outcome, celebrity_id = excluded.celebrity_id, photo_id = excluded.photo_id,
    image_hash = excluded.image_hash, image_path = excluded.image_path
  where celebrity_import_items.published_at is null;
  return query
  select i.item, i.celebrity_id, i.published_at
  from public.celebrity_import_items i
  where i.import_id = of_import and i.published_at is not null
    and i.item in (select (entry ->> 'item')::bigint from jsonb_array_elements(items) as entry);
end
$$;

-- An item that is not published after all; what was put into Storage for it is gone by now.
create function private.drop_import_item(of_import uuid, of_item bigint) returns void
language plpgsql security definer set search_path = ''
as $$
begin
  perform private.require_curator();
  delete from public.celebrity_import_items
  where import_id = of_import and item = of_item and published_at is null;
end
$$;

-- Publishes a claimed item whose files lie in Storage: `photo` has the columns of celebrities that it becomes. Null once
-- it is published, by this call or an earlier one; else what has changed since the plan, for a person.
-- known_names: celebrities of that name whom the plan knew. seen: when the plan saw the celebrity change last.
create function private.publish_import_item(
  of_import uuid, of_item bigint, photo jsonb, seen timestamptz, known_names uuid[]
) returns text
language plpgsql security definer set search_path = ''
as $$
declare
  i public.celebrity_import_items;
  star public.celebrities;
  other text;
  written jsonb;
  taken jsonb;
begin
  perform private.require_curator();
  perform private.hold_import(of_import, 'publishing');
  select * into i from public.celebrity_import_items where import_id = of_import and item = of_item for update;
  if i.published_at is not null then
    return null;
  end if;
  -- A switch of models comes before or after this.
  perform from public.active_model where embedding_model = photo ->> 'embedding_model' for share;
  if not found or i.item is null then
    raise exception 'The photo was analysed by other models than this database searches with.'
      using errcode = 'object_not_in_prerequisite_state', constraint = 'semblance_other_space';
  end if;
  -- A photo is one celebrity's, in whichever of the two tables.
  perform pg_advisory_xact_lock(hashtextextended('celebrity photo ' || i.image_hash, 0));
  select c.name into other
  from public.celebrities c
  where c.id in (
    select known.id from public.celebrities known where known.image_hash = i.image_hash
    union all
    select p.celebrity_id from public.celebrity_photos p where p.image_hash = i.image_hash
  );
  if found then
    return 'This photo is in the gallery by now: it is one of ' || other || '.';
  end if;
  photo := photo || jsonb_build_object('import_id', of_import, 'analyzed_at', now());
  if i.outcome = 'new_celebrity' then
    perform pg_advisory_xact_lock(hashtextextended('celebrity name ' || lower(photo ->> 'name'), 0));
    if exists (
      select from public.celebrities c
      where lower(c.name) = lower(photo ->> 'name') and c.id <> all (known_names)
        and c.import_id is distinct from of_import
    ) then
      return 'Somebody called ' || (photo ->> 'name') || ' is in the gallery by now.';
    end if;
    -- insert_rows: of 0031.
    perform private.insert_rows('public.celebrities', jsonb_build_array(
      photo || jsonb_build_object('id', i.celebrity_id, 'created_at', now(), 'updated_at', now())
    ));
    written := private.pick(photo, array['name', 'bio', 'category', 'gender', 'licence', 'source', 'image_path']);
  else
    select * into star from public.celebrities c where c.id = i.celebrity_id for no key update;
    if not found then
      return 'The celebrity whose photo this is is not in the gallery any more.';
    end if;
    if coalesce(star.updated_at <> seen, star.import_id is distinct from of_import) and not exists (
      select from public.celebrity_changes ch
      where ch.group_id = of_import and ch.celebrity_id = star.id
        and (ch.after ->> 'updated_at')::timestamptz = star.updated_at
    ) then
      return star.name || ' was changed since the photos were compared.';
    end if;
  end if;
  if i.outcome = 'further_photo' then
    insert into public.celebrity_photos (
      id, celebrity_id, image_path, image_hash, perceptual_hash, thumbnail_path, view_path, analysis, quality_score,
      embedding, embedding_model, licence, source, import_id
    )
    select
      i.photo_id, star.id, p.image_path, p.image_hash, p.perceptual_hash, p.thumbnail_path, p.view_path,
      private.pick(to_jsonb(p), private.analysis_columns()), p.quality_score, p.embedding, p.embedding_model, p.licence,
      p.source, of_import
    from jsonb_populate_record(null::public.celebrities, photo) as p;
    written := jsonb_build_object('photo_id', i.photo_id, 'image_path', photo -> 'image_path');
  elsif i.outcome = 'replaces_photo' then
    perform private.keep_current_photo(star.id, i.photo_id);
    written := private.pick(
      photo, private.photo_columns() || case when star.gender is null then array['gender'] else '{}' end
    );
    -- A job that is at the old photo would write what it says over the new one.
    with open as (
      delete from public.celebrity_jobs j
      where j.celebrity_id = star.id and j.status in ('pending', 'processing') returning to_jsonb(j) as was
    )
    select private.lookalikes_of(star.id) || jsonb_build_object(
      'celebrities', jsonb_build_array(
        private.pick(to_jsonb(star), array['updated_at'] || array(select jsonb_object_keys(written)))
      ),
      'celebrity_jobs', (select coalesce(jsonb_agg(was), '[]') from open)
    ) into taken;
    perform private.set_columns(star.id, written);
    written := written - 'embedding' - 'landmarks_68'
      || (select jsonb_build_object('updated_at', c.updated_at) from public.celebrities c where c.id = star.id);
  end if;
  if i.outcome <> 'further_photo' then
    -- They are analysed: the worker only looks for who is like them, behind what somebody waits for.
    insert into public.celebrity_jobs (celebrity_id, start_stage, priority) values (i.celebrity_id, 'search', -1);
  end if;
  with noted as (
    insert into public.celebrity_changes (group_id, celebrity_id, kind, changed_by, before, after)
    values (
      of_import, i.celebrity_id, 'import', (select p.id from public.profiles p where p.id = (select auth.uid())), taken,
      written
    )
    returning id
  )
  update public.celebrity_import_items
  set published_at = now(), change_id = noted.id
  from noted
  where import_id = of_import and item = of_item;
  return null;
end
$$;

revoke execute on function
  private.analysis_columns(), private.photo_columns(), private.pick(jsonb, text[]),
  private.keep_current_photo(uuid, uuid), private.set_columns(uuid, jsonb), private.lookalikes_of(uuid),
  private.require_curator(), private.hold_import(uuid, text), private.begin_import(uuid, text, text),
  private.end_import(uuid), private.claim_import_items(uuid, jsonb), private.drop_import_item(uuid, bigint),
  private.publish_import_item(uuid, bigint, jsonb, timestamptz, uuid[])
from public, anon, authenticated;
grant execute on function
  private.begin_import(uuid, text, text), private.end_import(uuid), private.claim_import_items(uuid, jsonb),
  private.drop_import_item(uuid, bigint), private.publish_import_item(uuid, bigint, jsonb, timestamptz, uuid[])
to authenticated, service_role;
