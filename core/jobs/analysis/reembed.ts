import type { Transaction } from 'kysely'
import { faceColumns, faceFacts } from '../../access/face-columns'
import type { Tables } from '../../database/tables'
import type { FacePool } from '../../faces/pool/pool'
import { wrongSpace } from '../../models/active-model'
import { findStagingSubject, holdStagingSubject, stage, type StagingSubject } from '../../models/staging'
import { subjects } from '../../models/switch-queries'
import type { ImageAnalysis } from '../../model/face'
import { analyzeFurtherPhoto, findFurtherPhoto } from './analyze-further-photo'
import { noFace, type Attempt, type JobParts } from './analyze-photo'
import { begin, complete, fail, hold, type ClaimedJob } from '../queue/queue'

/** The spaces besides the active one that this machine has models for: photos are staged in them during a switch. */
export interface StagingSpaces {
  /** Their `embedding_model`s. */
  names: () => readonly string[]
  /** @throws SemblanceError UNAVAILABLE where it has none for that space, or not yet */
  pool: (embeddingModel: string) => Promise<FacePool>
}

/** What a machine has that only ever analyses in the active space. */
export const noStagingSpaces: StagingSpaces = {
  names: () => [],
  pool: (model) => Promise.reject(wrongSpace('another one', model)),
}

type Parts = JobParts & { staging: StagingSpaces }

/** A job of `embedding_jobs`: of a switch of models, or of a further photo. */
export async function reembed(job: ClaimedJob, parts: Parts): Promise<Attempt> {
  const found = await parts.database.asService(async (tx) => {
    if (!(await begin(tx, job))) return undefined
    return { photo: await findFurtherPhoto(tx, job.id), subject: await findStagingSubject(tx, job.id) }
  })
  if (found?.photo) return analyzeFurtherPhoto(job, parts, found.photo)
  return found?.subject ? stagePhoto(job, parts, found.subject) : 'lost'
}

/**
 * The photo is analysed by the pack that is to become the active one, and what it says is put beside the row. Nothing
 * that is searched or shown changes, nor anything in Storage: a switch that is cancelled leaves nothing behind. A second
 * run takes the place of the first.
 */
async function stagePhoto(job: ClaimedJob, parts: Parts, subject: StagingSubject): Promise<Attempt> {
  const pool = await parts.staging.pool(subject.to_model)
  job.notes?.enter('fetch')
  const bytes = await parts.images.download(subjects[subject.kind].bucket, subject.image_path)
  parts.signal.throwIfAborted()
  job.notes?.enter('detect')
  const analysis = await pool.analyze(bytes, { signal: parts.signal })
  // Never trusted to be what was asked for: two spaces that are mixed can't be told apart afterwards.
  if (analysis.embedding_model !== subject.to_model)
    throw wrongSpace(analysis.embedding_model, subject.to_model)
  job.notes?.enter('write')
  return parts.database.asService((tx) => write(tx, job, subject, analysis))
}

async function write(
  tx: Transaction<Tables>,
  job: ClaimedJob,
  subject: StagingSubject,
  analysis: ImageAnalysis,
): Promise<Attempt> {
  if (!(await holdStagingSubject(tx, subject)) || !(await hold(tx, job))) return 'lost'
  const [face] = analysis.faces
  if (!face) {
    await fail(tx, job, noFace)
    return 'failed'
  }
  const { embedding } = faceColumns(face, analysis.embedding_model)
  await stage(tx, subject, {
    embedding,
    analysis: {
      ...faceFacts(face),
      gender: face.gender,
      ...{ image_width: analysis.width, image_height: analysis.height, faces_found: analysis.faces.length },
    },
  })
  await complete(tx, job)
  return 'completed'
}
