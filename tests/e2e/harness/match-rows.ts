import type pg from 'pg'
import type { Sql } from '../../../bench/database-queries'
import { createPopulation } from '../../../bench/matching-data'

/** How many matches {@link insertMatchRows} leaves. */
export const matchRows = 100_000

/**
 * People with an analysed face each, and a hundred thousand matches of them with the scores that they have. Faces have
 * no photos behind them; rows show initials.
 */
export async function insertMatchRows(client: pg.Client): Promise<void> {
  const people = Math.ceil((1 + Math.sqrt(1 + 8 * matchRows)) / 2)
  const query: Sql = async <Row>(text: string, values: readonly unknown[] = []) =>
    (await client.query<Row & pg.QueryResultRow>(text, [...values])).rows
  await createPopulation(query).fill(people)
  await asVersion4(client)
  await client.query(
    `with settings as materialized (select private.matching_weights() as weights), pairs as (
       select a.id as a_id, b.id as b_id, extensions.face_similarity(
         a.embedding, a.embedding_norm, a.geometry, a.age, a.symmetry_score, a.skin_tone, a.expression,
         b.embedding, b.embedding_norm, b.geometry, b.age, b.symmetry_score, b.skin_tone, b.expression,
         settings.weights) as score
       from public.faces a join public.faces b on a.id < b.id cross join settings
       limit ${matchRows}
     )
     insert into public.matches (face_a_id, face_b_id, similarity_score, created_at)
     select a_id, b_id, score, now() - random() * interval '90 days' from pairs`,
  )
  await client.query('vacuum analyze public.matches')
  await client.query('vacuum analyze public.match_facts')
}

/** The population's identifiers come from a digest, which says nothing of a version: what leaves the host must. */
async function asVersion4(client: pg.Client): Promise<void> {
  const version4 = (column: string) =>
    `${column} = overlay(overlay(${column}::text placing '4' from 15) placing '8' from 20)::uuid`
  await client.query('begin')
  await client.query('set local session_replication_role = replica')
  await client.query(
    `update public.profiles set ${version4('id')}, ${version4('default_face_id')} where name like 'Person %'`,
  )
  await client.query(`update public.faces set ${version4('id')}, ${version4('profile_id')}`)
  await client.query('commit')
}
