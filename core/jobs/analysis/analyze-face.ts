import { sql } from 'kysely'
import { writeCelebrityMatches, writeMatches } from '../../matching/rows/write'
import { lockSearchScope, searchCelebrities, searchUsers } from '../../matching/search/search'
import type { ClaimedJob } from '../queue/queue'
import type { Attempt, JobParts } from './analyze-photo'
import { analyzeSubject, type SubjectTable } from './analyze-subject'
import { madeOf } from './analyzed-photo'

const faces: SubjectTable = {
  name: 'faces',
  bucket: 'faces',
  ownColumns: (id, face, imageHash) => ({ gender: face.gender, image_hash: freeHash(id, imageHash) }),
  async match(tx, { subjectId: id, jobType }) {
    await lockSearchScope(tx, { faceId: id })
    if (jobType !== 'celebrity_match') await writeMatches(tx, id, await searchUsers(tx, id))
    if (jobType !== 'user_match') await writeCelebrityMatches(tx, id, await searchCelebrities(tx, id))
  },
  async removeNobodys({ database, images }, { id }, photo) {
    const there = await database.asService((tx) =>
      tx.selectFrom('faces').select('id').where('id', '=', id).executeTakeFirst(),
    )
    if (!there) await images.remove('faces', madeOf(photo))
  },
}

/** A job of `match_jobs`: a person's photo. */
export function analyzeFace(job: ClaimedJob, parts: JobParts): Promise<Attempt> {
  return analyzeSubject(faces, job, parts)
}

/** Other clients insert faces without a hash; it is filled in unless the person has the same photo twice. */
function freeHash(id: string, hash: string) {
  return sql<string | null>`coalesce(faces.image_hash, case when not exists (
    select from public.faces twin where twin.profile_id = faces.profile_id and twin.image_hash = ${hash} and twin.id <> ${id}
  ) then ${hash}::text end)`
}
