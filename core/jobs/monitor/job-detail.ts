import { sql, type Transaction } from 'kysely'
import type { SignedInContext } from '../../access/procedure'
import { signPhotos } from '../../access/photo-urls'
import type { Tables } from '../../database/tables'
import { SemblanceError } from '../../model/errors'
import { jobStages } from '../../model/job-stages'
import type { JobKind } from '../contract'
import { type Attempt, isCounted, type JobDetail } from '../contract-detail'
import { namesOf, signNamed } from '../list/names'
import { queues } from '../queue/kinds'
import { adviceFor } from './advice'

type Tx = Transaction<Tables>

const shownMatches = 50

/**
 * Everything about one job but the addresses of its photos.
 * @throws SemblanceError NOT_FOUND
 */
export async function describeJob(tx: Tx, kind: JobKind, id: string) {
  const job = await tx
    .selectFrom('jobs')
    .selectAll()
    .where('id', '=', id)
    .where('kind', '=', kind)
    .executeTakeFirst()
  if (!job) throw new SemblanceError('NOT_FOUND', 'This job is no longer there: it went with its photo.')
  const subject = await describeSubject(tx, job)
  const names = await namesOf(tx, [job])
  const timeline = await listAttempts(tx, kind, id)
  const produced = await listProduced(tx, job.subject_id, job.started_at)
  const { rows } = await sql<{
    saved_at: Date | null
  }>`select private.job_checkpoint(${id}) as saved_at`.execute(tx)
  const saved_at = rows[0].saved_at
  return {
    job: { ...job, job_type: job.job_type ?? 'both' },
    named: names.get(id) ?? null,
    subject,
    timeline,
    produced,
    ...(job.status === 'failed' ? adviceFor(job.error_code) : { retry_helps: null, advice: null }),
    checkpoint: saved_at && job.status !== 'completed' ? { stage: 'search', saved_at } : null,
  }
}

/** With the addresses of its photos. */
export async function viewJob(
  context: SignedInContext,
  { job, named, subject, produced, ...rest }: Awaited<ReturnType<typeof describeJob>>,
): Promise<JobDetail> {
  const thumbnail = await signNamed(context, [named, ...produced.matches])
  const image = await signPhotos(context, {
    faces: [subject?.face_image ?? null],
    'celebrity-images': [subject?.celebrity_image ?? null],
  })
  return {
    ...job,
    ...rest,
    name: named?.name ?? null,
    thumbnail_url: thumbnail(named),
    image_url:
      image('faces', subject?.face_image ?? null) ??
      image('celebrity-images', subject?.celebrity_image ?? null),
    found: subject?.analyzed_at ? foundOf(subject) : null,
    matches: produced.matches.map(({ face_photo, celebrity_photo, ...match }) => ({
      ...match,
      thumbnail_url: thumbnail({ name: match.name, face_photo, celebrity_photo }),
    })),
    matches_total: produced.total,
  }
}

interface SubjectRow {
  face_image: string | null
  celebrity_image: string | null
  image_width: number | null
  image_height: number | null
  faces_found: number | null
  detection_box: { x: number; y: number; width: number; height: number } | null
  landmarks_68: [number, number][] | null
  quality_score: number | null
  embedding_model: string | null
  analyzed_at: Date | null
}

function foundOf(subject: SubjectRow): JobDetail['found'] {
  return {
    width: subject.image_width,
    height: subject.image_height,
    faces_found: subject.faces_found,
    box: subject.detection_box,
    landmarks: subject.landmarks_68,
    quality_score: subject.quality_score,
    embedding_model: subject.embedding_model,
    analyzed_at: subject.analyzed_at,
  }
}

