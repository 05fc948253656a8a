-- What the inspection of matches reads: each match's factors in one narrow table, the scores it had, and what was removed.

-- Has a row for a removal that is being undone (0026, 0028): rows come back as they were, so what reacts to new ones
-- stands still. The row is seen by the transaction alone that undoes, which takes it away again at its end.
create table private.restoring (match_id uuid not null);
alter table private.restoring enable row level security;
revoke all on private.restoring from public, anon, authenticated;
comment on table private.restoring is 'Empty but inside of an undo: new rows are old ones that come back.';

-- Scores ---------------------------------------------------------------------------------------------------------------

create table public.match_scores (
  id bigint generated always as identity primary key,
  match_id uuid references public.matches (id) on update cascade on delete cascade,
  celebrity_match_id uuid references public.celebrity_matches (id) on update cascade on delete cascade,
  score float8 not null,
  -- As private.matching_weights() gives them; null where nobody knows any more.
  weights float8[],
  why text not null check (why in ('found', 'reanalysis', 'settings', 'rescore', 'recompute')),
  at timestamptz not null default now(),
  constraint match_scores_one_pair check (num_nonnulls(match_id, celebrity_match_id) = 1)
);
comment on table public.match_scores is
  'Every score that a match had, kept by trigger; of a lookalike since it changed for the first time.';
create index idx_match_scores_match on public.match_scores (match_id, id) where match_id is not null;
create index idx_match_scores_celebrity_match on public.match_scores (celebrity_match_id, id)
  where celebrity_match_id is not null;
alter table public.match_scores enable row level security;
revoke all on public.match_scores from anon, authenticated;
grant all on public.match_scores to service_role;
grant select on public.match_scores to authenticated;
create policy match_scores_select on public.match_scores for select to authenticated
  using ((select private.current_staff_role()) is not null);

-- Facts ----------------------------------------------------------------------------------------------------------------

-- What a list of all matches filters and sorts by. In a table of its own: computed at the time of asking it would take
-- both photos' rows of 2.5 KB for every match, and columns of public.matches would reach other clients.
create table public.match_facts (
  id uuid primary key references public.matches (id) on update cascade on delete cascade,
  similarity_score float8 not null,
  created_at timestamptz not null,
  embedding float8,
  geometry float8,
  age float8,
  symmetry float8,
  skin_tone float8,
  expression float8,
  least_quality float8,
  embedding_model text,
  school_a text,
  school_b text
);
comment on table public.match_facts is
  'Of each match its factors, the lower quality, the model of both and the schools, kept by trigger.';
create index idx_match_facts_score on public.match_facts (similarity_score desc, id desc);
create index idx_match_facts_created_at on public.match_facts (created_at desc, id desc);
alter table public.match_facts enable row level security;
revoke all on public.match_facts from anon, authenticated;
grant all on public.match_facts to service_role;
grant select on public.match_facts to authenticated;
create policy match_facts_select on public.match_facts for select to authenticated
  using ((select private.current_staff_role()) is not null);

-- A factor is the score where it has all of the weight. Without the embedding's there would be no score: all but the
-- first are asked with embeddings that are the same.
create function private.write_match_facts(match_ids uuid[]) returns void
language sql volatile set search_path = '' set jit = off
as $$
  insert into public.match_facts as written
  select
    m.id, m.similarity_score, coalesce(m.created_at, now()),
    case when a.embedding_model is not distinct from b.embedding_model then extensions.face_similarity(
      a.embedding, a.embedding_norm, null, 0, null, null, null, b.embedding, b.embedding_norm, null, 0, null, null, null,
      array[1, 0, 0, 0, 0, 0]
    ) end,
    factors.of[1], factors.of[2], factors.of[3], factors.of[4], factors.of[5],
    case when a.quality_score is not null and b.quality_score is not null then
      least(a.quality_score, b.quality_score)
    end,
    case when a.embedding_model = b.embedding_model then a.embedding_model end,
    a.owner_school, b.owner_school
  from public.matches m
  join public.faces a on a.id = m.face_a_id
  join public.faces b on b.id = m.face_b_id
  cross join lateral (
    select array_agg(
      extensions.face_similarity(
        '[1]', 1, a.geometry, a.age, a.symmetry_score, a.skin_tone, a.expression,
        '[1]', 1, b.geometry, b.age, b.symmetry_score, b.skin_tone, b.expression, one.weights
      ) order by one.place
    ) as of
    from (values
      (1, array[0, 1, 0, 0, 0, 0]), (2, array[0, 0, 1, 0, 0, 0]), (3, array[0, 0, 0, 1, 0, 0]),
      (4, array[0, 0, 0, 0, 1, 0]), (5, array[0, 0, 0, 0, 0, 1])
    ) as one(place, weights)
  ) as factors
  where m.id = any (match_ids)
  -- In one order, so that two who write the same don't wait in a circle.
  order by m.id
  on conflict (id) do update set
    similarity_score = excluded.similarity_score, created_at = excluded.created_at, embedding = excluded.embedding,
    geometry = excluded.geometry, age = excluded.age, symmetry = excluded.symmetry, skin_tone = excluded.skin_tone,
    expression = excluded.expression, least_quality = excluded.least_quality,
    embedding_model = excluded.embedding_model, school_a = excluded.school_a, school_b = excluded.school_b
