-- Curation: where photos of celebrities come from, several photos of one, imports that can be undone, and a record of
-- every change with what takes it back.

alter table public.celebrities
  add column licence text,
  add column source text,
  -- The name as the import's source had it.
  add column name_original text,
  -- 64 bits of what the picture looks like; few of them differ between copies of one picture.
  add column perceptual_hash bit(64),
  add column import_id uuid;
-- Rows are long: what a list or a scan reads stays in them.
alter table public.celebrities
  alter column licence set storage main,
  alter column source set storage main;

create table public.celebrity_imports (
  -- The id that it has in the staging area of the machine it came from.
  id uuid primary key,
  name text not null,
  host_name text,
  state text not null default 'publishing' check (state in ('publishing', 'published', 'undoing', 'undone')),
  -- Null for the command line, or once they are gone.
  created_by uuid references public.profiles (id) on delete set null,
  created_at timestamptz not null default now(),
  ended_at timestamptz,
  undone_by uuid references public.profiles (id) on delete set null,
  undone_at timestamptz
);
comment on table public.celebrity_imports is 'Imports of celebrities that were published, whole or in part.';
alter table public.celebrities
  add constraint celebrities_import_id_fkey foreign key (import_id)
  references public.celebrity_imports (id) on delete set null;

-- Photos of a celebrity besides the one that they are known by.
create table public.celebrity_photos (
  id uuid primary key default gen_random_uuid(),
  celebrity_id uuid not null references public.celebrities (id) on delete cascade,
  image_path text not null,
  image_hash text unique,
  perceptual_hash bit(64),
  thumbnail_path text,
  view_path text,
  -- The columns of celebrities that an analysis writes, by name, without the embedding.
  analysis jsonb not null,
  quality_score float8,
  embedding extensions.vector(512),
  embedding_model text,
  licence text,
  source text,
  import_id uuid references public.celebrity_imports (id) on delete set null,
  created_at timestamptz not null default now()
);
comment on table public.celebrity_photos is 'Further photos of celebrities; the one that they are known by is in celebrities.';

-- What a published file became: a second attempt finds it done, and an undo knows what was there before.
create table public.celebrity_import_items (
  import_id uuid not null references public.celebrity_imports (id) on delete cascade,
  -- The file's id in the staging area.
  item bigint not null,
  outcome text not null check (outcome in ('new_celebrity', 'further_photo', 'replaces_photo')),
  -- No foreign keys: they may be gone, or merged, before the import is undone.
  celebrity_id uuid not null,
  photo_id uuid,
  image_hash text not null,
  -- In the bucket; null once an undo has removed it. It may lie there from before the item is published.
  image_path text,
  change_id bigint,
  -- Null until it is: what was begun and broken off.
  published_at timestamptz,
  undone_at timestamptz,
  -- Why an undo left it.
  kept_reason text,
  primary key (import_id, item)
);

-- Every change that a person makes to the gallery, with what it was before. A removed celebrity lies here, whole, until
-- `purge_at`: no other client finds them in the meantime.
create table public.celebrity_changes (
  id bigint generated always as identity primary key,
  -- What was done at once is undone at once.
  group_id uuid not null,
  -- No foreign key: they may be in the trash.
  celebrity_id uuid not null,
  kind text not null check (kind in (
    'add', 'edit', 'merge', 'replace_photo', 'add_photo', 'remove_photo', 'trash', 'import'
  )),
  changed_by uuid references public.profiles (id) on delete set null,
  changed_at timestamptz not null default now(),
  -- {column: value} that the change wrote over, or {table: rows} of what was taken away.
  before jsonb,
  -- {column: value} that it wrote: an undo leaves alone what is another by now.
  after jsonb,
  -- Files that go with it once it can't be undone any more.
  image_paths text[] not null default '{}',
  purge_at timestamptz,
  purged_at timestamptz,
  undone_by uuid references public.profiles (id) on delete set null,
  undone_at timestamptz
);
comment on table public.celebrity_changes is 'What was done to the gallery, by whom, and what takes it back.';

-- Two that look alike and are two.
create table public.celebrity_distinctions (
  celebrity_a_id uuid not null references public.celebrities (id) on delete cascade,
  celebrity_b_id uuid not null references public.celebrities (id) on delete cascade,
  decided_by uuid references public.profiles (id) on delete set null,
  decided_at timestamptz not null default now(),
  primary key (celebrity_a_id, celebrity_b_id),
  constraint celebrity_distinctions_order check (celebrity_a_id < celebrity_b_id)
);

