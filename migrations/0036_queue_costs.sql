-- The queue at speed, further: what every change of a job sets off, and the indexes that it writes to.

-- What a change of jobs sets off --------------------------------------------------------------------------------------

-- Tells of each row (0014) and once of the table (0006), in one go. As text, since a builder of JSON looks its types up
-- again for each row: to the letter what that would write, so that PostgreSQL delivers it once where the trigger by row
-- says the same. Names of tables and ids need no escaping. Of a row whose id was changed that one tells as well, by both.
create or replace function private.announce_changed_rows() returns trigger
language plpgsql set search_path = ''
as $$
begin
  perform pg_notify(
    'semblance_rows',
    '{"table" : "' || tg_table_name || '", "type" : "' || tg_op || '", "keys" : {"id" : "' || changed.id || '"}}'
  )
  from changed;
  if found then
    perform pg_notify('semblance_changes', tg_table_name);
  end if;
  return null;
end
$$;
do $$
begin
  -- Not there where Supabase's own Realtime reads the log.
  if exists (
    select from pg_catalog.pg_trigger
    where tgrelid = 'public.match_jobs'::regclass and tgname = 'announce_row_update'
  ) then
    drop trigger announce_row_update on public.match_jobs;
    create or replace trigger notify_change_update after update on public.match_jobs
      referencing new table as changed
      for each statement execute function private.announce_changed_rows();
  end if;
end
$$;

-- A trigger before the update of a row has every row locked once more, whether it has anything to do or not. These do the
-- same as before (0009, 0025) once the row is written.
create function private.mark_failed_row() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  execute format(
    'update public.%I set fingerprint = private.describe_failure(error_code, error_message)
     where id = $1 and status = ''failed'' and fingerprint is null', tg_table_name
  ) using new.id;
  return null;
end
$$;
revoke execute on function private.mark_failed_row() from public, anon, authenticated;

create or replace trigger keep_columns after update of id, face_id, user_id, created_at on public.match_jobs
  for each row execute function private.keep_columns('id', 'face_id', 'user_id', 'created_at');
create or replace trigger keep_columns after update of id, celebrity_id, created_at on public.celebrity_jobs
  for each row execute function private.keep_columns('id', 'celebrity_id', 'created_at');

-- Where jobs lie ------------------------------------------------------------------------------------------------------

-- Each claim and each end writes a line into every index of the table. By age jobs are found status by status, in the
-- index by status and age; by worker, those that a worker has now, which are few, by their status.
do $$
declare
  queue text;
begin
  foreach queue in array array['match_jobs', 'celebrity_jobs', 'embedding_jobs'] loop
    execute format(
      'create or replace trigger mark_failure before insert on public.%I for each row
       when (new.status = ''failed'' and new.fingerprint is null) execute function private.mark_failure()', queue
    );
    execute format(
      'create trigger mark_failed_row after update of status on public.%I for each row
       when (new.status = ''failed'' and new.fingerprint is null) execute function private.mark_failed_row()', queue
    );
    execute format('drop index if exists public.idx_%1$s_created_at, public.idx_%1$s_worker_id', queue);
    execute format(
      'create index idx_%1$s_worked_on on public.%1$I (worker_id, created_at desc, id desc)
       where worker_id is not null and status <> ''processing''', queue
    );
  end loop;
end
$$;
