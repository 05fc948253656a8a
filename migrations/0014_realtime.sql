-- Row changes for Realtime: Supabase's publication where there is one, announcements where there is none.

-- Says which row was written, by its key alone: readers ask for the row as themselves, so that row-level security
-- decides what they see of it. A key and a name are far below the 8000 bytes that a notification may have.
create function private.announce_row() returns trigger
language plpgsql set search_path = ''
as $$
begin
  if tg_op = 'DELETE' then
    perform pg_notify(
      'semblance_rows',
      json_build_object('table', tg_table_name, 'type', tg_op, 'keys', json_build_object('id', old.id))::text
    );
  elsif tg_op = 'UPDATE' and new.id is distinct from old.id then
    perform pg_notify(
      'semblance_rows',
      json_build_object(
        'table', tg_table_name, 'type', tg_op,
        'keys', json_build_object('id', new.id), 'old_keys', json_build_object('id', old.id)
      )::text
    );
  else
    perform pg_notify(
      'semblance_rows',
      json_build_object('table', tg_table_name, 'type', tg_op, 'keys', json_build_object('id', new.id))::text
    );
  end if;
  return null;
end
$$;

create function private.announce_truncate() returns trigger
language plpgsql set search_path = ''
as $$
begin
  perform pg_notify('semblance_rows', json_build_object('table', tg_table_name, 'type', tg_op)::text);
  return null;
end
$$;
revoke execute on function private.announce_row(), private.announce_truncate() from public, anon, authenticated;

do $$
declare
  tables constant text[] := array[
    'matches', 'celebrity_matches', 'notifications', 'messages', 'mutual_connections', 'match_jobs'
  ];
  name text;
begin
  -- Where Supabase's own Realtime reads the log, triggers would tell of everything a second time.
  if exists (select from pg_catalog.pg_publication where pubname = 'supabase_realtime')
    or to_regclass('realtime.subscription') is not null
  then
    begin
      if not exists (select from pg_catalog.pg_publication where pubname = 'supabase_realtime') then
        create publication supabase_realtime;
      end if;
      foreach name in array tables loop
        -- One for all tables, or for all of a schema, has these already, and would refuse them by name.
        if not exists (
          select from pg_catalog.pg_publication_tables
          where pubname = 'supabase_realtime' and schemaname = 'public' and tablename = name
        ) then
          execute format('alter publication supabase_realtime add table public.%I', name);
        end if;
      end loop;
    exception
      when insufficient_privilege then
        raise warning 'The publication supabase_realtime could not be changed: %', sqlerrm
          using hint = 'In the dashboard, under Database, Publications, switch these tables on: '
            || array_to_string(tables, ', ') || '.';
    end;
    return;
  end if;

  foreach name in array tables loop
    execute format(
      'create trigger announce_row after insert or update or delete on public.%I
       for each row execute function private.announce_row()',
      name
    );
    execute format(
      'create trigger announce_truncate after truncate on public.%I
       for each statement execute function private.announce_truncate()',
      name
    );
  end loop;
end
$$;
