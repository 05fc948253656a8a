import { sql, type Transaction } from 'kysely'
import type { Database } from '../database/connect'
import type { Tables } from '../database/tables'
import { moveStaged } from './staging'
import { findOpenSwitch, isElsewhere, isStaged, subjects } from './switch-queries'
import { queueSearches } from './searches'
import { queueMissing, sweepClosed } from './switches'

type Tx = Transaction<Tables>

/** `stuck`: nothing is left to do but photos that have failed, which somebody has to decide about. */
export type Advance = 'none' | 'paused' | 'running' | 'stuck' | 'completed'

/**
 * Looks how far the open switch is, and makes it where everything is there: one transaction, in which the staged
 * analyses take their places, the active space becomes the new one, the matches that stand get their score anew, and
 * searches for those that the new scores make are queued.
 * Whatever is found missing gets a job, and the switch waits for it. Any number of hosts may ask.
 */
export function advanceSwitch(database: Pick<Database, 'asService' | 'engine'>): Promise<Advance> {
  return database.asService((tx) => advance(tx, { isAlone: database.engine === 'pglite' }))
}

interface AdvanceOptions {
  /** Nobody else is connected, so that nobody is locked out of a table that is indexed anew. */
  isAlone: boolean
}

async function advance(tx: Tx, options: AdvanceOptions): Promise<Advance> {
  const open = await findOpenSwitch(tx)
  if (!open) {
    await sweepClosed(tx)
    return 'none'
  }
  if (open.state === 'paused') return 'paused'
  if (await hasOpenJobs(tx, open.id)) return 'running'
  // From here on nobody writes an embedding until it is decided (holdActiveModel), or stages one.
  await sql`select from public.active_model for update`.execute(tx)
  const locked = await tx
    .selectFrom('model_switches')
    .select(['id', 'to_pack', 'to_model'])
    .where('id', '=', open.id)
    .where('state', '=', 'running')
    .forNoKeyUpdate()
    .executeTakeFirst()
  if (!locked) return 'none'
  if ((await queueMissing(tx, locked)) > 0 || (await hasOpenJobs(tx, open.id))) return 'running'
  if (await hasUndecided(tx, locked)) return 'stuck'
  await complete(tx, locked, options)
  return 'completed'
}

async function hasOpenJobs(tx: Tx, switchId: string): Promise<boolean> {
  const found = await tx
    .selectFrom('embedding_jobs')
    .select('id')
    .where('switch_id', '=', switchId)
    .where('status', 'in', ['pending', 'processing'])
    .limit(1)
    .executeTakeFirst()
  return found !== undefined
}

interface Locked {
  id: string
  to_pack: string
  to_model: string
}

/** Whether a photo is missing that nobody has agreed to leave out. */
async function hasUndecided(tx: Tx, { id, to_model: toModel }: Locked): Promise<boolean> {
  for (const subject of Object.values(subjects)) {
    const { rows } = await sql`
      select from ${subject.table} as subject
      where ${isElsewhere(toModel)} and not ${isStaged(subject, id)} and not exists (
        select from public.embedding_jobs job
        where job.switch_id = ${id} and job.${subject.key} = subject.id and ${subject.jobs.are}
          and job.dismissed_at is not null)
      limit 1`.execute(tx)
    if (rows.length > 0) return true
  }
  return false
}

async function complete(tx: Tx, found: Locked, { isAlone }: AdvanceOptions): Promise<void> {
  const { id, to_pack: pack, to_model: model } = found
  await lockPeople(tx, found)
  // First, so that the rows that change now are not queued for it once more (private.queue_embedding).
  await tx
    .updateTable('model_switches')
    .set({ state: 'completed', ended_at: sql<Date>`now()` })
    .where('id', '=', id)
    .execute()
  await tx
    .insertInto('active_model')
    .values({ pack, embedding_model: model })
    .onConflict((conflict) =>
      conflict.column('id').doUpdateSet({ pack, embedding_model: model, since: sql<Date>`now()` }),
    )
    .execute()
  // By trigger each match's would be written three times: with either face, and with the score.
  await sql`select set_config('semblance.facts', 'later', true)`.execute(tx)
  if (isAlone) await sql`select private.set_graph_aside()`.execute(tx)
  const moved = await moveStaged(tx, found)
  if (isAlone) await sql`select private.put_graph_back()`.execute(tx)
  const leftOut = await noteLeftOut(tx, found)
  await replaceDefaultFaces(tx, model)
  await tx
    .updateTable('model_switches')
    .set({
      ...{
        switched_faces: moved.faces,
        switched_celebrities: moved.celebrities,
        switched_photos: moved.photos,
      },
      left_out: leftOut,
      ...{ rescored: await rescoreMatches(tx, model), searches: await queueSearches(tx, model) },
    })
    .where('id', '=', id)
    .execute()
  await sql`select set_config('semblance.facts', '', true),
    private.write_match_facts(array(select id from public.matches))`.execute(tx)
  await sweepClosed(tx)
}

