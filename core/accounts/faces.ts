import { sql, type Transaction } from 'kysely'
import { attributeColumns, shownPhotoColumns, readAttributes, readBox } from '../access/attributes'
import { viewOf, type PhotoUrls } from '../access/photo-urls'
import type { Tables } from '../database/tables'
import { SemblanceError } from '../model/errors'
import type { QualityFault } from '../model/quality'
import type { FaceView } from './contract'

type Tx = Transaction<Tables>

export type FaceRow = Awaited<ReturnType<typeof facesOf>>[number]

/** A person's faces with where their newest job stands, newest face first. */
export async function facesOf(tx: Tx, profileId: string) {
  return tx
    .selectFrom('faces as f')
    .innerJoin('profiles as p', 'p.id', 'f.profile_id')
    .leftJoinLateral(
      (eb) =>
        eb
          .selectFrom('match_jobs')
          .whereRef('match_jobs.face_id', '=', 'f.id')
          .select(['id', 'status', 'attempts', 'max_attempts', 'error_code', 'error_message'])
          .orderBy('created_at', 'desc')
          .orderBy('id', 'desc')
          .limit(1)
          .as('j'),
      (join) => join.onTrue(),
    )
    .where('f.profile_id', '=', profileId)
    .select(attributeColumns.map((name) => `f.${name}` as const))
    .select(shownPhotoColumns.map((name) => `f.${name}` as const))
    .select([
      'f.id',
      'f.profile_id',
      'f.image_hash',
      'f.faces_found',
      'f.embedding_model',
      'f.created_at',
      'f.analyzed_at',
      sql<boolean>`p.default_face_id is not distinct from f.id`.as('is_default'),
      sql<QualityFault[]>`case when f.analyzed_at is null then '[]' else (
        select coalesce(jsonb_agg(to_jsonb(fault)), '[]')
        from private.quality_faults(f.quality_score, f.quality_components, private.quality_gate()) as fault
      ) end`.as('quality_faults'),
      sql<FaceView['job']>`case when j.id is not null then to_jsonb(j) end`.as('job'),
    ])
    .orderBy('f.created_at', 'desc')
    .orderBy('f.id')
    .execute()
}

export function viewFace(row: FaceRow, url: PhotoUrls): FaceView {
  return {
    ...readAttributes(row),
    id: row.id,
    profile_id: row.profile_id,
    image_url: url('faces', viewOf(row)),
    thumbnail_url: url('faces', row.thumbnail_path ?? row.image_path),
    image_hash: row.image_hash,
    image_width: row.image_width,
    image_height: row.image_height,
    detection_box: readBox(row.detection_box),
    faces_found: row.faces_found,
    embedding_model: row.embedding_model,
    is_default: row.is_default,
    created_at: row.created_at,
    analyzed_at: row.analyzed_at,
    quality_faults: row.quality_faults,
    job: row.job,
  }
}

/** @throws SemblanceError NOT_FOUND where there is no such person, or the caller may not see them. */
export async function requirePerson(tx: Tx, id: string): Promise<void> {
  const row = await tx
    .selectFrom('profiles')
    .select('id')
    .where('id', '=', id)
    .where('profile_type', '=', 'user')
    .executeTakeFirst()
  if (!row) throw new SemblanceError('NOT_FOUND', 'This person is no longer there.')
}

/** A new face; the database's triggers queue its job and make it the default where there is none. */
export async function insertFace(
  tx: Tx,
  face: { profile_id: string; image_path: string; image_hash: string },
): Promise<string> {
  const row = await tx.insertInto('faces').values(face).returning('id').executeTakeFirstOrThrow()
  return row.id
}

/** Whose face it is. @throws SemblanceError NOT_FOUND where it is gone, or the caller may not see it. */
export async function ownerOfFace(tx: Tx, faceId: string): Promise<string> {
  const row = await tx.selectFrom('faces').select('profile_id').where('id', '=', faceId).executeTakeFirst()
  if (!row) throw new SemblanceError('NOT_FOUND', 'This face is no longer there.')
  return row.profile_id
}

/** Removes the row and with it jobs and matches; gives the paths of what lies in Storage. */
export async function deleteFace(tx: Tx, faceId: string) {
  const row = await tx
    .deleteFrom('faces')
    .where('id', '=', faceId)
    .returning(['image_path', 'thumbnail_path', 'view_path'])
    .executeTakeFirst()
  if (!row) throw new SemblanceError('NOT_FOUND', 'This face is no longer there.')
  return row
}
