import { sql, type RawBuilder, type Transaction } from 'kysely'
import { faceColumns, photoColumns } from '../../access/face-columns'
import type { Tables } from '../../database/tables'
import type { AnalyzedFace } from '../../model/face'
import { holdActiveModel } from '../../models/active-model'
import type { ImageBucket } from '../../supabase/images'
import { begin, complete, fail, hold, type ClaimedJob } from '../queue/queue'
import { noFace, photoOf, type Attempt, type JobParts } from './analyze-photo'
import type { AnalyzedPhoto } from './analyzed-photo'
import { dropCheckpoint, readCheckpoint } from './checkpoints'

type Tx = Transaction<Tables>

/** A table each of whose rows is a photo of one face, and what is done there only. */
export interface SubjectTable {
  name: 'faces' | 'celebrities'
  bucket: ImageBucket
  /** The columns in which something may stand already that an analysis doesn't write over. */
  ownColumns: (id: string, face: AnalyzedFace, imageHash: string) => OwnColumns
  /** Searches by what the row says now, and writes whom it resembles. */
  match: (tx: Tx, job: ClaimedJob) => Promise<void>
  /** What was made of the photo goes where nobody has it any more. */
  removeNobodys: (
    parts: JobParts,
    subject: { id: string; image_path: string },
    photo: AnalyzedPhoto,
  ) => Promise<void>
}

interface OwnColumns {
  gender: AnalyzedFace['gender'] | RawBuilder<AnalyzedFace['gender']>
  image_hash: RawBuilder<string | null>
}

/**
 * The photo is analysed, then one transaction writes the row, whom it resembles and the job's end. A second run finds
 * the same rows there and changes nothing.
 */
export async function analyzeSubject(
  table: SubjectTable,
  job: ClaimedJob,
  parts: JobParts,
): Promise<Attempt> {
  const found = await parts.database.asService(async (tx) => {
    if (!(await begin(tx, job))) return undefined
    const subject = await findSubject(tx, table, job.subjectId)
    return subject && { subject, checkpoint: await readCheckpoint(tx, job) }
  })
  if (!found) return 'lost'
  const photo = await photoOf(job, parts, table.bucket, found)
  const attempt = await parts.database.asService((tx) => write(tx, table, job, parts, photo))
  if (photo && attempt === 'lost') await table.removeNobodys(parts, found.subject, photo)
  return attempt
}

async function findSubject(tx: Tx, { name }: SubjectTable, id: string) {
  return tx
    .selectFrom(name)
    .select([
      'id',
      'image_path',
      'image_hash',
      'embedding_model',
      sql<boolean>`embedding is not null`.as('isAnalyzed'),
    ])
    .where('id', '=', id)
    .executeTakeFirst()
}

async function write(
  tx: Tx,
  table: SubjectTable,
  job: ClaimedJob,
  parts: JobParts,
  photo: AnalyzedPhoto | null,
): Promise<Attempt> {
  const id = job.subjectId
  const model = photo?.analysis.embedding_model ?? parts.embeddingModel()
  if (model) await holdActiveModel(tx, model)
  // The row before its job, as a deletion takes them: the other way round the two could wait for each other.
  const locked = await tx
    .selectFrom(table.name)
    .select('id')
    .where('id', '=', id)
    .forNoKeyUpdate()
    .executeTakeFirst()
  if (!locked || !(await hold(tx, job))) return 'lost'
  job.notes?.enter('write')
  if (photo && !(await describe(tx, table, id, photo))) {
    await fail(tx, job, noFace)
    return 'failed'
  }
  job.notes?.enter('search')
  await table.match(tx, job)
  job.notes?.enter('write')
  await complete(tx, job)
  if (parts.progress.hasCheckpoint) await dropCheckpoint(tx, job)
  return 'completed'
}

/** Writes what is known of the photo. False where it shows no face. */
async function describe(tx: Tx, table: SubjectTable, id: string, photo: AnalyzedPhoto): Promise<boolean> {
  const { faces, embedding_model, image_hash } = photo.analysis
  const [face] = faces
  await tx
    .updateTable(table.name)
    .set({
      ...photoColumns(photo),
      ...(face && {
        ...faceColumns(face, embedding_model),
        ...table.ownColumns(id, face, image_hash),
        analyzed_at: sql<Date>`now()`,
      }),
    })
    .where('id', '=', id)
    .execute()
  return Boolean(face)
}
