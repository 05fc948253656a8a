-- The search of the largest scores at scale (docs/matching.md, "Search"): the whole population from an index of what is
-- small, and the embeddings of the few who could still be among the best.

-- Who is searched -----------------------------------------------------------------------------------------------------

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
    and private.is_client()
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

-- The search ------------------------------------------------------------------------------------------------------------

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

-- Which of these faces the person of a face must not be matched with: those that miss what the quality settings ask for,
-- of people who are blocked either way, suspended or gone, and of people matched by other photos. A pair of these two
-- very faces is not left out, so that a second run finds the same and freshens its score. A person's own face is left out
-- where nobody may be matched with it. Runs as its owner, since nobody else reads who is suspended; people who are not
-- of the staff learn nothing by it.
create function private.unmatchable(query_face_id uuid, candidate_ids uuid[]) returns uuid[]
language plpgsql stable security definer set search_path = ''
as $$
declare
  person constant uuid := (select f.profile_id from public.faces f where f.id = query_face_id);
  gate constant jsonb := private.quality_gate();
begin
  if (select auth.uid()) is not null and (select private.current_staff_role()) is null then
    return candidate_ids;
  end if;
  return (
    with candidates as materialized (
      select f.id, f.profile_id, f.quality_score, f.quality_components
      from unnest(candidate_ids) as c(id)
      join public.faces f on f.id = c.id
    ),
    matched as materialized (
      select other.profile_id, m.face_a_id as mine, m.face_b_id as theirs
      from public.faces own
      join public.matches m on m.face_a_id = own.id
      join public.faces other on other.id = m.face_b_id
      where own.profile_id = person
      union all
      select other.profile_id, m.face_b_id, m.face_a_id
      from public.faces own
      join public.matches m on m.face_b_id = own.id
      join public.faces other on other.id = m.face_a_id
      where own.profile_id = person
    )
    select coalesce(array_agg(found.id), '{}')
    from (
      select c.id
      from candidates c
      join private.blocks k
        on k.profile_a_id = least(person, c.profile_id) and k.profile_b_id = greatest(person, c.profile_id)
      union
      select c.id
      from candidates c
      join auth.users u on u.id = c.profile_id
      where u.banned_until > now() or u.deleted_at is not null
      union
      select c.id
      from candidates c
      where not private.passes_quality(c.quality_score, c.quality_components, gate)
      union
      select c.id
      from candidates c
      join matched on matched.profile_id = c.profile_id
      where not (matched.mine = query_face_id and matched.theirs = c.id)
    ) as found
  );
end
$$;

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

