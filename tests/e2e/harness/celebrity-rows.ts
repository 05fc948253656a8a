import type pg from 'pg'

/** How many celebrities {@link insertCelebrityRows} leaves. */
export const celebrityRows = 20_000

/**
 * Celebrities who were analysed, by name from `Celebrity 00001` on. They have no photos behind them: rows show initials.
 */
export async function insertCelebrityRows(client: pg.Client): Promise<void> {
  await client.query('begin')
  // Without the triggers that queue an analysis and tell of each row; what another derives is written below.
  await client.query('set local session_replication_role = replica')
  await client.query(
    `insert into public.celebrities
       (id, name, category, gender, age, quality_score, image_path, image_hash, embedding, embedding_model, analyzed_at,
        created_at, updated_at, licence)
     select gen_random_uuid(), 'Celebrity ' || lpad(n::text, 5, '0'), (array['actor', 'athlete', 'musician'])[1 + n % 3],
       (array['female', 'male'])[1 + n % 2], 18 + n % 60, 0.3 + (n % 70) / 100.0, gen_random_uuid() || '.jpg',
       md5(n::text), vector.one, 'test/000000000000/1', now(), now() - n * interval '1 minute', now(), 'CC0'
     from generate_series(1, $1::int) as n,
       (select ('[' || string_agg('0.0441942', ',') || ']')::extensions.vector as one from generate_series(1, 512)) as vector`,
    [celebrityRows],
  )
  await client.query('select private.write_celebrity_facts(array(select id from public.celebrities))')
  await client.query('commit')
  await client.query('vacuum analyze public.celebrities, public.celebrity_facts')
}
