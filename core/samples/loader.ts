import { createHash, randomBytes } from 'node:crypto'
import { sql } from 'kysely'
import type { Logger } from 'pino'
import sharp from 'sharp'
import { pathsOf, type PhotoPaths } from '../access/remove-photos'
import type { Database } from '../database/connect'
import type { Images } from '../supabase/images'
import type { Users } from '../supabase/users'
import type { SamplesStatus } from './contract'
import { type Sample, sampleEmailDomain, sampleFaceSvg, samples } from './sample-people'

/** Puts the sample people through the same door as anybody: sign-up, upload, and the jobs that follow from it. */
export interface SampleLoader {
  status(): Promise<SamplesStatus>
  /** Starts, or continues what is missing; returns once started. */
  load(): Promise<SamplesStatus>
  cancel(): Promise<SamplesStatus>
  remove(): Promise<SamplesStatus>
  /** Stops and waits until nothing runs. */
  close(): Promise<void>
}

interface Parts {
  database: Database
  images: Images
  users: Users
  log: Logger
}

type UploadParts = Omit<Parts, 'log'>

const parallel = 2

export function createSampleLoader({ database, images, users, log }: Parts): SampleLoader {
  let run: { abort: AbortController; done: Promise<void> } | null = null
  let message: string | null = null

  async function status(): Promise<SamplesStatus> {
    const counts = await sampleCounts(database)
    const complete = counts.uploaded >= counts.total
    const state = run ? 'loading' : counts.uploaded === 0 ? 'none' : complete ? 'loaded' : 'partial'
    return { state, ...counts, message }
  }

  async function stop(): Promise<void> {
    run?.abort.abort()
    await run?.done
  }

  return {
    status,
    async load() {
      if (!run) {
        message = null
        const abort = new AbortController()
        const done = uploadMissing({ database, images, users }, abort)
          .catch((error: unknown) => {
            message = error instanceof Error ? error.message : String(error)
            log.error({ err: error }, 'loading sample people stopped')
          })
          .finally(() => (run = null))
        run = { abort, done }
      }
      return status()
    },
    async cancel() {
      await stop()
      return status()
    },
    async remove() {
      await stop()
      message = null
      await removeSamples({ database, images, users })
      return status()
    },
    close: stop,
  }
}

/** Rejects with the first failure, once every lane has come to rest: until then nobody may start over. */
async function uploadMissing(parts: UploadParts, abort: AbortController): Promise<void> {
  const waiting = samples()
  const lane = async () => {
    try {
      for (let next = waiting.shift(); next && !abort.signal.aborted; next = waiting.shift()) {
        await (next.kind === 'person' ? addPerson(parts, next) : addCelebrity(parts, next))
      }
    } catch (error) {
      abort.abort()
      throw error
    }
  }
  const lanes = await Promise.allSettled(Array.from({ length: parallel }, lane))
  const failure = lanes.find((ended) => ended.status === 'rejected')
  if (failure) throw failure.reason
}

async function addPerson({ database, images, users }: UploadParts, sample: Sample): Promise<void> {
  const profile = await database.asService((tx) =>
    tx
      .selectFrom('profiles')
      .leftJoin('faces', 'faces.profile_id', 'profiles.id')
      .select(['profiles.id', 'faces.id as face_id'])
      .where('profiles.email', '=', sample.email)
      .executeTakeFirst(),
  )
  if (profile?.face_id) return
  const { name, gender, school, email } = sample
  const password = randomBytes(24).toString('base64url')
  const id = profile?.id ?? (await users.create({ email, password, metadata: { name, gender, school } })).id
  const photo = await drawPhoto(sample)
  const image_path = images.facePath(id, 'jpg')
  await images.upload('faces', image_path, photo, 'image/jpeg')
  await database.asService((tx) =>
    tx
      .insertInto('faces')
      .values({ profile_id: id, image_path, image_hash: md5(photo) })
      .execute(),
  )
}

