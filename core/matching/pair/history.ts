import { sql, type Transaction } from 'kysely'
import type { Tables } from '../../database/tables'
import { weightsSchema, factorNames, type Weights } from '../../model/weights'
import type { PairHistory } from '../contract-pair'
import { findPairRow, type PairKey } from './inspect-pair'

type Tx = Transaction<Tables>

const mostJobs = 100

/** What made the score of a pair what it is. @throws SemblanceError NOT_FOUND */
export async function historyOf(tx: Tx, key: PairKey): Promise<PairHistory> {
  const pair = await findPairRow(tx, key)
  return {
    scores: await scoresOf(tx, key),
    jobs: await jobsOf(tx, key, pair),
    removals: key.kind === 'match' ? await removalsOf(tx, key.id) : [],
  }
}

async function scoresOf(tx: Tx, { id, kind }: PairKey): Promise<PairHistory['scores']> {
  const rows = await tx
    .selectFrom('match_scores')
    .select(['score', 'weights', 'why', 'at'])
    .where(kind === 'match' ? 'match_id' : 'celebrity_match_id', '=', id)
    .orderBy('id', 'desc')
    .execute()
  return rows.map((row) => ({ ...row, weights: row.weights && namedWeights(row.weights) }))
}

/** Null where they are of a kind that is not known any more. */
function namedWeights(numbers: readonly number[]): Weights | null {
  const named = Object.fromEntries(factorNames.map((name, place) => [name, numbers[place]]))
  return weightsSchema.safeParse(named).data ?? null
}

/** The jobs of both sides, whichever queue they stood in, each with its attempts. */
async function jobsOf(
  tx: Tx,
  { kind }: PairKey,
  pair: { a: string; b: string },
): Promise<PairHistory['jobs']> {
  const { rows } = await sql<PairHistory['jobs'][number]>`
    with jobs as materialized (
      select id, 'face' as kind, case face_id when ${pair.a}::uuid then 'a' else 'b' end as side, status, job_type,
        error_code, error_message, created_at, started_at, completed_at
      from public.match_jobs
      where face_id in (${pair.a}::uuid, ${kind === 'match' ? pair.b : pair.a}::uuid)
      union all
      select id, 'celebrity', 'b', status, 'celebrity_match', error_code, error_message, created_at, started_at,
        completed_at
      from public.celebrity_jobs
      where celebrity_id = ${pair.b}::uuid and ${kind === 'lookalike'}::boolean
      order by created_at desc, id desc
      limit ${sql.lit(mostJobs)}
    )
    select jobs.*, (
      select coalesce(jsonb_agg(to_jsonb(one) order by one.attempt, one.id), '[]')
      from (
        select t.id, t.attempt, t.worker_id, t.started_at, t.ended_at, t.outcome, t.failed_stage, t.error_code,
          t.error_message
        from public.job_attempts t
        where t.match_job_id = jobs.id or t.celebrity_job_id = jobs.id
      ) as one
    ) as attempts
    from jobs
    order by jobs.created_at desc, jobs.id desc`.execute(tx)
  return rows.map(({ attempts, ...job }) => ({ ...job, attempts: attempts.map(readAttempt) }))
}

/** JSON has no times. */
function readAttempt(attempt: PairHistory['jobs'][number]['attempts'][number]) {
  return { ...attempt, started_at: new Date(attempt.started_at), ended_at: new Date(attempt.ended_at) }
}

/** Seen by moderators and admins; others get none. */
async function removalsOf(tx: Tx, matchId: string): Promise<PairHistory['removals']> {
  return tx
    .selectFrom('match_removals as r')
    .leftJoin('profiles as remover', 'remover.id', 'r.removed_by')
    .leftJoin('profiles as undoer', 'undoer.id', 'r.undone_by')
    .select(['r.id', 'r.reason', 'r.removed_at', 'r.undone_at'])
    .select(['remover.name as removed_by_name', 'undoer.name as undone_by_name'])
    .where('r.match_id', '=', matchId)
    .orderBy('r.removed_at', 'desc')
    .execute()
}
