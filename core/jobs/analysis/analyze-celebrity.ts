import { sql, type Transaction } from 'kysely'
import type { Tables } from '../../database/tables'
import { matchCelebrityToFaces } from '../../matching/rows/write'
import { lockSearchScope } from '../../matching/search/search'
import type { ClaimedJob } from '../queue/queue'
import type { Attempt, JobParts } from './analyze-photo'
import { analyzeSubject, type SubjectTable } from './analyze-subject'
import { madeOf, type AnalyzedPhoto } from './analyzed-photo'

const celebrities: SubjectTable = {
  name: 'celebrities',
  bucket: 'celebrity-images',
  ownColumns: (id, face, imageHash) => ({
    // What a curator has said stands above what is seen.
    gender: sql<typeof face.gender>`coalesce(celebrities.gender, ${face.gender}::text)`,
    image_hash: freeHash(id, imageHash),
  }),
  async match(tx, { subjectId: id }) {
    await lockSearchScope(tx, { celebrityId: id })
    await matchCelebrityToFaces(tx, id)
  },
  removeNobodys,
}

/** A job of `celebrity_jobs`: the photo that a celebrity is known by. */
export function analyzeCelebrity(job: ClaimedJob, parts: JobParts): Promise<Attempt> {
  return analyzeSubject(celebrities, job, parts)
}

/** What was made of a photo goes where that is nobody's by now, and can't come back out of the trash either. */
export async function removeNobodys(
  { database, images }: JobParts,
  { image_path }: { image_path: string },
  photo: AnalyzedPhoto,
): Promise<void> {
  if (await database.asService((tx) => isNamed(tx, image_path))) return
  await images.remove('celebrity-images', madeOf(photo))
}

async function isNamed(tx: Transaction<Tables>, path: string): Promise<boolean> {
  const { rows } = await sql`
    select from public.celebrities where image_path = ${path}
    union all
    select from public.celebrity_photos where image_path = ${path}
    union all
    select from public.celebrity_changes
    where purged_at is null and undone_at is null and purge_at is not null and ${path} = any (image_paths)
    limit 1`.execute(tx)
  return rows.length > 0
}

/** Other clients insert celebrities without a hash; it is filled in unless another one has the same photo. */
function freeHash(id: string, hash: string) {
  return sql<string | null>`coalesce(celebrities.image_hash, case when not exists (
    select from public.celebrities twin where twin.image_hash = ${hash} and twin.id <> ${id}
  ) then ${hash}::text end)`
}
