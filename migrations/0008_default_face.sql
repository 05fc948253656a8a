-- The default face is the one that others are matched with: where it is deleted, an analysed one steps in before one
-- that still waits, and the newest of those.

create or replace function private.replace_default_face() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  update public.profiles
  set default_face_id = newest.id
  from (
    select id
    from public.faces
    where profile_id = old.profile_id
    order by analyzed_at is null, created_at desc, id desc
    limit 1
  ) as newest
  where profiles.id = old.profile_id and profiles.default_face_id is null;
  return old;
end
$$;
