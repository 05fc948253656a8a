import { sql, type RawBuilder, type Transaction } from 'kysely'
import type { Tables } from '../database/tables'

export type SubjectKind = 'face' | 'celebrity' | 'photo'

/** What has an embedding, and so is redone by a switch. */
export interface SubjectTable {
  /** In plans and outcomes. */
  plural: 'faces' | 'celebrities' | 'photos'
  /** In SQL its row is `subject`. */
  table: RawBuilder<unknown>
  /** The column of `staged_analyses` and `embedding_jobs` that names it. */
  key: RawBuilder<unknown>
  /** Of `embedding_jobs`: what else its jobs name, from where in `subject`, and what tells them from jobs of others. */
  jobs: { column: RawBuilder<unknown>; value: RawBuilder<unknown>; are: RawBuilder<unknown> }
  bucket: 'faces' | 'celebrity-images'
}

/** Faces, celebrities by the photo that they are known by, and their further photos. */
export const subjects: Readonly<Record<SubjectKind, SubjectTable>> = {
  face: {
    ...{ plural: 'faces', bucket: 'faces', table: sql`public.faces`, key: sql`face_id` },
    jobs: { column: sql`owner_id`, value: sql`subject.profile_id`, are: sql`true` },
  },
  celebrity: {
    ...{ plural: 'celebrities', bucket: 'celebrity-images' },
    ...{ table: sql`public.celebrities`, key: sql`celebrity_id` },
    jobs: { column: sql`owner_id`, value: sql`null::uuid`, are: sql`photo_id is null` },
  },
  photo: {
    ...{ plural: 'photos', bucket: 'celebrity-images' },
    ...{ table: sql`public.celebrity_photos`, key: sql`photo_id` },
    jobs: { column: sql`celebrity_id`, value: sql`subject.celebrity_id`, are: sql`true` },
  },
}

/** A number for each of the tables. */
export async function forEachSubject(
  find: (table: SubjectTable) => Promise<number>,
): Promise<Record<SubjectTable['plural'], number>> {
  const counts = { faces: 0, celebrities: 0, photos: 0 }
  for (const table of Object.values(subjects)) counts[table.plural] = await find(table)
  return counts
}

/** Rows of `subject` that a switch to this space has to redo: what was never analysed comes with its own job. */
export const isElsewhere = (toModel: string) =>
  sql<boolean>`subject.embedding is not null and subject.embedding_model is distinct from ${toModel}`

/** Rows of `staged_analyses` (as `staged`) that are of the photo that `subject` has now. */
export const isStaged = ({ key }: SubjectTable, switchId: string) => sql<boolean>`exists (
  select from public.staged_analyses as staged
  where staged.switch_id = ${switchId} and staged.${key} = subject.id and staged.image_path = subject.image_path)`

/** The open switch, running or paused; undefined where there is none. */
export function findOpenSwitch(tx: Transaction<Tables>) {
  return tx
    .selectFrom('model_switches')
    .selectAll()
    .where('state', 'in', ['running', 'paused'])
    .executeTakeFirst()
}
