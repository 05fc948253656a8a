-- The score of two faces and the searches by it. docs/matching.md gives each factor's formula and reason;
-- core/matching/factors.ts is the same in TypeScript, and a property test holds the two together within 1e-9.

-- One over each geometry ratio's standard deviation in the population (geometryScales in core/matching/factors.ts).
-- Without arguments and immutable, so that it is a constant in every plan.
create function private.geometry_scales() returns extensions.vector
language sql immutable parallel safe set search_path = ''
as $$ select '[6.8,45,58,18,18.5,33,27,10,7.4,28,44,33]'::extensions.vector $$;

-- Not "set search_path" here: such a function is never inlined, and inlining is what makes a score cheap enough for
-- a scan. The body is parsed when it is created, so no search path can bend it later.
--
-- Embedding: cosine from the norms and the length of the difference, because pgvector sums vector_norm in double
-- precision and its own cosine in single. Geometry: 12 ratios over their standard deviations in the population.
-- The exponents stop at 100 because PostgreSQL raises an error where a product underflows.
create function private.face_similarity(
  embedding_a extensions.vector, norm_a float8, geometry_a extensions.vector, age_a integer, symmetry_a float8,
  skin_tone_a extensions.vector, expression_a text,
  embedding_b extensions.vector, norm_b float8, geometry_b extensions.vector, age_b integer, symmetry_b float8,
  skin_tone_b extensions.vector, expression_b text,
  weights float8[]
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
    weights[1] * greatest(0, least(1,
      (norm_a * norm_a + norm_b * norm_b
        - power(extensions.vector_norm(embedding_a operator(extensions.-) embedding_b), 2))
      / (2 * norm_a * norm_b)
    ))
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

-- In the order of factorNames (core/model/weights.ts). A weight too small to matter counts as none, since its product
-- with a factor could underflow.
create function private.matching_weights() returns float8[]
language sql stable set search_path = ''
as $$
  select coalesce(
    (
      select array_agg(
        case when (value ->> name)::float8 >= 1e-12 then (value ->> name)::float8 else 0 end order by position
      )
      from public.system_settings
      cross join unnest(array['embedding', 'geometry', 'age', 'symmetry', 'skin_tone', 'expression'])
        with ordinality as factors(name, position)
      where key = 'matching_weights'
    ),
    array[0.20, 0.20, 0.15, 0.15, 0.15, 0.15]
  )
$$;

-- The score of one pair by the weights of this moment; null where too little is known. A query over many rows calls
-- private.face_similarity with the weights read once.
create function public.calculate_advanced_similarity(
  embedding_a extensions.vector, age_a integer, symmetry_a float8, skin_tone_a float8[], expression_a text,
  geometry_a jsonb,
  embedding_b extensions.vector, age_b integer, symmetry_b float8, skin_tone_b float8[], expression_b text,
  geometry_b jsonb
) returns float8
language sql stable set search_path = ''
as $$
  select private.face_similarity(
    embedding_a, extensions.vector_norm(embedding_a), private.geometry_vector(geometry_a), age_a, symmetry_a,
    private.skin_tone_vector(skin_tone_a), expression_a,
    embedding_b, extensions.vector_norm(embedding_b), private.geometry_vector(geometry_b), age_b, symmetry_b,
    private.skin_tone_vector(skin_tone_b), expression_b,
    private.matching_weights()
  )
$$;

-- The people whose default face resembles this face most, by the weighted score: exact, filtered first. The person
-- themself, people who are matched already by other photos, and blocked connections are left out; a pair of these two
-- very faces is not, so that a second run finds the same and freshens its score.
--   query_school  only people of this school; null: of every school
--   query_gender  the person's own gender; male leaves out male, female leaves out female; anything else, or null,
--                 leaves out nobody, and neither is anybody left out whose gender is neither
create function public.find_similar_faces_advanced(
  query_face_id uuid, query_school text, query_gender text, score_threshold float8, result_count integer
) returns table (face_id uuid, profile_id uuid, similarity_score float8)
language plpgsql stable set search_path = '' set plan_cache_mode = force_custom_plan
as $$
declare
  query public.faces%rowtype;
  weights constant float8[] := private.matching_weights();
  least_quality constant float8 := coalesce(
    (select (value #>> '{}')::float8 from public.system_settings where key = 'match_min_quality'), 0.6
  );
  left_out_gender constant text := case when query_gender in ('male', 'female') then query_gender end;
begin
  select * into query from public.faces where faces.id = query_face_id;
  if query.embedding is null or query.quality_score is null or query.quality_score < least_quality then
    return;
  end if;

  return query
  with matched as materialized (
    select other.profile_id, m.face_a_id as mine, m.face_b_id as theirs
    from public.faces own
    join public.matches m on m.face_a_id = own.id
    join public.faces other on other.id = m.face_b_id
    where own.profile_id = query.profile_id
    union all
    select other.profile_id, m.face_b_id, m.face_a_id
    from public.faces own
    join public.matches m on m.face_b_id = own.id
    join public.faces other on other.id = m.face_a_id
    where own.profile_id = query.profile_id
  )
  select scored.id, scored.profile_id, scored.score
  from (
    select
      f.id,
      f.profile_id,
      private.face_similarity(
        query.embedding, query.embedding_norm, query.geometry, query.age, query.symmetry_score, query.skin_tone,
        query.expression,
        f.embedding, f.embedding_norm, f.geometry, f.age, f.symmetry_score, f.skin_tone, f.expression,
        weights
      ) as score
    from public.faces f
    join public.profiles p on p.id = f.profile_id and p.default_face_id = f.id and p.profile_type = 'user'
    where f.embedding is not null
      and f.profile_id <> query.profile_id
      and (query_school is null or f.owner_school = query_school)
      and (left_out_gender is null or f.owner_gender is distinct from left_out_gender)
      and f.quality_score >= least_quality
      and f.embedding_model is not distinct from query.embedding_model
      and not exists (
        select from matched
        where matched.profile_id = f.profile_id and not (matched.mine = query.id and matched.theirs = f.id)
      )
      and f.profile_id not in (
        select case when c.profile_a_id = query.profile_id then c.profile_b_id else c.profile_a_id end
        from public.mutual_connections c
        where c.status = 'blocked' and query.profile_id in (c.profile_a_id, c.profile_b_id)
      )
    -- Keeps the score from being computed once for the filter, once for the order and once for the result.
    offset 0
  ) as scored
  where scored.score >= score_threshold
  order by scored.score desc, scored.id
  limit result_count;
end
$$;

-- The celebrities who resemble a face most, by the weighted score: exact.
create function public.find_similar_celebrities_advanced(
  query_face_id uuid, score_threshold float8, result_count integer
) returns table (celebrity_id uuid, similarity_score float8)
language plpgsql stable set search_path = '' set plan_cache_mode = force_custom_plan
as $$
declare
  query public.faces%rowtype;
  weights constant float8[] := private.matching_weights();
begin
  select * into query from public.faces where faces.id = query_face_id;
  if query.embedding is null then
    return;
  end if;

  return query
  select scored.id, scored.score
  from (
    select
      c.id,
      private.face_similarity(
        query.embedding, query.embedding_norm, query.geometry, query.age, query.symmetry_score, query.skin_tone,
        query.expression,
        c.embedding, c.embedding_norm, c.geometry, c.age, c.symmetry_score, c.skin_tone, c.expression,
        weights
      ) as score
    from public.celebrities c
    where c.embedding is not null and c.embedding_model is not distinct from query.embedding_model
    offset 0
  ) as scored
  where scored.score >= score_threshold
  order by scored.score desc, scored.id
  limit result_count;
end
$$;

revoke execute on function
  private.face_similarity(
    extensions.vector, float8, extensions.vector, integer, float8, extensions.vector, text,
    extensions.vector, float8, extensions.vector, integer, float8, extensions.vector, text, float8[]
  ),
  private.geometry_scales(),
  private.matching_weights(),
  public.calculate_advanced_similarity(
    extensions.vector, integer, float8, float8[], text, jsonb,
    extensions.vector, integer, float8, float8[], text, jsonb
  ),
  public.find_similar_faces_advanced(uuid, text, text, float8, integer),
  public.find_similar_celebrities_advanced(uuid, float8, integer)
from public, anon, authenticated;
grant execute on function
  private.face_similarity(
    extensions.vector, float8, extensions.vector, integer, float8, extensions.vector, text,
    extensions.vector, float8, extensions.vector, integer, float8, extensions.vector, text, float8[]
  ),
  private.geometry_scales(),
  private.matching_weights(),
  public.calculate_advanced_similarity(
    extensions.vector, integer, float8, float8[], text, jsonb,
    extensions.vector, integer, float8, float8[], text, jsonb
  ),
  public.find_similar_faces_advanced(uuid, text, text, float8, integer),
  public.find_similar_celebrities_advanced(uuid, float8, integer)
to authenticated, service_role;