-- The people whose default face resembles this face most, by the weighted score: the very answer that scoring everybody
-- gives (docs/matching.md, "Why it is complete"), from an index of what is small and the embeddings of those who could
-- still be among the best.
--   query_school  only people of this school; null: of every school
--   query_gender  the person's own gender; male leaves out male, female leaves out female; anything else, or null,
--                 leaves out nobody, and neither is anybody left out whose gender is neither
--   is_exact      false: how alike two embeddings are at most is judged from the signs as it is likely, not as it is
--                 certain
create function private.search_faces(
  query_face_id uuid, query_school text, query_gender text, score_threshold float8, result_count integer,
  is_exact boolean
) returns table (face_id uuid, profile_id uuid, similarity_score float8)
language plpgsql stable set search_path = '' set plan_cache_mode = force_custom_plan set jit = off
as $$
declare
  -- More than single precision errs by: 512 terms of at most 2^-24 each, in the product and in both norms.
  single_error constant float8 := 1e-4;
  -- Four standard deviations of what the signs of 512 elements say about a cosine.
  likely_error constant float8 := 0.15;
  query public.faces%rowtype;
  weights constant float8[] := private.matching_weights();
  -- The embedding's share of a score is no less than this, since what is missing only makes it larger.
  embedding_share constant float8 := weights[1] / nullif((select sum(w) from unnest(weights) as w), 0);
  least_quality constant float8 := coalesce(
    (select (value #>> '{}')::float8 from public.system_settings where key = 'match_min_quality'), 0.6
  );
  left_out_gender constant text := case when query_gender in ('male', 'female') then query_gender end;
  minors_from constant integer := extract(year from now())::integer - 18;
  is_minor boolean;
  planes bit(512)[];
  step float8;
  plane_error float8;
  floor_score float8 := score_threshold;
  ids uuid[];
  bounds float8[];
  place integer := 0;
  size integer := 256;
  found_ids uuid[];
  found_scores float8[];
  left_out uuid[];
  best_ids uuid[] := '{}';
  best_scores float8[] := '{}';
begin
  select * into query from public.faces where faces.id = query_face_id;
  if query.embedding is null or query.quality_score is null or query.quality_score < least_quality
    or score_threshold is null or result_count <= 0
    or private.unmatchable(query.id, array[query.id]) <> '{}'
  then
    return;
  end if;
  is_minor := coalesce(query.owner_birth_year >= minors_from, false);
  select p.planes, p.step / sqrt(512::float8), p.error + 1e-6 into planes, step, plane_error
  from private.bit_planes(query.embedding, query.embedding_norm) as p
  -- Within a school there are too few to be worth it.
  where query.embedding_norm between 0.01 and 1000 and query_school is null;

  -- Everybody whose score could reach the threshold, by how far it could reach at most: from the index alone.
  select array_agg(candidate.id), array_agg(candidate.bound) into ids, bounds
  from (
    select tight.id, tight.bound
    from (
      select
        sketched.id,
        sketched.bound - embedding_share * (1 - coalesce(
          case
            when not is_exact then least(1, greatest(0, sketched.alike / sketched.evenness + likely_error))
            when sketched.alike < sketched.evenness then greatest(
              0,
              sketched.alike * sketched.evenness
                + sqrt((1 - sketched.evenness * sketched.evenness) * greatest(0, 1 - sketched.alike * sketched.alike))
            )
          end,
          1
        )) + 1e-12 as bound
      from (
        select
          cheap.id, cheap.bound, cheap.evenness,
          -- The most that the cosine of the query and the signs can be.
          plane_error + step * (
            16128
            - extensions.hamming_distance(cheap.signs, planes[1])
            - 2 * extensions.hamming_distance(cheap.signs, planes[2])
            - 4 * extensions.hamming_distance(cheap.signs, planes[3])
            - 8 * extensions.hamming_distance(cheap.signs, planes[4])
            - 16 * extensions.hamming_distance(cheap.signs, planes[5])
            - 32 * extensions.hamming_distance(cheap.signs, planes[6])
          ) as alike
        from (
          select
            f.id, f.embedding_signs as signs, f.embedding_evenness as evenness,
            extensions.greatest_similarity(
              query.embedding_norm, query.geometry, query.age, query.symmetry_score, query.skin_tone, query.expression,
              f.embedding_norm, f.geometry, f.age, f.symmetry_score, f.skin_tone, f.expression, 1, weights
            ) as bound
          from public.faces f
          where f.is_default
            and f.profile_id <> query.profile_id
            and (query_school is null or f.owner_school = query_school)
            and (left_out_gender is null or f.owner_gender is distinct from left_out_gender)
            and f.quality_score >= least_quality
            and f.embedding_model is not distinct from query.embedding_model
            and coalesce(f.owner_birth_year >= minors_from, false) = is_minor
          -- Here and below: keeps what is computed from being computed again for each use.
          offset 0
        ) as cheap
        where cheap.bound >= score_threshold
        offset 0
      ) as sketched
      offset 0
    ) as tight
    where tight.bound >= score_threshold
    order by tight.bound desc
  ) as candidate;

  -- Exactly, from the top, until nobody who is left could be among the best.
  while place < cardinality(ids) and bounds[place + 1] >= floor_score loop
    select array_agg(scored.id), array_agg(scored.score) into found_ids, found_scores
    from (
      select
        f.id,
        extensions.face_similarity(
          query.embedding, query.embedding_norm, query.geometry, query.age, query.symmetry_score, query.skin_tone,
          query.expression,
          f.embedding, f.embedding_norm, f.geometry, f.age, f.symmetry_score, f.skin_tone, f.expression,
          weights
        ) as score
      from unnest(ids[place + 1 : place + size]) as candidate(id)
      join public.faces f on f.id = candidate.id
      -- In single precision first, at a sixth of the cost: few are left after it.
      where extensions.greatest_similarity(
        query.embedding_norm, query.geometry, query.age, query.symmetry_score, query.skin_tone, query.expression,
        f.embedding_norm, f.geometry, f.age, f.symmetry_score, f.skin_tone, f.expression,
        1 - (f.embedding operator(extensions.<=>) query.embedding) + single_error, weights
      ) >= floor_score
      offset 0
    ) as scored
    where scored.score >= floor_score;
    place := place + size;
    size := least(2048, size * 2);

    if found_ids is not null then
      left_out := private.unmatchable(query.id, found_ids);
      select array_agg(best.id), array_agg(best.score) into best_ids, best_scores
      from (
        select one.id, one.score from unnest(best_ids, best_scores) as one(id, score)
        union all
        select one.id, one.score from unnest(found_ids, found_scores) as one(id, score)
        where one.id <> all (left_out)
        order by 2 desc, 1
        limit result_count
      ) as best;
      if cardinality(best_ids) >= result_count then
        floor_score := greatest(floor_score, best_scores[result_count]);
      end if;
    end if;
  end loop;

  return query
  select f.id, f.profile_id, best.score
  from unnest(best_ids, best_scores) as best(id, score)
  join public.faces f on f.id = best.id
  order by best.score desc, f.id;
end
$$;

-- The celebrities who resemble a face most, by the weighted score, in the same way.
create function private.search_celebrities(
  query_face_id uuid, score_threshold float8, result_count integer, is_exact boolean
) returns table (celebrity_id uuid, similarity_score float8)
language plpgsql stable set search_path = '' set plan_cache_mode = force_custom_plan set jit = off
as $$
declare
  -- More than single precision errs by: 512 terms of at most 2^-24 each, in the product and in both norms.
  single_error constant float8 := 1e-4;
  -- Four standard deviations of what the signs of 512 elements say about a cosine.
  likely_error constant float8 := 0.15;
  query public.faces%rowtype;
  weights constant float8[] := private.matching_weights();
  -- The embedding's share of a score is no less than this, since what is missing only makes it larger.
  embedding_share constant float8 := weights[1] / nullif((select sum(w) from unnest(weights) as w), 0);
  planes bit(512)[];
  step float8;
  plane_error float8;
  floor_score float8 := score_threshold;
  ids uuid[];
  bounds float8[];
  place integer := 0;
  size integer := 256;
  found_ids uuid[];
  found_scores float8[];
  best_ids uuid[] := '{}';
  best_scores float8[] := '{}';
begin
  select * into query from public.faces where faces.id = query_face_id;
  if query.embedding is null or score_threshold is null or result_count <= 0 then
    return;
  end if;
  select p.planes, p.step / sqrt(512::float8), p.error + 1e-6 into planes, step, plane_error
  from private.bit_planes(query.embedding, query.embedding_norm) as p
  where query.embedding_norm between 0.01 and 1000;

  -- Everybody whose score could reach the threshold, by how far it could reach at most: from the index alone.
  select array_agg(candidate.id), array_agg(candidate.bound) into ids, bounds
  from (
    select tight.id, tight.bound
    from (
      select
        sketched.id,
        sketched.bound - embedding_share * (1 - coalesce(
          case
            when not is_exact then least(1, greatest(0, sketched.alike / sketched.evenness + likely_error))
            when sketched.alike < sketched.evenness then greatest(
              0,
              sketched.alike * sketched.evenness
                + sqrt((1 - sketched.evenness * sketched.evenness) * greatest(0, 1 - sketched.alike * sketched.alike))
            )
          end,
          1
        )) + 1e-12 as bound
      from (
        select
          cheap.id, cheap.bound, cheap.evenness,
          -- The most that the cosine of the query and the signs can be.
          plane_error + step * (
            16128
            - extensions.hamming_distance(cheap.signs, planes[1])
            - 2 * extensions.hamming_distance(cheap.signs, planes[2])
            - 4 * extensions.hamming_distance(cheap.signs, planes[3])
            - 8 * extensions.hamming_distance(cheap.signs, planes[4])
            - 16 * extensions.hamming_distance(cheap.signs, planes[5])
            - 32 * extensions.hamming_distance(cheap.signs, planes[6])
          ) as alike
        from (
          select
            c.id, c.embedding_signs as signs, c.embedding_evenness as evenness,
            extensions.greatest_similarity(
              query.embedding_norm, query.geometry, query.age, query.symmetry_score, query.skin_tone, query.expression,
              c.embedding_norm, c.geometry, c.age, c.symmetry_score, c.skin_tone, c.expression, 1, weights
            ) as bound
          from public.celebrities c
          where c.embedding_norm is not null
            and c.embedding_model is not distinct from query.embedding_model
          -- Here and below: keeps what is computed from being computed again for each use.
          offset 0
        ) as cheap
        where cheap.bound >= score_threshold
        offset 0
      ) as sketched
      offset 0
    ) as tight
    where tight.bound >= score_threshold
    order by tight.bound desc
  ) as candidate;

  -- Exactly, from the top, until nobody who is left could be among the best.
  while place < cardinality(ids) and bounds[place + 1] >= floor_score loop
    select array_agg(scored.id), array_agg(scored.score) into found_ids, found_scores
    from (
      select
        c.id,
        extensions.face_similarity(
          query.embedding, query.embedding_norm, query.geometry, query.age, query.symmetry_score, query.skin_tone,
          query.expression,
          c.embedding, c.embedding_norm, c.geometry, c.age, c.symmetry_score, c.skin_tone, c.expression,
          weights
        ) as score
      from unnest(ids[place + 1 : place + size]) as candidate(id)
      join public.celebrities c on c.id = candidate.id
      -- In single precision first, at a sixth of the cost: few are left after it.
      where extensions.greatest_similarity(
        query.embedding_norm, query.geometry, query.age, query.symmetry_score, query.skin_tone, query.expression,
        c.embedding_norm, c.geometry, c.age, c.symmetry_score, c.skin_tone, c.expression,
        1 - (c.embedding operator(extensions.<=>) query.embedding) + single_error, weights
      ) >= floor_score
      offset 0
    ) as scored
    where scored.score >= floor_score;
    place := place + size;
    size := least(2048, size * 2);

    if found_ids is not null then
      select array_agg(best.id), array_agg(best.score) into best_ids, best_scores
      from (
        select one.id, one.score from unnest(best_ids, best_scores) as one(id, score)
        union all
        select one.id, one.score from unnest(found_ids, found_scores) as one(id, score)
        order by 2 desc, 1
        limit result_count
      ) as best;
      if cardinality(best_ids) >= result_count then
        floor_score := greatest(floor_score, best_scores[result_count]);
      end if;
    end if;
  end loop;

  return query
  select best.id, best.score
  from unnest(best_ids, best_scores) as best(id, score)
  order by best.score desc, best.id;
end
$$;

create or replace function public.find_similar_faces_advanced(
  query_face_id uuid, query_school text, query_gender text, score_threshold float8, result_count integer
) returns table (face_id uuid, profile_id uuid, similarity_score float8)
language sql stable set search_path = ''
as $$
  select * from private.search_faces(query_face_id, query_school, query_gender, score_threshold, result_count, true)
$$;

create or replace function public.find_similar_celebrities_advanced(
  query_face_id uuid, score_threshold float8, result_count integer
) returns table (celebrity_id uuid, similarity_score float8)
language sql stable set search_path = ''
as $$ select * from private.search_celebrities(query_face_id, score_threshold, result_count, true) $$;

revoke execute on function
  private.guard_birth_year(),
  private.evenness(extensions.vector),
  extensions.greatest_similarity(
    float8, extensions.vector, integer, float8, extensions.vector, text,
    float8, extensions.vector, integer, float8, extensions.vector, text, float8, float8[]
  ),
  private.bit_planes(extensions.vector, float8),
  private.unmatchable(uuid, uuid[]),
  private.search_faces(uuid, text, text, float8, integer, boolean),
  private.search_celebrities(uuid, float8, integer, boolean)
from public, anon, authenticated;
-- What the searches call runs as who calls them.
grant execute on function
  extensions.greatest_similarity(
    float8, extensions.vector, integer, float8, extensions.vector, text,
    float8, extensions.vector, integer, float8, extensions.vector, text, float8, float8[]
  ),
  private.bit_planes(extensions.vector, float8),
  private.unmatchable(uuid, uuid[]),
  private.search_faces(uuid, text, text, float8, integer, boolean),
  private.search_celebrities(uuid, float8, integer, boolean)
to authenticated, service_role;
