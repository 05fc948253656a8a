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