async function addCelebrity({ database, images }: UploadParts, sample: Sample): Promise<void> {
  const { id, name, category, gender } = sample
  const known = await database.asService((tx) =>
    tx.selectFrom('celebrities').select('id').where('id', '=', id).executeTakeFirst(),
  )
  if (known) return
  const photo = await drawPhoto(sample)
  const image_path = images.celebrityPath('jpg')
  await images.upload('celebrity-images', image_path, photo, 'image/jpeg')
  await database.asService((tx) =>
    tx
      .insertInto('celebrities')
      .values({
        id,
        name,
        category,
        gender,
        image_path,
        image_hash: md5(photo),
        bio: 'A made-up celebrity, drawn for the samples.',
      })
      .execute(),
  )
}

async function sampleCounts(
  database: Database,
): Promise<Pick<SamplesStatus, 'uploaded' | 'analyzed' | 'total'>> {
  const all = samples()
  const celebrityIds = all.filter((sample) => sample.kind === 'celebrity').map((sample) => sample.id)
  const row = await database.asService(async (tx) => {
    const { rows } = await sql<{ uploaded: number; analyzed: number }>`
      with photos as (
        select exists (select from public.match_jobs j where j.face_id = f.id and j.status in ('pending', 'processing')) as open
        from public.faces f join public.profiles p on p.id = f.profile_id
        where p.email like ${'%@' + sampleEmailDomain}
        union all
        select exists (select from public.celebrity_jobs j where j.celebrity_id = c.id and j.status in ('pending', 'processing'))
        from public.celebrities c where c.id = any(${celebrityIds}::uuid[])
      )
      select count(*)::int as uploaded, (count(*) filter (where not open))::int as analyzed from photos`.execute(
      tx,
    )
    return rows[0]
  })
  return { ...row, total: all.length }
}

async function removeSamples({ database, images, users }: UploadParts): Promise<void> {
  const celebrityIds = samples()
    .filter((sample) => sample.kind === 'celebrity')
    .map((sample) => sample.id)
  const found = await database.asService(async (tx) => ({
    people: await tx
      .selectFrom('profiles')
      .select('id')
      .where('email', 'like', `%@${sampleEmailDomain}`)
      .execute(),
    faces: await tx
      .selectFrom('faces')
      .innerJoin('profiles', 'profiles.id', 'faces.profile_id')
      .select(['image_path', 'thumbnail_path', 'view_path'])
      .where('profiles.email', 'like', `%@${sampleEmailDomain}`)
      .execute(),
    // Further photos before the celebrities, with whom they go.
    furtherPhotos: await tx
      .deleteFrom('celebrity_photos')
      .where('celebrity_id', 'in', celebrityIds)
      .returning(['image_path', 'thumbnail_path', 'view_path'])
      .execute(),
    celebrities: await tx
      .deleteFrom('celebrities')
      .where('id', 'in', celebrityIds)
      .returning(['image_path', 'thumbnail_path', 'view_path'])
      .execute(),
    // Those in the trash are purged by the host's next look (celebrities/curation/purge.ts).
    trash: await tx
      .updateTable('celebrity_changes')
      .set({ purge_at: sql<Date>`now()` })
      .where('celebrity_id', 'in', celebrityIds)
      .where('purge_at', 'is not', null)
      .where('undone_at', 'is', null)
      .where('purged_at', 'is', null)
      .execute(),
  }))
  for (const person of found.people) await users.remove(person.id)
  const all = (photos: PhotoPaths[]) => photos.flatMap((photo) => pathsOf(images, photo))
  await images.remove('faces', all(found.faces))
  await images.remove('celebrity-images', all([...found.celebrities, ...found.furtherPhotos]))
}

/** A photo of the drawn face: a head and shoulders before a plain wall, with the room around it that the detector likes. */
async function drawPhoto(sample: Sample): Promise<Buffer> {
  const background = '#c8d0d8'
  return sharp(Buffer.from(sampleFaceSvg(sample)))
    .extend({ top: 60, bottom: 60, left: 140, right: 140, background })
    .flatten({ background })
    .jpeg({ quality: 90 })
    .toBuffer()
}

function md5(bytes: Uint8Array): string {
  return createHash('md5').update(bytes).digest('hex')
}
