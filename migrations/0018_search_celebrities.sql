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

create or replace function public.find_similar_celebrities_advanced(
  query_face_id uuid, score_threshold float8, result_count integer
) returns table (celebrity_id uuid, similarity_score float8)
language sql stable set search_path = ''
as $$ select * from private.search_celebrities(query_face_id, score_threshold, result_count, true) $$;

revoke execute on function private.search_celebrities(uuid, float8, integer, boolean) from public, anon, authenticated;
grant execute on function private.search_celebrities(uuid, float8, integer, boolean) to authenticated, service_role;