-- The catalogue's order, and who has a name already.
create index idx_celebrities_name on public.celebrities (lower(name), id);
create index idx_celebrities_import_id on public.celebrities (import_id);
create index idx_celebrity_imports_created_by on public.celebrity_imports (created_by);
create index idx_celebrity_imports_undone_by on public.celebrity_imports (undone_by);
create index idx_celebrity_photos_celebrity_id on public.celebrity_photos (celebrity_id);
create index idx_celebrity_photos_import_id on public.celebrity_photos (import_id);
create index idx_celebrity_import_items_celebrity on public.celebrity_import_items (celebrity_id);
create index idx_celebrity_changes_celebrity on public.celebrity_changes (celebrity_id, id desc);
create index idx_celebrity_changes_group on public.celebrity_changes (group_id);
create index idx_celebrity_changes_changed_by on public.celebrity_changes (changed_by);
create index idx_celebrity_changes_undone_by on public.celebrity_changes (undone_by);
create index idx_celebrity_changes_purge on public.celebrity_changes (purge_at)
  where purged_at is null and undone_at is null;
create index idx_celebrity_distinctions_b on public.celebrity_distinctions (celebrity_b_id);
create index idx_celebrity_distinctions_decided_by on public.celebrity_distinctions (decided_by);

-- Staff reads, curators write. What was published, and what was done, is written by whoever does it and never edited by a
-- client afterwards, but for the marks of an undo.
do $$
declare
  name text;
begin
  foreach name in array array[
    'celebrity_imports', 'celebrity_photos', 'celebrity_import_items', 'celebrity_changes', 'celebrity_distinctions'
  ] loop
    execute format('alter table public.%I enable row level security', name);
    execute format('revoke all on public.%I from anon, authenticated', name);
    execute format('grant all on public.%I to service_role', name);
    execute format('grant select on public.%I to authenticated', name);
    execute format(
      'create policy %I on public.%I for select to authenticated
       using ((select private.current_staff_role()) is not null)', name || '_select', name
    );
    execute format(
      'create trigger notify_change after insert or update or delete on public.%I
       for each row execute function private.notify_change()', name
    );
  end loop;
  foreach name in array array['celebrity_photos', 'celebrity_changes', 'celebrity_distinctions'] loop
    execute format('grant insert, update, delete on public.%I to authenticated', name);
    execute format(
      'create policy %I on public.%I for insert to authenticated
       with check ((select private.current_staff_role()) in (''curator'', ''admin''))', name || '_insert', name
    );
    execute format(
      'create policy %I on public.%I for update to authenticated
       using ((select private.current_staff_role()) in (''curator'', ''admin''))
       with check ((select private.current_staff_role()) in (''curator'', ''admin''))', name || '_update', name
    );
    execute format(
      'create policy %I on public.%I for delete to authenticated
       using ((select private.current_staff_role()) in (''curator'', ''admin''))', name || '_delete', name
    );
  end loop;
end
$$;
revoke update, delete on public.celebrity_changes from authenticated;
grant update (undone_by, undone_at, purge_at, purged_at) on public.celebrity_changes to authenticated;
drop policy celebrity_changes_delete on public.celebrity_changes;
revoke update on public.celebrity_distinctions from authenticated;
drop policy celebrity_distinctions_update on public.celebrity_distinctions;
-- In one's own name alone.
alter policy celebrity_changes_insert on public.celebrity_changes
  with check (
    (select private.current_staff_role()) in ('curator', 'admin') and changed_by = (select auth.uid())
    and undone_by is null and undone_at is null and purged_at is null
  );
alter policy celebrity_changes_update on public.celebrity_changes
  with check (
    (select private.current_staff_role()) in ('curator', 'admin')
    and (undone_by is null or undone_by = (select auth.uid()))
  );
alter policy celebrity_distinctions_insert on public.celebrity_distinctions
  with check ((select private.current_staff_role()) in ('curator', 'admin') and decided_by = (select auth.uid()));

-- Who may look after the gallery: curators and admins, and the host itself.
create function private.curates() returns boolean
language plpgsql stable security definer set search_path = ''
as $$
begin
  return case current_setting('role')
    when 'service_role' then true
    when 'none' then pg_has_role(session_user, 'service_role', 'member')
    else coalesce((select private.current_staff_role()) in ('curator', 'admin'), false)
  end;
end
$$;

-- As in 0009. A plan says of each celebrity when it saw them last: so every real change of one has a time of its own,
-- what changes nothing leaves it, and an undo puts it back.
create or replace function private.touch_updated_at() returns trigger
language plpgsql set search_path = ''
as $$
begin
  if tg_op = 'UPDATE' and tg_table_name = 'celebrities' then
    if current_user not in ('anon', 'authenticated') and current_setting('semblance.putting_back', true) = 'on' then
      return new;
    end if;
    new.updated_at := old.updated_at;
    if new is distinct from old then
      new.updated_at := greatest(clock_timestamp(), old.updated_at + interval '1 microsecond');
    end if;
  elsif tg_op = 'UPDATE' or current_user in ('anon', 'authenticated') then
    new.updated_at := now();
  end if;
  return new;
end
$$;
revoke execute on function private.curates() from public, anon, authenticated;
grant execute on function private.curates() to authenticated, service_role;
