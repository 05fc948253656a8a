-- Whoever administers may step down, be demoted and be removed by clients, but for the last one who can sign in: nobody could
-- give the role again. The service role and the tables' owner pass by; and where there is no admin, the console on the host's
-- own machine makes one.

-- Of two admins who are demoted at once, each by the other, the second one waits here and then finds nobody left.
create function private.keep_an_admin() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  perform pg_advisory_xact_lock(hashtextextended('semblance.last_admin', 0));
  if not exists (
    select
    from public.profiles
    join auth.users on users.id = profiles.id
    where profiles.role = 'admin' and profiles.id <> old.id
      and users.deleted_at is null and coalesce(users.banned_until <= now(), true)
  ) then
    raise exception 'This is the last admin: make somebody else an admin first.'
      using errcode = 'check_violation', constraint = 'semblance_last_admin';
  end if;
  if tg_op = 'DELETE' then
    return old;
  end if;
  return new;
end
$$;
revoke execute on function private.keep_an_admin() from public, anon, authenticated;

create trigger keep_an_admin before update on public.profiles
  for each row
  when (old.role = 'admin' and new.role is distinct from 'admin' and current_user in ('anon', 'authenticated'))
  execute function private.keep_an_admin();
create trigger keep_an_admin_removed before delete on public.profiles
  for each row
  when (old.role = 'admin' and current_user in ('anon', 'authenticated'))
  execute function private.keep_an_admin();