$$;

create function private.follow_new_matches() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  if not exists (select from private.restoring) then
    insert into public.match_scores (match_id, score, weights, why)
    select n.id, n.similarity_score, w.weights, 'found'
    from new_rows n
    cross join (select private.matching_weights() as weights) as w;
  end if;
  perform private.write_match_facts(array(select n.id from new_rows n));
  return null;
end
$$;
create trigger follow_new_matches after insert on public.matches
  referencing new table as new_rows
  for each statement execute function private.follow_new_matches();

-- Why a score is another now. Whoever writes it may say so by semblance.score_reason; else it is told from the weights.
-- Both joins are planned for the rows at hand: a plan made for one would be kept, and take forever for a hundred thousand.
create function private.follow_changed_matches() returns trigger
language plpgsql security definer set search_path = ''
as $$
declare
  reason constant text := nullif(current_setting('semblance.score_reason', true), '');
  key constant text := case tg_table_name when 'matches' then 'match_id' else 'celebrity_match_id' end;
  moved uuid[];
begin
  execute format(
    $statement$
      with changed as materialized (
        select n.id, n.similarity_score, o.similarity_score as former, coalesce(n.created_at, now()) as created_at
        from new_rows n
        join old_rows o on o.id = n.id
        where n.similarity_score is distinct from o.similarity_score
      ),
      latest as materialized (
        select changed.id, (
          select s from public.match_scores s where s.%1$I = changed.id order by s.id desc limit 1
        ) as entry
        from changed
      ),
      written as (
        select changed.id, 1 as place, changed.similarity_score as score, w.weights, now() as at,
          coalesce($1, case when (latest.entry).weights <> w.weights then 'settings' else 'reanalysis' end) as why
        from changed
        join latest on latest.id = changed.id
        cross join (select private.matching_weights() as weights) as w
        union all
        -- What stood before there was a history.
        select changed.id, 0, changed.former, null, changed.created_at, 'found'
        from changed
        join latest on latest.id = changed.id
        where (latest.entry).id is null
      )
      insert into public.match_scores (%1$I, score, weights, why, at)
      select id, score, weights, why, at from written order by id, place
    $statement$,
    key
  ) using reason;
  if tg_table_name = 'matches' and current_setting('semblance.facts', true) is distinct from 'later' then
    execute $statement$
      select array_agg(n.id)
      from new_rows n
      join old_rows o on o.id = n.id
      where (n.similarity_score, n.face_a_id, n.face_b_id, n.created_at)
        is distinct from (o.similarity_score, o.face_a_id, o.face_b_id, o.created_at)
    $statement$ into moved;
    perform private.write_match_facts(moved);
  end if;
  return null;
end
$$;
create trigger follow_changed_matches after update on public.matches
  referencing old table as old_rows new table as new_rows
  for each statement execute function private.follow_changed_matches();
create trigger follow_changed_lookalikes after update on public.celebrity_matches
  referencing old table as old_rows new table as new_rows
  for each statement execute function private.follow_changed_matches();

