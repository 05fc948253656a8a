-- The columns that Semblance derives are kept by triggers and no longer generated, so that they can be added to a
-- table full of data without rewriting it.

alter table public.faces
  alter column embedding_norm drop expression,
  alter column geometry drop expression,
  alter column skin_tone drop expression;
alter table public.celebrities
  alter column embedding_norm drop expression,
  alter column geometry drop expression,
  alter column skin_tone drop expression;

-- Whatever the writer says, these say what they are derived from; each is computed anew only where it or its source
-- changes. A definer function, since not every client's role may call what it calls. Vectors are compared by their
-- operator's full name: "is distinct from" looks it up on the search path.
create function private.derive_columns() returns trigger
language plpgsql security definer set search_path = ''
as $$
declare
  is_new constant boolean := tg_op = 'INSERT';
begin
  if is_new
    or new.embedding_norm is distinct from old.embedding_norm
    or coalesce(
      new.embedding operator(extensions.<>) old.embedding, (new.embedding is null) <> (old.embedding is null)
    )
  then
    new.embedding_norm := extensions.vector_norm(new.embedding);
  end if;
  if is_new
    or new.geometry_ratios is distinct from old.geometry_ratios
    or coalesce(new.geometry operator(extensions.<>) old.geometry, (new.geometry is null) <> (old.geometry is null))
  then
    new.geometry := private.geometry_vector(new.geometry_ratios);
  end if;
  if is_new
    or new.skin_tone_lab is distinct from old.skin_tone_lab
    or coalesce(
      new.skin_tone operator(extensions.<>) old.skin_tone, (new.skin_tone is null) <> (old.skin_tone is null)
    )
  then
    new.skin_tone := private.skin_tone_vector(new.skin_tone_lab);
  end if;
  return new;
end
$$;
create trigger derive_columns before insert or update on public.faces
  for each row execute function private.derive_columns();
create trigger derive_columns before insert or update on public.celebrities
  for each row execute function private.derive_columns();

-- Does for a foreign key without a rule what "on delete cascade" and "on delete set null" do. The migrations' own keys
-- have their rules and need no such trigger; an adopted database keeps its keys and gets it
-- (core/database/adoption). Its arguments come in threes: table, column, and "cascade" or "set null". It runs after
-- the row is gone and before the key is checked: such triggers run in the order of their names, and those of a key are
-- called RI_ConstraintTrigger.
create function private.delete_referencing() returns trigger
language plpgsql security definer set search_path = ''
as $$
declare
  key text;
begin
  key := old.id::text;
  for position in 0 .. tg_nargs / 3 - 1 loop
    if tg_argv[position * 3 + 2] = 'cascade' then
      execute format('delete from %s where %I = $1::uuid', tg_argv[position * 3], tg_argv[position * 3 + 1])
        using key;
    else
      execute format(
        'update %1$s set %2$I = null where %2$I = $1::uuid', tg_argv[position * 3], tg_argv[position * 3 + 1]
      ) using key;
    end if;
  end loop;
  return null;
end
$$;

revoke execute on function private.derive_columns(), private.delete_referencing() from public, anon, authenticated;
