-- What a Supabase project brings along, for databases that are none: roles, schemas, extensions, and the tables of
-- Auth and Storage under Supabase's own names. Each piece is made only where it is missing.

-- Roles belong to the whole server: another database's migration may be creating them at this moment.
do $$
declare
  definition record;
begin
  for definition in
    select *
    from (values
      ('anon', 'nologin noinherit'),
      ('authenticated', 'nologin noinherit'),
      ('service_role', 'nologin noinherit bypassrls')
    ) as wanted(name, options)
    where not exists (select from pg_catalog.pg_roles where rolname = wanted.name)
  loop
    begin
      execute format('create role %I %s', definition.name, definition.options);
    exception
      when duplicate_object or unique_violation then null;
    end;
  end loop;
end
$$;

-- Not "create schema if not exists" alone: on Supabase the migrating role may use these schemas, not create them.
do $$
declare
  name text;
begin
  foreach name in array array['extensions', 'auth', 'storage', 'private', 'semblance'] loop
    if to_regnamespace(name) is null then
      execute format('create schema %I', name);
    end if;
  end loop;
end
$$;

comment on schema private is 'Functions for policies, triggers and scores. Never exposed through an API.';

do $$
declare
  home text;
begin
  select n.nspname into home
  from pg_catalog.pg_extension e
  join pg_catalog.pg_namespace n on n.oid = e.extnamespace
  where e.extname = 'vector';
  if home is null then
    create extension vector with schema extensions;
  elsif home <> 'extensions' then
    raise exception 'The extension vector is installed in the schema %, it must be in "extensions".', home
      using hint = 'Run: alter extension vector set schema extensions;';
  end if;
end
$$;

-- Conveniences that Supabase has. Nothing here depends on them, so a server without them is fine.
do $$
declare
  wanted text;
begin
  foreach wanted in array array['pgcrypto', 'uuid-ossp', 'pg_trgm'] loop
    if exists (select from pg_catalog.pg_available_extensions where name = wanted)
      and not exists (select from pg_catalog.pg_extension where extname = wanted)
    then
      begin
        execute format('create extension %I with schema extensions', wanted);
      exception
        when insufficient_privilege or undefined_file then
          raise notice 'The extension % was not created: %', wanted, sqlerrm;
      end;
    end if;
  end loop;
end
$$;

grant usage on schema public, extensions, private to anon, authenticated, service_role;

do $$
begin
  if to_regprocedure('auth.uid()') is null then
    create function auth.uid() returns uuid
    language sql stable set search_path = ''
    as $body$
      select coalesce(
        nullif(current_setting('request.jwt.claim.sub', true), ''),
        nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'sub'
      )::uuid
    $body$;
  end if;
  if to_regprocedure('auth.role()') is null then
    create function auth.role() returns text
    language sql stable set search_path = ''
    as $body$
      select coalesce(
        nullif(current_setting('request.jwt.claim.role', true), ''),
        nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'role'
      )
    $body$;
  end if;
  if to_regprocedure('auth.jwt()') is null then
    create function auth.jwt() returns jsonb
    language sql stable set search_path = ''
    as $body$
      select coalesce(
        nullif(current_setting('request.jwt.claim', true), ''),
        nullif(current_setting('request.jwt.claims', true), '')
      )::jsonb
    $body$;
  end if;
end
$$;

do $$
begin
  if to_regclass('auth.users') is not null then
    return;
  end if;

  create table auth.users (
    id uuid primary key default gen_random_uuid(),
    instance_id uuid,
    aud varchar(255) default 'authenticated',
    role varchar(255) default 'authenticated',
    email varchar(255),
    encrypted_password varchar(255),
    email_confirmed_at timestamptz,
    phone text unique,
    phone_confirmed_at timestamptz,
    last_sign_in_at timestamptz,
    raw_app_meta_data jsonb,
    raw_user_meta_data jsonb,
    is_super_admin boolean,
    is_sso_user boolean not null default false,
    is_anonymous boolean not null default false,
    banned_until timestamptz,
    created_at timestamptz default now(),
    updated_at timestamptz default now(),
    deleted_at timestamptz
  );
  create unique index users_email_partial_key on auth.users (email) where is_sso_user = false;
  create index users_is_anonymous_idx on auth.users (is_anonymous);

  create table auth.sessions (
    id uuid primary key default gen_random_uuid(),
    user_id uuid not null references auth.users (id) on delete cascade,
    created_at timestamptz default now(),
    updated_at timestamptz default now(),
    factor_id uuid,
    aal text default 'aal1' check (aal in ('aal1', 'aal2', 'aal3')),
    not_after timestamptz,
    refreshed_at timestamp,
    user_agent text,
    ip inet,
    tag text
  );
  create index user_id_created_at_idx on auth.sessions (user_id, created_at);
  create index sessions_not_after_idx on auth.sessions (not_after desc);

  create table auth.refresh_tokens (
    id bigserial primary key,
    instance_id uuid,
    token varchar(255) unique,
    user_id varchar(255),
    revoked boolean,
    parent varchar(255),
    session_id uuid references auth.sessions (id) on delete cascade,
    created_at timestamptz default now(),
    updated_at timestamptz default now()
  );
  create index refresh_tokens_parent_idx on auth.refresh_tokens (parent);
  create index refresh_tokens_session_id_revoked_idx on auth.refresh_tokens (session_id, revoked);
  create index refresh_tokens_updated_at_idx on auth.refresh_tokens (updated_at desc);

  -- No policy: only the Auth service, which owns them, reads these.
  alter table auth.users enable row level security;
  alter table auth.sessions enable row level security;
  alter table auth.refresh_tokens enable row level security;
  grant usage on schema auth to anon, authenticated, service_role;
end
$$;

do $$
begin
  if to_regclass('storage.objects') is not null then
    return;
  end if;

  create table storage.buckets (
    id text primary key,
    name text not null,
    owner uuid,
    owner_id text,
    public boolean default false,
    avif_autodetection boolean default false,
    file_size_limit bigint,
    allowed_mime_types text[],
    created_at timestamptz default now(),
    updated_at timestamptz default now()
  );
  create unique index bname on storage.buckets (name);

  create table storage.objects (
    id uuid primary key default gen_random_uuid(),
    bucket_id text constraint "objects_bucketId_fkey" references storage.buckets (id),
    name text,
    owner uuid,
    owner_id text,
    version text,
    metadata jsonb,
    user_metadata jsonb,
    path_tokens text[] generated always as (string_to_array(name, '/')) stored,
    created_at timestamptz default now(),
    updated_at timestamptz default now(),
    last_accessed_at timestamptz default now()
  );
  create unique index bucketid_objname on storage.objects (bucket_id, name);
  create index name_prefix_search on storage.objects (name text_pattern_ops);

  alter table storage.buckets enable row level security;
  alter table storage.objects enable row level security;
  grant usage on schema storage to anon, authenticated, service_role;
  grant all on storage.buckets, storage.objects to anon, authenticated, service_role;
end
$$;