create function private.follow_changed_face() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  -- A switch of models changes every face, and writes all facts once (core/models/advance.ts).
  if current_setting('semblance.facts', true) = 'later' then
    return null;
  end if;
  perform private.write_match_facts(array(
    select m.id from public.matches m where m.face_a_id = new.id
    union
    select m.id from public.matches m where m.face_b_id = new.id
  ));
  return null;
end
$$;
-- An embedding that is another has other signs or another length.
create trigger follow_changed_face after update on public.faces
  for each row
  when (
    (
      old.embedding_norm, old.embedding_signs, old.embedding_model, old.geometry_ratios, old.age, old.symmetry_score,
      old.skin_tone_lab, old.expression, old.quality_score, old.owner_school
    ) is distinct from (
      new.embedding_norm, new.embedding_signs, new.embedding_model, new.geometry_ratios, new.age, new.symmetry_score,
      new.skin_tone_lab, new.expression, new.quality_score, new.owner_school
    )
  )
  execute function private.follow_changed_face();

select private.write_match_facts(array(select id from public.matches));

-- Scores anew -----------------------------------------------------------------------------------------------------------

-- The scores of matches, or of lookalikes, by the analyses and weights of this moment; for the staff. A pair without one
-- (a side is not analysed, or by another model) keeps what it has.
create function private.recompute_matches(pair_ids uuid[], are_lookalikes boolean)
returns table (id uuid, "before" float8, "after" float8)
language plpgsql security definer set search_path = '' set jit = off
as $$
declare
  weights constant float8[] := private.matching_weights();
begin
  if (select private.current_staff_role()) is null then
    raise exception 'Only staff may have a score computed anew.' using errcode = 'insufficient_privilege';
  end if;
  perform set_config('semblance.score_reason', 'recompute', true);
  if are_lookalikes then
    return query
    with pairs as materialized (
      select cm.id, cm.similarity_score, cm.face_id, cm.celebrity_id
      from public.celebrity_matches cm where cm.id = any (pair_ids) order by cm.id for update
    ),
    scored as materialized (
      select p.id, p.similarity_score, case when a.embedding_model is not distinct from b.embedding_model then
        extensions.face_similarity(
          a.embedding, a.embedding_norm, a.geometry, a.age, a.symmetry_score, a.skin_tone, a.expression,
          b.embedding, b.embedding_norm, b.geometry, b.age, b.symmetry_score, b.skin_tone, b.expression, weights
        ) end as score
      from pairs p
      join public.faces a on a.id = p.face_id
      join public.celebrities b on b.id = p.celebrity_id
    ),
    written as (
      update public.celebrity_matches cm set similarity_score = s.score
      from scored s where cm.id = s.id and s.score is not null and s.score <> cm.similarity_score
    )
    select s.id, s.similarity_score, s.score from scored s;
  else
    return query
    with pairs as materialized (
      select m.id, m.similarity_score, m.face_a_id, m.face_b_id
      from public.matches m where m.id = any (pair_ids) order by m.id for update
    ),
    scored as materialized (
      select p.id, p.similarity_score, case when a.embedding_model is not distinct from b.embedding_model then
        extensions.face_similarity(
          a.embedding, a.embedding_norm, a.geometry, a.age, a.symmetry_score, a.skin_tone, a.expression,
          b.embedding, b.embedding_norm, b.geometry, b.age, b.symmetry_score, b.skin_tone, b.expression, weights
        ) end as score
      from pairs p
      join public.faces a on a.id = p.face_a_id
      join public.faces b on b.id = p.face_b_id
    ),
    written as (
      update public.matches m set similarity_score = s.score
      from scored s where m.id = s.id and s.score is not null and s.score <> m.similarity_score
    )
    select s.id, s.similarity_score, s.score from scored s;
  end if;
  perform set_config('semblance.score_reason', '', true);
end
$$;

revoke execute on function
  private.write_match_facts(uuid[]), private.follow_new_matches(), private.follow_changed_matches(),
  private.follow_changed_face(), private.recompute_matches(uuid[], boolean)
from public, anon, authenticated;
-- For the switch of models, which has it done once for all.
grant execute on function private.write_match_facts(uuid[]) to service_role;
grant execute on function private.recompute_matches(uuid[], boolean) to authenticated;
