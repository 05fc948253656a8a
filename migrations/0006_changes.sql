-- Live updates: whatever writes says which table it wrote to, as a hint to ask again. PostgreSQL delivers equal messages
-- of one transaction once. By row, since a statement that changes no row (a worker that finds no job) must not wake
-- those who wait for one.

create function private.notify_change() returns trigger
language plpgsql set search_path = ''
as $$
begin
  perform pg_notify('semblance_changes', tg_table_name);
  return null;
end
$$;
revoke execute on function private.notify_change() from public, anon, authenticated;

do $$
declare
  name text;
begin
  foreach name in array array[
    'profiles', 'faces', 'celebrities', 'matches', 'celebrity_matches', 'match_jobs', 'celebrity_jobs', 'reactions',
    'babies', 'notifications', 'messages', 'mutual_connections', 'system_settings'
  ] loop
    execute format(
      'create trigger notify_change after insert or update or delete on public.%I
       for each row execute function private.notify_change()',
      name
    );
    execute format(
      'create trigger notify_truncate after truncate on public.%I
       for each statement execute function private.notify_change()',
      name
    );
  end loop;
end
$$;
