-- The catalogue: celebrities leave the public tables whole and come back as they were, and what the gallery holds is told
-- in the same words everywhere.

-- Words -----------------------------------------------------------------------------------------------------------------

-- Without a search path of their own, as face_similarity (0011), since a scan asks them of every row: their bodies are
-- parsed here and now.
create function extensions.age_band(age integer) returns text
language sql immutable parallel safe
return
  case
    when age < 18 then '0-17' when age < 25 then '18-24' when age < 35 then '25-34' when age < 45 then '35-44'
    when age < 55 then '45-54' when age < 65 then '55-64' when age >= 65 then '65+'
  end;

-- By the individual typology angle of CIELAB, arctan((L − 50) / b) in degrees, and the classes of Chardon et al. (1991) as
-- Del Bino and Bernerd (2013) name them. Skin reflects more yellow than blue: where b is not positive, the light was not
-- fit to tell.
-- Of the column skin_tone, which stands in the row; skin_tone_lab does not.
create function extensions.skin_tone_name(tone extensions.vector) returns text
language sql immutable parallel safe
return
  case when (tone::real[])[3] > 0 then
    (array['very light', 'light', 'intermediate', 'tan', 'brown', 'dark'])[
      1 + width_bucket(
        -atand(((tone::real[])[1] - 50)::float8 / (tone::real[])[3]), array[-55, -41, -28, -10, 30]::float8[]
      )
    ]
  else 'unknown' end;

-- How many of the people are like what, for the staff; nobody is named. Adults, as far as their age is known, who are not
-- suspended, by the photo that they are found by.
create function private.count_people() returns table (age text, gender text, skin_tone text, people integer)
language plpgsql stable security definer set search_path = '' set jit = off
as $$
begin
  if (select private.current_staff_role()) is null then
    raise exception 'Only staff may have the people counted.' using errcode = 'insufficient_privilege';
  end if;
  return query
  select extensions.age_band(f.age), coalesce(f.gender, case when f.owner_gender in ('female', 'male') then f.owner_gender end),
    extensions.skin_tone_name(f.skin_tone), count(*)::integer
  from public.faces f
  where f.is_default and f.embedding is not null and f.age is not null
    and coalesce(f.owner_birth_year < extract(year from now())::integer - 18, true)
    and not exists (
      select from auth.users u where u.id = f.profile_id and (u.banned_until > now() or u.deleted_at is not null)
    )
  group by 1, 2, 3;
end
$$;

-- Away and back ---------------------------------------------------------------------------------------------------------

-- What was taken away and may come back: only that. A copy lies where curators write, and brings rows along that they may
-- not write themselves.
create table private.taken_celebrities (
  digest bytea primary key,
  taken_at timestamptz not null default now()
);
alter table private.taken_celebrities enable row level security;
revoke all on private.taken_celebrities from public, anon, authenticated;
grant select, insert, delete on private.taken_celebrities to service_role;

-- Takes celebrities out of all tables, for a curator or an admin, and gives what they were: {table: rows}, in the order in
-- which they can come back. Ids that are gone are skipped; in one order, so that two who take the same don't wait in a
-- circle.
create function private.take_celebrities(celebrity_ids uuid[]) returns table (celebrity_id uuid, snapshot jsonb)
language plpgsql security definer set search_path = ''
as $$
declare
  one record;
begin
  if coalesce((select private.current_staff_role()), '') not in ('curator', 'admin') then
    raise exception 'Only a curator or an admin may take a celebrity away.' using errcode = 'insufficient_privilege';
  end if;
  -- Nobody adds to them, or scores them anew, from here on: that would be in no copy.
  perform from public.celebrities c where c.id = any (celebrity_ids) order by c.id for update;
  perform from public.celebrity_matches m where m.celebrity_id = any (celebrity_ids) order by m.id for update;
  for one in
    select c.id, jsonb_build_object(
      'celebrities', jsonb_build_array(to_jsonb(c)),
      'celebrity_photos', (
        select coalesce(jsonb_agg(to_jsonb(p) order by p.id), '[]')
        from public.celebrity_photos p where p.celebrity_id = c.id
      ),
      'celebrity_distinctions', (
        select coalesce(jsonb_agg(to_jsonb(d)), '[]')
        from public.celebrity_distinctions d where c.id in (d.celebrity_a_id, d.celebrity_b_id)
      ),
      'celebrity_jobs', (
        select coalesce(jsonb_agg(to_jsonb(j) order by j.created_at, j.id), '[]')
        from public.celebrity_jobs j where j.celebrity_id = c.id
      ),
      'celebrity_matches', (
        select coalesce(jsonb_agg(to_jsonb(m) order by m.id), '[]')
        from public.celebrity_matches m where m.celebrity_id = c.id
      ),
      'match_scores', (
        select coalesce(jsonb_agg(to_jsonb(s) order by s.id), '[]')
        from public.celebrity_matches m
        join public.match_scores s on s.celebrity_match_id = m.id
        where m.celebrity_id = c.id
      )
    ) as kept
    from public.celebrities c
    where c.id = any (celebrity_ids)
    order by c.id
  loop
    insert into private.taken_celebrities (digest) values (sha256(convert_to(one.kept::text, 'UTF8')))
    on conflict do nothing;
    celebrity_id := one.id;
    snapshot := one.kept;
    return next;
  end loop;
  delete from public.celebrities c where c.id = any (celebrity_ids);
end
$$;

-- Inserts rows as they were. What the table has gained since has its default; what is generated is left to the table.
create function private.insert_rows(into_table regclass, kept jsonb) returns void
language plpgsql set search_path = ''
as $$
declare
  names text;
