import { sql, type RawBuilder, type Transaction } from 'kysely'
import type { Tables } from '../database/tables'

/** What has an embedding, and so is redone by a switch. */
export interface SubjectTable {
  kind: 'face' | 'celebrity'
  /** In SQL its row is `subject`. */
  table: RawBuilder<unknown>
  /** The column of `staged_analyses` and `embedding_jobs` that names it. */
  key: RawBuilder<unknown>
  bucket: 'faces' | 'celebrity-images'
  /** Whose it is, of `subject`. */
  owner: RawBuilder<unknown>
}

export const subjectTables: readonly SubjectTable[] = [
  {
    ...{ kind: 'face', bucket: 'faces' },
    ...{ table: sql`public.faces`, key: sql`face_id`, owner: sql`subject.profile_id` },
  },
  {
    ...{ kind: 'celebrity', bucket: 'celebrity-images' },
    ...{ table: sql`public.celebrities`, key: sql`celebrity_id`, owner: sql`null::uuid` },
  },
]

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
