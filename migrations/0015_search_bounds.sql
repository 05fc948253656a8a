-- What the search of the largest scores at scale reads (docs/matching.md, "Search"): an index of what is small, and bounds
-- of what a score can be.

alter table public.profiles
  add column birth_year smallint check (birth_year between 1900 and 2200);
comment on column public.profiles.birth_year is
  'The year of birth where it is known. Through the year in which somebody turns 18 they are matched with nobody else.';

alter table public.faces
  add column is_default boolean not null default false,
  add column owner_birth_year smallint,
  add column embedding_signs bit(512),
  add column embedding_evenness float8;
alter table public.celebrities
  add column embedding_signs bit(512),
  add column embedding_evenness float8;
alter table public.faces alter column embedding_signs set storage plain;
alter table public.celebrities alter column embedding_signs set storage plain;
comment on column public.faces.is_default is 'Whether this is the face its owner is found by, kept by trigger.';
comment on column public.faces.owner_birth_year is 'profiles.birth_year of the owner, kept by trigger.';
comment on column public.faces.embedding_signs is 'The sign of each element of the embedding, kept by trigger.';
comment on column public.faces.embedding_evenness is 'The cosine of the embedding and its signs, at least, kept by trigger.';

-- People say it once; else whoever is a minor could stop being one.
create function private.guard_birth_year() returns trigger
language plpgsql set search_path = ''
as $$
begin
  if old.birth_year is not null
    and current_user in ('anon', 'authenticated')
    and (select private.current_staff_role()) is distinct from 'admin'
  then
    raise exception 'Only an admin may change a year of birth.'
      using errcode = 'insufficient_privilege', constraint = 'semblance_birth_year';
  end if;
  return new;
end
$$;
create trigger guard_birth_year before update on public.profiles
  for each row
  when (old.birth_year is distinct from new.birth_year)
  execute function private.guard_birth_year();

create or replace function private.copy_owner_to_face() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  -- Locked, so that a change of the profile at the same moment comes before (and is read here) or after (and sees the face).
  select p.school, p.gender, p.birth_year, p.profile_type = 'user' and p.default_face_id is not distinct from new.id
  into new.owner_school, new.owner_gender, new.owner_birth_year, new.is_default
  from public.profiles p
  where p.id = new.profile_id
  for no key update;
  new.is_default := coalesce(new.is_default, false);
  return new;
end
$$;
drop trigger copy_owner on public.faces;
create trigger copy_owner
  before insert or update of profile_id, owner_school, owner_gender, owner_birth_year, is_default on public.faces
  for each row execute function private.copy_owner_to_face();

create or replace function private.copy_profile_to_faces() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  update public.faces f
  set
    owner_school = new.school,
    owner_gender = new.gender,
    owner_birth_year = new.birth_year,
    is_default = new.profile_type = 'user' and new.default_face_id is not distinct from f.id
  where f.profile_id = new.id
    and (f.owner_school, f.owner_gender, f.owner_birth_year, f.is_default) is distinct from
      (new.school, new.gender, new.birth_year, new.profile_type = 'user' and new.default_face_id is not distinct from f.id);
  return new;
end
$$;
drop trigger copy_to_faces on public.profiles;
create trigger copy_to_faces after update of school, gender, birth_year, default_face_id, profile_type
  on public.profiles
  for each row
  when (
    (old.school, old.gender, old.birth_year, old.default_face_id, old.profile_type)
    is distinct from (new.school, new.gender, new.birth_year, new.default_face_id, new.profile_type)
  )
  execute function private.copy_profile_to_faces();

-- The cosine of an embedding and of its signs alone, rounded down by more than single precision can be wrong.
create function private.evenness(embedding extensions.vector) returns float8
language sql immutable strict parallel safe set search_path = ''
as $$
  select
    extensions.l1_distance(
      embedding, array_fill(0::real, array[extensions.vector_dims(embedding)])::extensions.vector
    ) / nullif(sqrt(extensions.vector_dims(embedding)::float8) * extensions.vector_norm(embedding), 0) * (1 - 1e-4)
$$;

-- As in 0008, with the signs of the embedding.
create or replace function private.derive_columns() returns trigger
language plpgsql security definer set search_path = ''
as $$
declare
  is_new constant boolean := tg_op = 'INSERT';
begin
  if is_new
    or (new.embedding_norm, new.embedding_signs, new.embedding_evenness)
      is distinct from (old.embedding_norm, old.embedding_signs, old.embedding_evenness)
    or coalesce(
      new.embedding operator(extensions.<>) old.embedding, (new.embedding is null) <> (old.embedding is null)
    )
  then
    new.embedding_norm := extensions.vector_norm(new.embedding);
    new.embedding_signs := extensions.binary_quantize(new.embedding);
    new.embedding_evenness := private.evenness(new.embedding);
  end if;
  if is_new
    or new.geometry_ratios is distinct from old.geometry_ratios
    or coalesce(new.geometry operator(extensions.<>) old.geometry, (new.geometry is null) <> (old.geometry is null))
  then
    new.geometry := private.geometry_vector(new.geometry_ratios);
  end if;
  if is_new
    or new.skin_tone_lab is distinct from old.skin_tone_lab
    or coalesce(
      new.skin_tone operator(extensions.<>) old.skin_tone, (new.skin_tone is null) <> (old.skin_tone is null)
    )
  then
    new.skin_tone := private.skin_tone_vector(new.skin_tone_lab);
  end if;
  return new;
