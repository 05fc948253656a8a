import { sql, type Transaction } from 'kysely'
import { signPhotos } from '../../access/photo-urls'
import type { SignedInContext } from '../../access/procedure'
import type { Tables } from '../../database/tables'
import type { JobKind } from '../contract'

export interface Named {
  /** Of the person or the celebrity. */
  name: string | null
  /** Paths in Storage: the thumbnail where there is one; one of both at most. */
  face_photo: string | null
  celebrity_photo: string | null
}

interface Subject {
  /** Of the job. */
  id: string
  subject_id: string
  owner_id: string | null
}

/** Whose jobs these are, by their ids, in one query. A subject is looked up as a face and as a celebrity. */
export async function namesOf(
  tx: Transaction<Tables>,
  jobs: readonly Subject[],
): Promise<Map<string, Named>> {
  if (jobs.length === 0) return new Map()
  const { rows } = await sql<Named & { id: string }>`
    select j.id, coalesce(c.name, p.name) as name,
      coalesce(f.thumbnail_path, f.image_path) as face_photo,
      coalesce(c.thumbnail_path, c.image_path) as celebrity_photo
    from unnest(
      ${jobs.map(({ id }) => id)}::uuid[], ${jobs.map((job) => job.subject_id)}::uuid[],
      ${jobs.map((job) => job.owner_id)}::uuid[]
    ) as j (id, subject_id, owner_id)
    left join public.faces as f on f.id = j.subject_id
    left join public.profiles as p on p.id = coalesce(j.owner_id, f.profile_id)
    left join public.celebrities as c on c.id = j.subject_id`.execute(tx)
  return new Map(rows.map(({ id, ...named }) => [id, named]))
}

/** Signs the photos of all; gives the address of each. */
export async function signNamed(
  context: SignedInContext,
  all: readonly (Named | null | undefined)[],
): Promise<(named: Named | null | undefined) => string | null> {
  const url = await signPhotos(context, {
    faces: all.map((named) => named?.face_photo ?? null),
    'celebrity-images': all.map((named) => named?.celebrity_photo ?? null),
  })
  return (named) =>
    named ? (url('faces', named.face_photo) ?? url('celebrity-images', named.celebrity_photo)) : null
}

/** Which queue each of these jobs stands in; those that are no longer there are left out. */
export async function kindsOf(
  tx: Transaction<Tables>,
  ids: readonly string[],
): Promise<Map<string, JobKind>> {
  const rows = await tx.selectFrom('jobs').select(['id', 'kind']).where('id', 'in', ids).execute()
  return new Map(rows.map(({ id, kind }) => [id, kind]))
}
