-- Lists of twenty thousand celebrities by whatever a curator asks for; who is told apart stands in the histories of both,
-- and what was taken back can be done again.

-- Facts -----------------------------------------------------------------------------------------------------------------

-- A row of celebrities has four thousand bytes, and a question that reads all of them takes tenths of a second. Here is
-- what lists filter and sort by, in as few as there are.
create table public.celebrity_facts (
  id uuid primary key references public.celebrities (id) on update cascade on delete cascade,
  -- The beginning, in small letters: a whole name may be longer than an index can hold.
  name_key text not null,
  created_at timestamptz not null,
  category text,
  gender text,
  age integer,
  quality_score float8,
  expression text,
  -- In words, and null before the analysis.
  skin_tone text,
  licence text,
  embedding_model text,
  import_id uuid,
  is_analyzed boolean not null,
  has_bio boolean not null,
  has_source boolean not null,
  -- Name, imported name and bio in small letters, as Unicode composes them: looking for a text without regard to case
  -- takes ten times as long.
  search_text text not null
);
comment on table public.celebrity_facts is 'Of each celebrity what lists filter and sort by, kept by trigger.';
alter table public.celebrity_facts alter column search_text set storage main;
create index idx_celebrity_facts_name on public.celebrity_facts (name_key, id);
create index idx_celebrity_facts_newest on public.celebrity_facts (created_at, id);
create index idx_celebrity_facts_best on public.celebrity_facts (coalesce(quality_score, -1), id);
create index idx_celebrity_facts_youngest on public.celebrity_facts (coalesce(age, -1), id);
alter table public.celebrity_facts enable row level security;
revoke all on public.celebrity_facts from anon, authenticated;
grant all on public.celebrity_facts to service_role;
grant select on public.celebrity_facts to authenticated;
create policy celebrity_facts_select on public.celebrity_facts for select to authenticated
  using ((select private.current_staff_role()) is not null);

create function private.write_celebrity_facts(celebrity_ids uuid[]) returns void
language sql volatile set search_path = '' set jit = off
as $$
  insert into public.celebrity_facts as written (
    id, name_key, created_at, category, gender, age, quality_score, expression, skin_tone, licence, embedding_model,
    import_id, is_analyzed, has_bio, has_source, search_text
  )
  select
    c.id, "left"(lower(c.name), 200), coalesce(c.created_at, 'epoch'), c.category, c.gender, c.age, c.quality_score,
    c.expression, case when c.embedding is not null then extensions.skin_tone_name(c.skin_tone) end, c.licence,
    c.embedding_model, c.import_id, c.embedding is not null, coalesce(c.bio, '') <> '', coalesce(c.source, '') <> '',
    lower(normalize(concat_ws(E'\n', c.name, c.name_original, c.bio)))
  from public.celebrities c
  where c.id = any (celebrity_ids)
  on conflict (id) do update
  set (
    name_key, created_at, category, gender, age, quality_score, expression, skin_tone, licence, embedding_model, import_id,
    is_analyzed, has_bio, has_source, search_text
  ) = (
    excluded.name_key, excluded.created_at, excluded.category, excluded.gender, excluded.age, excluded.quality_score,
    excluded.expression, excluded.skin_tone, excluded.licence, excluded.embedding_model, excluded.import_id,
    excluded.is_analyzed, excluded.has_bio, excluded.has_source, excluded.search_text
  )
  where written is distinct from excluded
$$;

create function private.follow_celebrities() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  perform private.write_celebrity_facts(array(select n.id from new_rows n));
  return null;
end
$$;
create trigger follow_new_celebrities after insert on public.celebrities
  referencing new table as new_rows
  for each statement execute function private.follow_celebrities();
create trigger follow_changed_celebrities after update on public.celebrities
  referencing new table as new_rows
  for each statement execute function private.follow_celebrities();
revoke execute on function private.write_celebrity_facts(uuid[]), private.follow_celebrities()
from public, anon, authenticated;
grant execute on function private.write_celebrity_facts(uuid[]) to service_role;

select private.write_celebrity_facts(array(select id from public.celebrities));

-- What the facts are for now; an adopted database may have had such an index under another name, and keeps it. Who has a
-- name already is found by its hash, however long the name.
drop index if exists
  public.idx_celebrities_name, public.idx_celebrities_newest, public.idx_celebrities_best, public.idx_celebrities_youngest,
  public.idx_celebrities_licence;
create index idx_celebrities_name on public.celebrities using hash (lower(name));

-- Changes ---------------------------------------------------------------------------------------------------------------

alter table public.celebrity_changes
  -- The group that this one does again.
  add column redo_of uuid,
  drop constraint celebrity_changes_kind_check,
  add constraint celebrity_changes_kind_check check (kind in (
    'add', 'edit', 'merge', 'replace_photo', 'add_photo', 'remove_photo', 'trash', 'import', 'distinguish'
  ));
grant update (redo_of) on public.celebrity_changes to authenticated;
create index idx_celebrity_changes_redo_of on public.celebrity_changes (redo_of) where redo_of is not null;