/**
 * People before their faces, as everybody else takes them: who leaves, or changes their profile, waits for the switch or
 * it for them, and neither for the other. Whose default photo is left out gets another one (replaceDefaultFaces).
 */
async function lockPeople(tx: Tx, { id, to_model: toModel }: Locked): Promise<void> {
  await sql`
    select from public.profiles p
    where exists (
      select from public.faces subject
      where subject.id = p.default_face_id and ${isElsewhere(toModel)} and not ${isStaged(subjects.face, id)})
    order by p.id for no key update`.execute(tx)
  await sql`
    select from public.profiles p
    where exists (select from public.faces f where f.profile_id = p.id and f.embedding is not null)
    order by p.id for key share`.execute(tx)
}

/** Who was left out gets an ordinary job that has failed with the same reason, so that it can be seen and retried. */
async function noteLeftOut(tx: Tx, { id, to_model: toModel }: Locked): Promise<number> {
  const names = [
    ...['status', 'attempts', 'max_attempts', 'error_code', 'error_message', 'failed_stage', 'fingerprint'],
    ...['started_at', 'completed_at', 'dismissed_at'],
  ]
  const columns = sql.raw(names.join(', '))
  const excluded = sql.raw(names.map((name) => `excluded.${name}`).join(', '))
  const { rows } = await sql<{ left_out: number }>`
    with left_out as (
      select job.* from public.embedding_jobs job
      where job.switch_id = ${id} and job.status = 'failed' and job.dismissed_at is not null
    ),
    faces as (
      insert into public.match_jobs (face_id, user_id, job_type, ${columns})
      select face_id, owner_id, 'both', ${columns} from left_out job
      where exists (
        select from public.faces subject where subject.id = job.face_id and ${isElsewhere(toModel)})
      returning 1
    ),
    celebrities as (
      insert into public.celebrity_jobs (celebrity_id, ${columns})
      select celebrity_id, ${columns} from left_out job
      where job.photo_id is null and exists (
        select from public.celebrities subject where subject.id = job.celebrity_id and ${isElsewhere(toModel)})
      returning 1
    ),
    photos as (
      insert into public.embedding_jobs (photo_id, celebrity_id, ${columns})
      select photo_id, celebrity_id, ${columns} from left_out job
      where exists (
        select from public.celebrity_photos subject where subject.id = job.photo_id and ${isElsewhere(toModel)})
      on conflict (photo_id) where switch_id is null do update set (${columns}) = (${excluded})
      returning 1
    )
    select ((select count(*) from faces) + (select count(*) from celebrities) + (select count(*) from photos))::int
      as left_out`.execute(tx)
  return rows[0].left_out
}

/** A default photo that was left out would keep its owner from being found: one that was not steps in. */
async function replaceDefaultFaces(tx: Tx, model: string): Promise<void> {
  await sql`
    update public.profiles p set default_face_id = newest.id
    from public.faces old, lateral (
      select f.id from public.faces f
      where f.profile_id = old.profile_id and f.embedding_model = ${model}
      order by f.created_at desc, f.id desc limit 1
    ) as newest
    where p.default_face_id = old.id and old.embedding is not null
      and old.embedding_model is distinct from ${model}`.execute(tx)
}

/** Every match of two sides that are in the space, anew; the others keep the score that they had. Gives how many. */
async function rescoreMatches(tx: Tx, model: string): Promise<number> {
  const people = await rescore(tx, model, 'matches', ['face_a_id', 'faces', 'face_b_id'])
  const lookalikes = await rescore(tx, model, 'celebrity_matches', ['face_id', 'celebrities', 'celebrity_id'])
  return people + lookalikes
}

/** @param sides of a match: its column for the face, then the table of the other side and the column for it */
async function rescore(
  tx: Tx,
  model: string,
  table: 'matches' | 'celebrity_matches',
  sides: readonly [string, 'faces' | 'celebrities', string],
): Promise<number> {
  const [face, others, other] = sides
  const matches = sql.table(`public.${table}`)
  const compared = (side: 'a' | 'b') =>
    sql.join(
      ['embedding', 'embedding_norm', 'geometry', 'age', 'symmetry_score', 'skin_tone', 'expression'].map(
        (column) => sql.ref(`${side}.${column}`),
      ),
    )
  const { numAffectedRows } = await sql`
    with settings as materialized (select private.matching_weights() as weights),
    scored as materialized (
      select m.id, extensions.face_similarity(${compared('a')}, ${compared('b')}, settings.weights) as score
      from ${matches} m
      join public.faces a on a.id = ${sql.ref(`m.${face}`)} and a.embedding_model = ${model}
      join ${sql.table(`public.${others}`)} b on b.id = ${sql.ref(`m.${other}`)} and b.embedding_model = ${model}
      cross join settings
    )
    update ${matches} m set similarity_score = scored.score from scored
    where scored.id = m.id and scored.score is not null and m.similarity_score <> scored.score`.execute(tx)
  return Number(numAffectedRows ?? 0)
}
