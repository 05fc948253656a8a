-- The searches as one scan, and what a person may see of whom they are matched with.

-- Search ------------------------------------------------------------------------------------------------------------

-- Single precision costs a fraction of double, so it sees everybody, and double precision whoever could still be among the
-- best (docs/matching.md, "Why it is complete"). Bounds by the signs of the embeddings took longer
-- than that, and go; the signs themselves stay, by which it is told cheaply whether an embedding is another.
create or replace function public.find_similar_faces_advanced(
  query_face_id uuid, query_school text, query_gender text, score_threshold float8, result_count integer
) returns table (face_id uuid, profile_id uuid, similarity_score float8)
language plpgsql stable set search_path = '' set plan_cache_mode = force_custom_plan set jit = off
as $$
declare
  -- What the cosine of single precision may miss of the score's (docs/matching.md, "Why it is complete").
  single_error float8;
  query public.faces%rowtype;
  weights constant float8[] := private.matching_weights();
  least_quality constant float8 := coalesce(
    (select (value #>> '{}')::float8 from public.system_settings where key = 'match_min_quality'), 0.6
  );
  left_out_gender constant text := case when query_gender in ('male', 'female') then query_gender end;
  minors_from constant integer := extract(year from now())::integer - 18;
  is_minor boolean;
  ids uuid[];
  bounds float8[];
  place integer := 0;
  size constant integer := greatest(64, 2 * least(result_count, 10000));
  floor_score float8 := score_threshold;
  found_ids uuid[];
  found_scores float8[];
  left_out uuid[];
  best_ids uuid[] := '{}';
  best_scores float8[] := '{}';
begin
  select * into query from public.faces where faces.id = query_face_id;
  if query.embedding is null or query.quality_score is null or query.quality_score < least_quality
    or query.embedding_norm not between 0.01 and 1000 or score_threshold is null or result_count <= 0
    or private.unmatchable(query.id, array[query.id]) <> '{}'
  then
    return;
  end if;
  is_minor := coalesce(query.owner_birth_year >= minors_from, false);
  single_error := 1e-4 + greatest(query.embedding_norm / 0.01, 1000 / query.embedding_norm) / 16777216;

  -- Everybody whose score could reach the threshold, by the most that it can be.
  select array_agg(near.id order by near.most desc), array_agg(near.most order by near.most desc) into ids, bounds
  from (
    select
      f.id,
      extensions.greatest_similarity(
        query.embedding_norm, query.geometry, query.age, query.symmetry_score, query.skin_tone, query.expression,
        f.embedding_norm, f.geometry, f.age, f.symmetry_score, f.skin_tone, f.expression,
        1 - (f.embedding operator(extensions.<=>) query.embedding) + single_error, weights
      ) as most
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
  ) as near
  where near.most >= score_threshold;

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
      offset 0
    ) as scored
    where scored.score >= floor_score;
    place := place + size;
    continue when found_ids is null;

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
  end loop;

  return query
  select f.id, f.profile_id, best.score
  from unnest(best_ids, best_scores) as best(id, score)
  join public.faces f on f.id = best.id
  order by best.score desc, f.id;
end
$$;

-- Nobody is left out here, so that the last of the best is known before anything is scored in double precision.
create or replace function public.find_similar_celebrities_advanced(
  query_face_id uuid, score_threshold float8, result_count integer
) returns table (celebrity_id uuid, similarity_score float8)
language plpgsql stable set search_path = '' set plan_cache_mode = force_custom_plan set jit = off
as $$
declare
  single_error float8;
  query public.faces%rowtype;
  weights constant float8[] := private.matching_weights();
begin
  select * into query from public.faces where faces.id = query_face_id;
  if query.embedding is null or query.embedding_norm not between 0.01 and 1000
    or score_threshold is null or result_count <= 0
  then
    return;
  end if;
  single_error := 1e-4 + greatest(query.embedding_norm / 0.01, 1000 / query.embedding_norm) / 16777216;

  return query
  with likely as materialized (
    select near.id, near.most
    from (
      select
        c.id,
        extensions.greatest_similarity(
          query.embedding_norm, query.geometry, query.age, query.symmetry_score, query.skin_tone, query.expression,
          c.embedding_norm, c.geometry, c.age, c.symmetry_score, c.skin_tone, c.expression,
          1 - (c.embedding operator(extensions.<=>) query.embedding) + single_error, weights
        ) as most
      from public.celebrities c
      where c.embedding is not null and c.embedding_model is not distinct from query.embedding_model
      offset 0
    ) as near
    where near.most >= score_threshold
  ),
  -- So many score no less than this.
  reached as materialized (
    select likely.most - 2 * single_error as score
    from likely
    order by likely.most desc
    offset result_count - 1
    limit 1
  )
  select scored.id, scored.score
  from (
    select
      c.id,
      extensions.face_similarity(
        query.embedding, query.embedding_norm, query.geometry, query.age, query.symmetry_score, query.skin_tone,
        query.expression,
        c.embedding, c.embedding_norm, c.geometry, c.age, c.symmetry_score, c.skin_tone, c.expression,
        weights
      ) as score
    from likely
    join public.celebrities c on c.id = likely.id
    where likely.most >= coalesce((select reached.score from reached), score_threshold)
    offset 0
  ) as scored
  where scored.score >= score_threshold
  order by scored.score desc, scored.id
  limit result_count;
end
$$;

drop function private.search_faces(uuid, text, text, float8, integer, boolean);
drop function private.search_celebrities(uuid, float8, integer, boolean);
drop function private.bit_planes(extensions.vector, float8);
drop index public.idx_faces_search;
drop index public.idx_celebrities_search;
create index idx_faces_search on public.faces (owner_school, owner_gender) where is_default;

-- As in 0015, without the evenness of the signs.
create or replace function private.derive_columns() returns trigger
language plpgsql security definer set search_path = ''
as $$
declare
  is_new constant boolean := tg_op = 'INSERT';
begin
  if is_new
    or (new.embedding_norm, new.embedding_signs) is distinct from (old.embedding_norm, old.embedding_signs)
    or coalesce(
      new.embedding operator(extensions.<>) old.embedding, (new.embedding is null) <> (old.embedding is null)
    )
  then
    new.embedding_norm := extensions.vector_norm(new.embedding);
    new.embedding_signs := extensions.binary_quantize(new.embedding);
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
alter table public.faces drop column embedding_evenness;
alter table public.celebrities drop column embedding_evenness;
drop function private.evenness(extensions.vector);

-- The feed ------------------------------------------------------------------------------------------------------------

-- Whom the caller is matched with, one row for each person, by their best match: all that a person may know of somebody
-- else. Policies show nobody the other side's profile or photo, so this view reads as its owner, asks who calls by itself,
-- and lets no condition of a query in before its own. Nobody is seen who is blocked either way, suspended or gone, or
-- where one of the two is known to be a minor and the other is not; nor does anybody see who is. The photo is shown only
-- while it is the one that its owner is found by.
create view private.feed with (security_barrier) as
with me as materialized (
  select p.id, coalesce(p.birth_year >= extract(year from now())::integer - 18, false) as is_minor
  from public.profiles p
  where p.id = (select private.active_caller())
    and not exists (select from auth.users u where u.id = p.id and u.deleted_at is not null)
),
paired as (
  select m.id, m.similarity_score, m.created_at, m.face_b_id as face_id
  from me
  join public.faces own on own.profile_id = me.id
  join public.matches m on m.face_a_id = own.id
  union all
  select m.id, m.similarity_score, m.created_at, m.face_a_id
  from me
  join public.faces own on own.profile_id = me.id
  join public.matches m on m.face_b_id = own.id
),
best as materialized (
  select distinct on (other.profile_id)
    paired.id, paired.similarity_score, paired.created_at, other.profile_id,
    case when other.is_default then other.thumbnail_path end as thumbnail_path,
    array_agg(paired.id) over person as match_ids,
    coalesce(bool_or(mine.liked) over person, false) as liked,
    coalesce(bool_or(mine.viewed) over person, false) as viewed
  from me
  cross join paired
  join public.faces other on other.id = paired.face_id
  cross join lateral (
    select bool_or(r.reaction_type = 'like') as liked, bool_or(r.reaction_type = 'viewed') as viewed
    from public.reactions r
    where r.match_id = paired.id and r.user_profile_id = me.id
  ) as mine
  window person as (partition by other.profile_id)
  order by other.profile_id, paired.similarity_score desc, paired.created_at desc, paired.id desc
)
select
  best.id, best.similarity_score, best.created_at, best.match_ids, p.name, p.school, best.thumbnail_path, best.liked,
  best.viewed,
  exists (
    select from public.mutual_connections c
    where c.profile_a_id = me.id and c.profile_b_id = best.profile_id and c.status = 'active'
  )
  or exists (
    select from public.mutual_connections c
    where c.profile_a_id = best.profile_id and c.profile_b_id = me.id and c.status = 'active'
  ) as connected
from me
join best on best.profile_id <> me.id
-- One after the other: nobody has so many matches that reading all profiles and accounts would be quicker.
cross join lateral (
  select p.name, p.school
  from public.profiles p
  where p.id = best.profile_id
    and p.profile_type = 'user'
    and coalesce(p.birth_year >= extract(year from now())::integer - 18, false) = me.is_minor
    and not exists (
      select from private.blocks k
      where k.profile_a_id = least(me.id, best.profile_id) and k.profile_b_id = greatest(me.id, best.profile_id)
    )
    and not exists (
      select from auth.users u
      where u.id = best.profile_id and (u.banned_until > now() or u.deleted_at is not null)
    )
  offset 0
) as p;
comment on view private.feed is 'Whom the caller is matched with: all that a person may know of somebody else.';
revoke all on private.feed from public, anon, authenticated;
grant select on private.feed to authenticated, service_role;