async function describeSubject(
  tx: Tx,
  { id, subject_id: subjectId }: { id: string; subject_id: string },
): Promise<SubjectRow | undefined> {
  const columns = sql`image_width, image_height, faces_found, detection_box, landmarks_68, quality_score::float8,
    embedding_model, analyzed_at`
  const { rows } = await sql<SubjectRow>`
    select null as face_image, p.image_path as celebrity_image, a.image_width, a.image_height, a.faces_found,
      a.detection_box, a.landmarks_68, p.quality_score, p.embedding_model, a.analyzed_at
    from public.embedding_jobs as j
    join public.celebrity_photos as p on p.id = j.photo_id
    cross join lateral jsonb_populate_record(null::public.celebrities, p.analysis) as a
    where j.id = ${id}
    union all
    select image_path, null, ${columns} from public.faces where id = ${subjectId}
    union all
    select null, image_path, ${columns} from public.celebrities where id = ${subjectId}`.execute(tx)
  // A further photo's job names the celebrity, too.
  return rows[0]
}

async function listAttempts(tx: Tx, kind: JobKind, id: string): Promise<Attempt[]> {
  const { rows } = await sql<
    Omit<Attempt, 'run' | 'stages' | 'log'> & {
      stages: Record<string, number>
      log: { at: string; level: string; message: string }[]
    }
  >`
    select id::text, attempt, worker_id, pack, started_at, ended_at, outcome, failed_stage, error_code, error_message,
      stages, log
    from public.job_attempts where ${queues[kind].key} = ${id} order by started_at, id`.execute(tx)
  const runs = runsOf(rows)
  return rows.map(({ stages, log, ...attempt }, index) => ({
    ...attempt,
    run: runs[index],
    stages: inOrder(stages),
    log: log.map((line) => ({ ...line, at: new Date(line.at) })),
  }))
}

/** A number that comes again, or an earlier one, means that the job was started anew: unless the one before had not counted. */
function runsOf(attempts: readonly Pick<Attempt, 'attempt' | 'outcome'>[]): number[] {
  let run = 1
  return attempts.map((one, index) => {
    const before = attempts[index - 1]
    if (before && (one.attempt < before.attempt || (one.attempt === before.attempt && isCounted(before))))
      run += 1
    return run
  })
}

/** jsonb keeps no order of its own. */
function inOrder(stages: Record<string, number>): Attempt['stages'] {
  return Object.entries(stages)
    .map(([stage, ms]) => ({ stage, ms }))
    .toSorted((a, b) => stageOrder(a.stage) - stageOrder(b.stage))
}

const order: readonly string[] = jobStages
const stageOrder = (stage: string) => (order.includes(stage) ? order.indexOf(stage) : order.length)

interface ProducedRow {
  id: string
  kind: 'person' | 'celebrity'
  score: number | null
  subject_id: string
  name: string | null
  face_photo: string | null
  celebrity_photo: string | null
}

/** Matches and lookalikes of the photo that were written since the job was started, best first. */
async function listProduced(tx: Tx, subjectId: string, since: Date | null) {
  if (since === null) return { matches: [], total: 0 }
  const { rows } = await sql<ProducedRow & { total: number }>`
    with produced as (
      select m.id, 'person' as kind, m.similarity_score::float8 as score,
        case when m.face_a_id = ${subjectId} then m.face_b_id else m.face_a_id end as other_id
      from public.matches as m
      where ${subjectId} in (m.face_a_id, m.face_b_id) and m.created_at >= ${since}
      union all
      select m.id, case when m.face_id = ${subjectId} then 'celebrity' else 'person' end, m.similarity_score::float8,
        case when m.face_id = ${subjectId} then m.celebrity_id else m.face_id end
      from public.celebrity_matches as m
      where ${subjectId} in (m.face_id, m.celebrity_id) and m.created_at >= ${since}
    )
    select r.id, r.kind, r.score, coalesce(c.id, p.id, r.other_id) as subject_id, coalesce(c.name, p.name) as name,
      coalesce(f.thumbnail_path, f.image_path) as face_photo,
      coalesce(c.thumbnail_path, c.image_path) as celebrity_photo, r.total
    from (
      select *, count(*) over ()::int as total from produced order by score desc nulls last, id limit ${shownMatches}
    ) as r
    left join public.faces as f on f.id = r.other_id
    left join public.profiles as p on p.id = f.profile_id
    left join public.celebrities as c on c.id = r.other_id
    order by r.score desc nulls last, r.id`.execute(tx)
  return { matches: rows.map(({ total: _, ...row }) => row), total: rows[0]?.total ?? 0 }
}
