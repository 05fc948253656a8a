-- Photos that browsers can't show (HEIC, TIFF): a rendition beside them.

alter table public.faces add column view_path text;
alter table public.celebrities add column view_path text;

-- As the paths beside it: a row this large would move it out of line otherwise.
alter table public.faces alter column view_path set storage main;
alter table public.celebrities alter column view_path set storage main;

comment on column public.faces.view_path is
  'The photo as a JPEG, upright, at most 2048 pixels long, where browsers can not show image_path; written by the worker.';
comment on column public.celebrities.view_path is
  'The photo as a JPEG, upright, at most 2048 pixels long, where browsers can not show image_path; written by the worker.';

-- What the buckets take. One without a list takes anything already.
do $$
declare
  formats constant text[] := array['image/heic', 'image/heif', 'image/tiff', 'image/jpeg'];
begin
  update storage.buckets
  set allowed_mime_types = allowed_mime_types || array(
    select format from unnest(formats) as format where format <> all (allowed_mime_types)
  )
  where id in ('faces', 'celebrity-images')
    and not allowed_mime_types @> formats and 'image/*' <> all (allowed_mime_types);
exception
  when insufficient_privilege then
    raise warning 'The buckets could not be told to take HEIC photos: %', sqlerrm
      using hint = 'Add image/heic, image/heif and image/tiff in the dashboard under Storage, to both buckets.';
end
$$;

-- The name of a rendition is taken too, as those of the photo and its thumbnail are (0011).
do $$
begin
  alter policy semblance_objects_insert on storage.objects
    with check (
      (
        bucket_id in ('faces', 'celebrity-images') and (select private.current_staff_role()) in ('curator', 'admin')
      )
      or (
        bucket_id = 'faces'
        and split_part(name, '/', 1) = (select auth.uid())::text
        and not exists (
          select from public.faces f
          where f.profile_id = (select auth.uid())
            and objects.name in (f.image_path, f.thumbnail_path, f.view_path)
        )
      )
    );
exception
  when insufficient_privilege or undefined_object then
    raise warning 'The policies of storage.objects could not be changed: %', sqlerrm
      using hint = 'Change them in the dashboard under Storage, Policies, as written in migrations/0024_photo_formats.sql.';
end
$$;
