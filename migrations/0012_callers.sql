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

-- What follows changes nothing about who sees what, but what it costs to decide. Every policy asks who calls. As made by
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

-- A person's own rows come first, so that nothing is asked about the staff for them, and their faces are looked up once
-- for both sides of a match. Whoever is of the staff is not suspended (private.current_staff_role() sees to it), and
-- suspended people still see what is their own: "own or staff" says all that the two policies for each table said.
alter policy profiles_select on public.profiles
  using (id = (select auth.uid()) or (select private.current_staff_role()) is not null);
alter policy faces_select on public.faces
  using (profile_id = (select auth.uid()) or (select private.current_staff_role()) is not null);
alter policy matches_select on public.matches
  using (
    array[face_a_id, face_b_id] && (select private.own_faces())
    or (select private.current_staff_role()) is not null
  );
drop policy if exists profiles_suspended_select on public.profiles;
drop policy if exists faces_suspended_select on public.faces;
drop policy if exists matches_suspended_select on public.matches;
