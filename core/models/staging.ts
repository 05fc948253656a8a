import { sql, type RawBuilder, type Transaction } from 'kysely'
import { analysisColumns } from '../access/face-columns'
import type { Tables } from '../database/tables'
import { subjects, type SubjectKind } from './switch-queries'

type Tx = Transaction<Tables>

/** Columns that a switch takes as they stand in `staged_analyses.analysis`; the gender may be a curator's word. */
const stagedColumns = analysisColumns.filter((name) => name !== 'gender' && name !== 'analyzed_at')
type StagedColumn = (typeof stagedColumns)[number]

/** A photo that a job of a switch is about. */
export interface StagingSubject {
  switch_id: string
  to_model: string
  kind: SubjectKind
  id: string
  image_path: string
}

/** What a job of `embedding_jobs` is to analyse; undefined where the photo or the switch is gone, or it has ended. */
export async function findStagingSubject(tx: Tx, jobId: string): Promise<StagingSubject | undefined> {
  return tx
    .selectFrom('embedding_jobs as j')
    .innerJoin('model_switches as s', 's.id', 'j.switch_id')
    .leftJoin('faces as f', 'f.id', 'j.face_id')
    .leftJoin('celebrities as c', 'c.id', 'j.celebrity_id')
    .leftJoin('celebrity_photos as p', 'p.id', 'j.photo_id')
    .where('j.id', '=', jobId)
    .where('s.state', 'in', ['running', 'paused'])
    .select(['s.id as switch_id', 's.to_model'])
    .select([
      sql<StagingSubject['kind']>`case when p.id is not null then 'photo' when f.id is not null then 'face'
        else 'celebrity' end`.as('kind'),
      sql<string>`coalesce(f.id, p.id, c.id)`.as('id'),
      sql<string>`coalesce(f.image_path, p.image_path, c.image_path)`.as('image_path'),
    ])
    .executeTakeFirst()
}

/**
 * Locks switch and photo until the transaction ends, in the order that the switch itself takes them.
 * False where the switch has ended, or the photo is gone or another by now: what was analysed is of no use.
 */
export async function holdStagingSubject(tx: Tx, subject: StagingSubject): Promise<boolean> {
  const open = await tx
    .selectFrom('model_switches')
    .select('id')
    .where('id', '=', subject.switch_id)
    .where('state', 'in', ['running', 'paused'])
    .forShare()
    .executeTakeFirst()
  if (!open) return false
  const { table } = subjects[subject.kind]
  const { rows } = await sql`
    select from ${table} where id = ${subject.id} and image_path = ${subject.image_path} for key share`.execute(
    tx,
  )
  return rows.length > 0
}

/** Puts an analysis beside the row; a second run takes the place of the first. */
export async function stage(
  tx: Tx,
  subject: StagingSubject,
  { embedding, analysis }: { embedding: string; analysis: Record<StagedColumn | 'gender', unknown> },
): Promise<void> {
  const { key } = subjects[subject.kind]
  await sql`
    insert into public.staged_analyses (switch_id, ${key}, image_path, embedding, analysis)
    values (${subject.switch_id}, ${subject.id}, ${subject.image_path}, ${embedding}::extensions.vector,
      ${JSON.stringify(analysis)}::jsonb)
    on conflict (switch_id, ${key}) do update
    set image_path = excluded.image_path, embedding = excluded.embedding, analysis = excluded.analysis,
      staged_at = now()`.execute(tx)
}

/** Moves everything staged by a switch into the tables that are searched. Gives how many rows that were. */
export async function moveStaged(
  tx: Tx,
  { id, to_model: toModel }: { id: string; to_model: string },
): Promise<{ faces: number; celebrities: number; photos: number }> {
  const move = async (kind: SubjectKind, columns: RawBuilder<unknown>) => {
    const { table, key } = subjects[kind]
    const { rows } = await sql<{ moved: number }>`
      with moved as (
        update ${table} as subject
        set embedding = staged.embedding, embedding_model = ${toModel}, ${columns}
        from public.staged_analyses as staged
        cross join lateral jsonb_populate_record(null::public.faces, staged.analysis) as a
        where staged.switch_id = ${id} and staged.${key} = subject.id and staged.image_path = subject.image_path
        returning 1
      )
      select count(*)::int as moved from moved`.execute(tx)
    return rows[0].moved
  }
  const columns = sql.raw(stagedColumns.map((name) => `${name} = a.${name}`).join(', '))
  return {
    faces: await move('face', sql`analyzed_at = staged.staged_at, gender = a.gender, ${columns}`),
    // What a curator has said stands above what is seen.
    celebrities: await move(
      'celebrity',
      sql`analyzed_at = staged.staged_at, gender = coalesce(subject.gender, a.gender), ${columns}`,
    ),
    photos: await move(
      'photo',
      sql`quality_score = a.quality_score, analysis = subject.analysis || staged.analysis || jsonb_build_object(
        'gender', coalesce(subject.analysis ->> 'gender', a.gender), 'analyzed_at', staged.staged_at)`,
    ),
  }
}
