-- Second factors of the embedded Auth under Supabase's own names, and the setting that demands one of staff.

-- As Supabase Auth has them, each only where it is missing. A project of Supabase brings all of them along.
do $$
begin
  if to_regclass('auth.users') is null
    or to_regclass('auth.sessions') is null
    or to_regclass('auth.mfa_factors') is not null
  then
    return;
  end if;

  if to_regtype('auth.factor_type') is null then
    create type auth.factor_type as enum ('totp', 'webauthn', 'phone');
  end if;
  if to_regtype('auth.factor_status') is null then
    create type auth.factor_status as enum ('unverified', 'verified');
  end if;

  create table auth.mfa_factors (
    id uuid primary key,
    user_id uuid not null references auth.users (id) on delete cascade,
    friendly_name text,
    factor_type auth.factor_type not null,
    status auth.factor_status not null,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    secret text,
    phone text,
    last_challenged_at timestamptz unique,
    web_authn_credential jsonb,
    web_authn_aaguid uuid,
    last_webauthn_challenge_data jsonb
  );
  comment on table auth.mfa_factors is 'auth: stores metadata about factors';
  create unique index mfa_factors_user_friendly_name_unique on auth.mfa_factors (friendly_name, user_id)
    where trim(friendly_name) <> '';
  create index factor_id_created_at_idx on auth.mfa_factors (user_id, created_at);
  create unique index unique_phone_factor_per_user on auth.mfa_factors (user_id, phone);

  -- No policy: only the Auth service, which owns it, reads it.
  alter table auth.mfa_factors enable row level security;
end
$$;

do $$
begin
  if to_regclass('auth.mfa_factors') is null or to_regclass('auth.mfa_challenges') is not null then
    return;
  end if;
  create table auth.mfa_challenges (
    id uuid primary key,
    factor_id uuid not null,
    created_at timestamptz not null,
    verified_at timestamptz,
    ip_address inet not null,
    otp_code text,
    web_authn_session_data jsonb,
    constraint mfa_challenges_auth_factor_id_fkey foreign key (factor_id)
      references auth.mfa_factors (id) on delete cascade
  );
  comment on table auth.mfa_challenges is 'auth: stores metadata about challenge requests made';
  create index mfa_challenge_created_at_idx on auth.mfa_challenges (created_at desc);
  create index mfa_challenges_factor_id_idx on auth.mfa_challenges (factor_id);
  alter table auth.mfa_challenges enable row level security;
end
$$;

do $$
begin
  if to_regclass('auth.sessions') is null or to_regclass('auth.mfa_amr_claims') is not null then
    return;
  end if;
  create table auth.mfa_amr_claims (
    id uuid not null,
    session_id uuid not null references auth.sessions (id) on delete cascade,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    authentication_method text not null,
    constraint amr_id_pk primary key (id),
    constraint mfa_amr_claims_session_id_authentication_method_pkey unique (session_id, authentication_method)
  );
  comment on table auth.mfa_amr_claims is
    'auth: stores authenticator method reference claims for multi factor authentication';
  alter table auth.mfa_amr_claims enable row level security;
end
$$;

insert into public.system_settings (key, value, description) values
  (
    'staff_second_factor',
    'false',
    'Whether moderators, curators and admins need a second factor besides their password.'
  )
on conflict (key) do nothing;

-- The caller's staff role, null for everybody else; also for staff whose session was opened by password alone although
-- they have a second factor, or the setting demands one.
create or replace function private.current_staff_role() returns text
language plpgsql stable security definer set search_path = ''
as $$
begin
  -- Not in SQL: this runs once for each table of a query, and such a body is planned anew each time. Here the plan is kept.
  return (
    select profiles.role
    from public.profiles
    where profiles.id = (select auth.uid())
      and profiles.role in ('moderator', 'curator', 'admin')
      and not exists (select from auth.users where users.id = profiles.id and users.banned_until > now())
      and (
        (select auth.jwt() ->> 'aal') = 'aal2'
        or not (
          exists (
            select from public.system_settings as s where s.key = 'staff_second_factor' and s.value = 'true'::jsonb
          )
          or private.has_second_factor()
        )
      )
  );
end
$$;

-- Whether the caller has a second factor that works: for the caller's own eyes, the tables of Auth are nobody's to read.
create function private.has_second_factor() returns boolean
language plpgsql stable security definer set search_path = ''
as $$
begin
  if to_regclass('auth.mfa_factors') is null then
    return false;
  end if;
  return exists (
    select from auth.mfa_factors as f where f.user_id = (select auth.uid()) and f.status::text = 'verified'
  );
end
$$;

-- Whoever demands a second factor has shown that theirs works: so at least one admin can still come in. The service
-- role and the owner of the schema pass: they can turn it off again without a session.
create function private.guard_second_factor() returns trigger
language plpgsql set search_path = ''
as $$
begin
  if new.value = 'true'::jsonb
    and current_user in ('anon', 'authenticated')
    and (select auth.jwt() ->> 'aal') is distinct from 'aal2'
  then
    raise exception 'Set up your own second factor first, then sign in with it: only then can it be demanded of others.'
      using errcode = 'insufficient_privilege', constraint = 'semblance_second_factor';
  end if;
  return new;
end
$$;
create trigger guard_second_factor before insert or update on public.system_settings
  for each row when (new.key = 'staff_second_factor') execute function private.guard_second_factor();

revoke execute on function private.has_second_factor(), private.guard_second_factor() from public, anon, authenticated;
grant execute on function private.has_second_factor() to authenticated, service_role;
