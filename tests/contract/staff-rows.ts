import type { SqlDatabase } from '../factories/engines'

/**
 * Rows of the staff's tables about a person, a photo of theirs and a celebrity, with every key filled, so that what
 * becomes of them can be asked when the person goes. They stand as somebody of the staff who is the person would leave
 * them.
 */
export async function addStaffRows(
  sql: SqlDatabase,
  about: { person: string; face: string; other: string; otherFace: string; celebrity: string },
): Promise<void> {
  const { person, face, other, otherFace, celebrity } = about
  const vector = `array_fill(1::real, array[512])::extensions.vector`
  const [{ id: change }] = await sql.query<{ id: string }>(
    `insert into model_switches (to_pack, to_model, started_by, ended_by) values ('x', 'x', $1, $1) returning id`,
    [person],
  )
  for (const [column, subject] of [
    ['face_id', face],
    ['celebrity_id', celebrity],
  ]) {
    await sql.query(
      `insert into staged_analyses (switch_id, ${column}, image_path, embedding, analysis)
       values ($1, $2, 'x', ${vector}, '{}')`,
      [change, subject],
    )
    await sql.query(
      `insert into embedding_jobs (switch_id, ${column}) values ($1, $2)
       on conflict do nothing`,
      [change, subject],
    )
  }
  for (const [column, table] of [
    ['match_job_id', 'match_jobs'],
    ['celebrity_job_id', 'celebrity_jobs'],
    ['embedding_job_id', 'embedding_jobs'],
  ]) {
    await sql.query(
      `insert into job_attempts (${column}, attempt, started_at, outcome) select id, 1, now(), 'failed' from ${table}`,
    )
    if (table === 'embedding_jobs') continue
    await sql.query(
      `insert into job_checkpoints (${column}, image_path, image_hash, embedding_model, analysis)
       select id, 'x', 'x', 'x', '{}' from ${table}`,
    )
  }
  await sql.query('update celebrity_matches set similarity_score = similarity_score / 2')
  await sql.query(
    `insert into match_removals (
       batch_id, match_id, face_a_id, face_b_id, profile_a_id, profile_b_id, similarity_score, reason, removed_by, undone_by
     ) values (gen_random_uuid(), gen_random_uuid(), $1, $2, $3, $4, 0.5, 'a reason', $3, $3)`,
    [face, otherFace, person, other],
  )
  await sql.query(
    `insert into workers (id, host_name, version, instructed_by) values ('worker', 'host', '1', $1)`,
    [person],
  )
  const [{ id: bulk }] = await sql.query<{ id: string }>(
    `insert into job_bulks (action, selection, created_by) values ('cancel', '{}', $1) returning id`,
    [person],
  )
  await sql.query(
    `insert into job_bulk_items (bulk_id, kind, job_id, seen) select $1, 'face', id, '' from match_jobs`,
    [bulk],
  )
  await addCuration(sql, person, celebrity)
  await sql.query(
    `insert into staged_analyses (switch_id, photo_id, image_path, embedding, analysis)
     select $1, id, 'x', ${vector}, '{}' from celebrity_photos`,
    [change],
  )
}

/** What a curator leaves who imports, changes and tells celebrities apart. */
async function addCuration(sql: SqlDatabase, person: string, celebrity: string): Promise<void> {
  const [{ id: source }] = await sql.query<{ id: string }>(
    `insert into celebrity_imports (id, name, created_by, undone_by) values (gen_random_uuid(), 'x', $1, $1)
     returning id`,
    [person],
  )
  await sql.query('update celebrities set import_id = $1 where id = $2', [source, celebrity])
  await sql.query(
    `insert into celebrity_photos (celebrity_id, image_path, analysis, import_id) values ($1, 'x', '{}', $2)`,
    [celebrity, source],
  )
  await sql.query(
    `insert into celebrity_import_items (import_id, item, outcome, celebrity_id, image_hash)
     values ($1, 1, 'new_celebrity', $2, 'x')`,
    [source, celebrity],
  )
  await sql.query(
    `insert into celebrity_changes (group_id, celebrity_id, kind, changed_by, undone_by)
     values ($1, $2, 'import', $3, $3)`,
    [source, celebrity, person],
  )
  await sql.query(
    `with other as (insert into celebrities (name, image_path) values ('other', 'other.jpg') returning id)
     insert into celebrity_distinctions (celebrity_a_id, celebrity_b_id, decided_by)
     select least(id, $1), greatest(id, $1), $2 from other`,
    [celebrity, person],
  )
}
