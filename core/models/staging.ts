import { sql, type RawBuilder, type Transaction } from 'kysely'
import type { Tables } from '../database/tables'
import { subjectTables } from './switch-queries'

type Tx = Transaction<Tables>

/** Columns of an analysis that stand in `staged_analyses.analysis` by their names; the embedding has its own. */
export const stagedColumns = [
  'age',
  'quality_score',
  'blur_score',
  'illumination_score',
  'quality_components',
  'symmetry_score',
  'landmarks_68',
  'pose',
  'geometry_ratios',
  'skin_tone_lab',
  'expression',
  'expression_confidence',
  'emotion_scores',
  'detection_box',
  'image_width',
  'image_height',
  'faces_found',
] as const
export type StagedColumn = (typeof stagedColumns)[number]

/** A photo that a job of a switch is about. */
export interface StagingSubject {
  switch_id: string
  to_model: string
  kind: 'face' | 'celebrity'
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
    .where('j.id', '=', jobId)
    .where('s.state', 'in', ['running', 'paused'])
    .select(['s.id as switch_id', 's.to_model'])
    .select([
      sql<'face' | 'celebrity'>`case when j.face_id is null then 'celebrity' else 'face' end`.as('kind'),
      sql<string>`coalesce(f.id, c.id)`.as('id'),
      sql<string>`coalesce(f.image_path, c.image_path)`.as('image_path'),
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
  const there = await tx
    .selectFrom(subject.kind === 'face' ? 'faces' : 'celebrities')
    .select('id')
    .where('id', '=', subject.id)
    .where('image_path', '=', subject.image_path)
    .forKeyShare()
    .executeTakeFirst()
  return there !== undefined
}

/** Puts an analysis beside the row; a second run takes the place of the first. */
export async function stage(
  tx: Tx,
  subject: StagingSubject,
  { embedding, analysis }: { embedding: string; analysis: Record<StagedColumn | 'gender', unknown> },
): Promise<void> {
  const { key } = subjectTables[subject.kind === 'face' ? 0 : 1]
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
): Promise<{ faces: number; celebrities: number }> {
  const columns = sql.raw(stagedColumns.map((name) => `${name} = a.${name}`).join(', '))
  const move = async (table: RawBuilder<unknown>, key: RawBuilder<unknown>, gender: RawBuilder<unknown>) => {
    const { rows } = await sql<{ moved: number }>`
      with moved as (
        update ${table} as subject
        set embedding = staged.embedding, embedding_model = ${toModel}, analyzed_at = staged.staged_at,
          gender = ${gender}, ${columns}
        from public.staged_analyses as staged
        cross join lateral jsonb_populate_record(null::${table}, staged.analysis) as a
        where staged.switch_id = ${id} and staged.${key} = subject.id and staged.image_path = subject.image_path
        returning 1
      )
      select count(*)::int as moved from moved`.execute(tx)
    return rows[0].moved
  }
  const [faces, celebrities] = subjectTables
  return {
    faces: await move(faces.table, faces.key, sql`a.gender`),
    // What a curator has said stands above what is seen.
    celebrities: await move(celebrities.table, celebrities.key, sql`coalesce(subject.gender, a.gender)`),
  }
}
