-- The search of people: the embeddings of those who could still be among the best (docs/matching.md, "Search").

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

create or replace function public.find_similar_faces_advanced(
  query_face_id uuid, query_school text, query_gender text, score_threshold float8, result_count integer
) returns table (face_id uuid, profile_id uuid, similarity_score float8)
language sql stable set search_path = ''
as $$
  select * from private.search_faces(query_face_id, query_school, query_gender, score_threshold, result_count, true)
$$;

revoke execute on function
  private.unmatchable(uuid, uuid[]), private.search_faces(uuid, text, text, float8, integer, boolean)
from public, anon, authenticated;
grant execute on function
  private.unmatchable(uuid, uuid[]), private.search_faces(uuid, text, text, float8, integer, boolean)
to authenticated, service_role;