end
$$;

-- The rows of before. The triggers that keep these columns say the rest.
update public.celebrities set embedding_signs = extensions.binary_quantize(embedding) where embedding is not null;
update public.faces f
set is_default = false, embedding_signs = extensions.binary_quantize(f.embedding)
where f.embedding is not null or exists (select from public.profiles p where p.default_face_id = f.id);

create index idx_faces_search on public.faces (owner_school, owner_gender)
  include (
    geometry, age, symmetry_score, skin_tone, expression, embedding_norm, embedding_signs, embedding_evenness,
    quality_score, embedding_model, owner_birth_year, profile_id, id
  )
  where is_default;
create index idx_celebrities_search on public.celebrities (embedding_model)
  include (
    geometry, age, symmetry_score, skin_tone, expression, embedding_norm, embedding_signs, embedding_evenness, id
  );

-- The score of two faces whose embedding factor is known or, with the most that it can be, the most that the score can
-- be: the same steps in the same order as in extensions.face_similarity, so that it is not less even by a rounding.
-- Not "set search_path" here, for the same reason.
create function extensions.greatest_similarity(
  norm_a float8, geometry_a extensions.vector, age_a integer, symmetry_a float8, skin_tone_a extensions.vector,
  expression_a text,
  norm_b float8, geometry_b extensions.vector, age_b integer, symmetry_b float8, skin_tone_b extensions.vector,
  expression_b text,
  embedding_factor float8, weights float8[]
) returns float8
language sql immutable parallel safe
return case
  when norm_a between 0.01 and 1000 and norm_b between 0.01 and 1000
    and (
      (geometry_a is not null and geometry_b is not null) or (age_a is not null and age_b is not null)
      or (symmetry_a is not null and symmetry_b is not null) or (skin_tone_a is not null and skin_tone_b is not null)
      or (expression_a is not null and expression_b is not null)
    )
  then (
    weights[1] * greatest(0, least(1, embedding_factor))
    + case when geometry_a is null or geometry_b is null then 0 else
        weights[2] * exp(-least(100, power(extensions.vector_norm(
          (geometry_a operator(extensions.-) geometry_b) operator(extensions.*) private.geometry_scales()
        ), 2) / 24))
      end
    + case when age_a is null or age_b is null then 0 else
        weights[3] * exp(-least(100, power((age_a::float8 - age_b::float8) / 10, 2) / 2))
      end
    + case when symmetry_a is null or symmetry_b is null then 0 else
        weights[4] * (1 - abs(least(1, greatest(0, symmetry_a)) - least(1, greatest(0, symmetry_b))))
      end
    + case when skin_tone_a is null or skin_tone_b is null then 0 else
        weights[5] * exp(-least(100,
          power(extensions.vector_norm(skin_tone_a operator(extensions.-) skin_tone_b), 2) / 450
        ))
      end
    + case
        when expression_a = expression_b then weights[6]
        when expression_a is null or expression_b is null then 0
        when expression_a = 'neutral' or expression_b = 'neutral' then weights[6] / 2
        else 0
      end
  ) / nullif(
    weights[1]
    + case when geometry_a is null or geometry_b is null then 0 else weights[2] end
    + case when age_a is null or age_b is null then 0 else weights[3] end
    + case when symmetry_a is null or symmetry_b is null then 0 else weights[4] end
    + case when skin_tone_a is null or skin_tone_b is null then 0 else weights[5] end
    + case when expression_a is null or expression_b is null then 0 else weights[6] end,
    0
  )
end;

-- A unit vector in six bits an element: bit planes, of which the lowest is first, so that an element is about
-- step * (code - 31.5); and the length of what is lost. With them hamming distances give inner products with signs.
create function private.bit_planes(
  embedding extensions.vector, norm float8, out planes bit[], out step float8, out error float8
)
language sql immutable parallel safe set search_path = ''
as $$
  with elements as (
    select e.position, e.element::float8 / norm as element
    from unnest(embedding::real[]) with ordinality as e(element, position)
  ),
  scale as (
    select nullif(max(abs(element)), 0) / 31.5 as step from elements
  ),
  codes as (
    select
      elements.position, elements.element, scale.step,
      least(63, greatest(0, round(elements.element / scale.step + 31.5)))::integer as code
    from elements cross join scale
  ),
  levels as (
    select
      level,
      string_agg(((codes.code >> level) & 1)::text, '' order by codes.position)::varbit as plane,
      min(codes.step) as step,
      sqrt(sum(power(codes.element - codes.step * (codes.code - 31.5), 2))) as error
    from codes cross join generate_series(0, 5) as level
    group by level
  )
  select array_agg(levels.plane::bit(512) order by levels.level), min(levels.step), max(levels.error) from levels
$$;

revoke execute on function
  private.guard_birth_year(),
  private.evenness(extensions.vector),
  extensions.greatest_similarity(
    float8, extensions.vector, integer, float8, extensions.vector, text,
    float8, extensions.vector, integer, float8, extensions.vector, text, float8, float8[]
  ),
  private.bit_planes(extensions.vector, float8)
from public, anon, authenticated;
-- What the searches call runs as who calls them.
grant execute on function
  extensions.greatest_similarity(
    float8, extensions.vector, integer, float8, extensions.vector, text,
    float8, extensions.vector, integer, float8, extensions.vector, text, float8, float8[]
  ),
  private.bit_planes(extensions.vector, float8)
to authenticated, service_role;