begin
  select string_agg(quote_ident(a.attname), ', ' order by a.attnum) into names
  from pg_catalog.pg_attribute a
  where a.attrelid = into_table and a.attnum > 0 and not a.attisdropped
    and a.attgenerated = '' and a.attidentity = '' and (kept -> 0) ? a.attname;
  if names is not null then
    execute format(
      'insert into %1$s (%2$s) select %2$s from jsonb_populate_recordset(null::%1$s, $1)', into_table, names
    ) using kept;
  end if;
end
$$;

-- Brings back one that private.take_celebrities took, as they were: gives how many lookalikes came along. Those of faces
-- that are gone don't, and what was being worked on is to be done again. unique_violation where they are there, or
-- another has their photo.
create function private.put_back_celebrity(kept jsonb) returns integer
language plpgsql security definer set search_path = ''
as $$
declare
  celebrity constant uuid := (kept -> 'celebrities' -> 0 ->> 'id')::uuid;
  own constant jsonb := jsonb_build_object('celebrity_id', celebrity);
  lookalikes jsonb;
begin
  if coalesce((select private.current_staff_role()), '') not in ('curator', 'admin') then
    raise exception 'Only a curator or an admin may bring a celebrity back.' using errcode = 'insufficient_privilege';
  end if;
  delete from private.taken_celebrities t where t.digest = sha256(convert_to(kept::text, 'UTF8'));
  if not found then
    raise exception 'This is not what was taken away.' using errcode = 'insufficient_privilege';
  end if;
  perform private.insert_rows('public.celebrities', (
    select jsonb_agg(entry || jsonb_build_object('import_id', i.id))
    from jsonb_array_elements(kept -> 'celebrities') with ordinality as part(entry, place)
    left join public.celebrity_imports i on i.id = (entry ->> 'import_id')::uuid
    where place = 1
  ));
  perform private.insert_rows('public.celebrity_photos', (
    select jsonb_agg(entry || own || jsonb_build_object('import_id', i.id))
    from jsonb_array_elements(kept -> 'celebrity_photos') as part(entry)
    left join public.celebrity_imports i on i.id = (entry ->> 'import_id')::uuid
  ));
  perform private.insert_rows('public.celebrity_distinctions', (
    select jsonb_agg(entry || jsonb_build_object('decided_by', p.id))
    from jsonb_array_elements(kept -> 'celebrity_distinctions') as part(entry)
    join public.celebrities a on a.id = (entry ->> 'celebrity_a_id')::uuid
    join public.celebrities b on b.id = (entry ->> 'celebrity_b_id')::uuid
    left join public.profiles p on p.id = (entry ->> 'decided_by')::uuid
    where celebrity in (a.id, b.id)
  ));
  if jsonb_array_length(kept -> 'celebrity_jobs') > 0 then
    -- The one that the trigger has queued just now is among them.
    delete from public.celebrity_jobs j where j.celebrity_id = celebrity;
  end if;
  perform private.insert_rows('public.celebrity_jobs', (
    select jsonb_agg(entry || own || case when entry ->> 'status' = 'processing' then
      '{"status": "pending", "worker_id": null, "lease_until": null, "started_at": null}' else '{}'
    end::jsonb order by place)
    from jsonb_array_elements(kept -> 'celebrity_jobs') with ordinality as part(entry, place)
  ));
  perform from public.faces f
  where f.id in (
    select (entry ->> 'face_id')::uuid from jsonb_array_elements(kept -> 'celebrity_matches') as part(entry)
  )
  order by f.id for key share;
  select jsonb_agg(entry || own order by place) into lookalikes
  from jsonb_array_elements(kept -> 'celebrity_matches') with ordinality as part(entry, place)
  join public.faces f on f.id = (entry ->> 'face_id')::uuid;
  perform private.insert_rows('public.celebrity_matches', lookalikes);
  perform private.insert_rows('public.match_scores', (
    select jsonb_agg(entry - 'match_id' order by place)
    from jsonb_array_elements(kept -> 'match_scores') with ordinality as part(entry, place)
    join public.celebrity_matches m on m.id = (entry ->> 'celebrity_match_id')::uuid and m.celebrity_id = celebrity
  ));
  return coalesce(jsonb_array_length(lookalikes), 0);
end
$$;

revoke execute on function
  extensions.age_band(integer), extensions.skin_tone_name(extensions.vector), private.count_people(), private.take_celebrities(uuid[]),
  private.insert_rows(regclass, jsonb), private.put_back_celebrity(jsonb)
from public, anon, authenticated;
grant execute on function
  extensions.age_band(integer), extensions.skin_tone_name(extensions.vector), private.insert_rows(regclass, jsonb)
to authenticated, service_role;
grant execute on function
  private.count_people(), private.take_celebrities(uuid[]), private.put_back_celebrity(jsonb)
to authenticated;

-- What a list of 20,000 celebrities is sorted and filtered by, and a text is looked for in: without these each page reads
-- 60 MB of rows.
create index idx_celebrities_newest on public.celebrities (coalesce(created_at, 'epoch'), id);
create index idx_celebrities_best on public.celebrities (coalesce(quality_score, -1), id);
create index idx_celebrities_youngest on public.celebrities ((coalesce(age, -1)::float8), id);
create index idx_celebrities_licence on public.celebrities (licence);
create index idx_celebrities_embedding_model on public.celebrities (embedding_model);
alter table public.celebrities
  alter column bio set storage main,
  alter column name_original set storage main;

-- Photos whose files are to go, because the change that brought them is undone.
create index idx_celebrity_changes_undone_files on public.celebrity_changes (purge_at)
  where purged_at is null and undone_at is not null;
