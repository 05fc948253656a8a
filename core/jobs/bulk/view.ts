import { sql, type Transaction } from 'kysely'
import type { Tables } from '../../database/tables'
import { SemblanceError } from '../../model/errors'
import { ineligibleReasons, type Bulk } from '../contract-bulk'
import { rules, wordsFor } from './rules'

type Tx = Transaction<Tables>

/** Whoever ran it is lost where no chunk was done for so long. */
export const lostSeconds = 30
const undoHours = 24
const listed = 20

type Row = Omit<Bulk, 'ineligible' | 'per_second' | 'seconds_left' | 'can_undo'> & {
  ineligible: Record<string, number>
  is_lost: boolean
  is_recent: boolean
  /** Seconds from the start to the last chunk. */
  elapsed: number | null
}

/** @throws SemblanceError NOT_FOUND */
export async function describeBulk(tx: Tx, id: string): Promise<Bulk> {
  const [bulk] = await select(tx, sql`where b.id = ${id}`)
  if (!bulk) throw new SemblanceError('NOT_FOUND', 'There is no such plan any more. Make it anew.')
  return bulk
}

/** The last that were run, newest first. */
export function listBulks(tx: Tx): Promise<Bulk[]> {
  return select(tx, sql`where b.state <> 'planned' order by b.started_at desc nulls last limit ${listed}`)
}

async function select(tx: Tx, which: ReturnType<typeof sql>): Promise<Bulk[]> {
  const { rows } = await sql<Row>`
    select b.id, b.action, b.priority, b.state, b.created_at, b.started_at, b.ended_at, b.selected, b.eligible,
      b.ineligible, b.done, b.changed, b.undone, b.undo_changed, p.name as created_by_name,
      coalesce(b.beat_at < now() - make_interval(secs => ${lostSeconds}::float8), false) as is_lost,
      b.created_at > now() - make_interval(hours => ${undoHours}::int) as is_recent,
      extract(epoch from b.beat_at - b.started_at)::float8 as elapsed
    from public.job_bulks as b
    left join public.profiles as p on p.id = b.created_by
    ${which}`.execute(tx)
  return rows.map(viewBulk)
}

function viewBulk({ ineligible, is_lost, is_recent, elapsed, ...row }: Row): Bulk {
  const isRunning = ['running', 'stopping', 'undoing'].includes(row.state)
  const state = isRunning && is_lost ? 'stopped' : row.state
  const seen = row.done + row.changed
  const perSecond = state === 'running' && elapsed !== null && elapsed > 0 ? seen / elapsed : null
  return {
    ...row,
    state,
    ineligible: ineligibleReasons.flatMap((reason) =>
      ineligible[reason] ? [{ reason, jobs: ineligible[reason], words: wordsFor(reason) }] : [],
    ),
    per_second: perSecond,
    seconds_left: perSecond ? (row.eligible - seen) / perSecond : null,
    can_undo:
      is_recent &&
      rules[row.action].restore !== null &&
      row.done > row.undone + row.undo_changed &&
      (state === 'done' || state === 'stopped'),
  }
}
