-- Callers' transactions run on connections that log in as a role of their own, granted anon and authenticated and
-- nothing else, so that no statement inside of them can become the service role or the owner. The host makes that role,
-- one for each database, since roles belong to the whole server; its password lies here. Deleting the row has the next
-- host that connects set a new one.
create table semblance.caller_logins (
  role_name text primary key,
  password text not null,
  created_at timestamptz not null default now()
);

-- For its owner alone.
alter table semblance.caller_logins enable row level security;
revoke all on semblance.caller_logins from public, anon, authenticated, service_role;

-- Every policy asks who calls. As made by
-- 0001, with a setting of its own, the planner can't put the answer in the query's place and plans the function anew
-- for each query; with every name qualified it needs no setting. Supabase's own function is like that and stays.
do $$
declare
  callers_id constant text := 'select coalesce('
    'nullif(pg_catalog.current_setting(''request.jwt.claim.sub'', true), ''''), '
    'nullif(pg_catalog.current_setting(''request.jwt.claims'', true), '''')::pg_catalog.jsonb ->> ''sub'''
    ')::pg_catalog.uuid';
begin
  if exists (
    select from pg_catalog.pg_proc
    where oid = 'auth.uid()'::regprocedure and proconfig = array['search_path=""'] and pg_has_role(proowner, 'member')
  ) then
    execute format('create or replace function auth.uid() returns uuid language sql stable as %L', callers_id);
  end if;
end
$$;
