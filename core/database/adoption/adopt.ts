import type { PoolClient } from 'pg'
import { SemblanceError } from '../../model/errors'
import { readCatalogue } from '../conformance/catalogue'
import { document } from '../conformance/document'
import type { ReferenceOf } from '../conformance/reference'
import type { Source } from '../engine'
import { migrationHashes, migrationStatus, withClient } from '../migrate'
import { executePlan, type ExecuteOptions } from './execute'
import type { AdoptionPlan } from './model'
import { planAdoption } from './plan'

export interface AdoptOptions extends ExecuteOptions {
  /** Where the migrations lie. */
  directory: string
  referenceOf: ReferenceOf
  /** Asked before anything is done, with the plan; false: nothing is. */
  confirm: (plan: AdoptionPlan) => Promise<boolean>
}

export interface AdoptResult {
  plan: AdoptionPlan
  /** Whether the plan was executed. */
  executed: boolean
  /** Whether nothing is left to do. */
  done: boolean
}

/** Whoever adopts holds this lock for the session: "sema" in ASCII. */
const lockKey = 0x73656d61

/**
 * Lets Semblance move into a database that holds the documented tables already: adds what the migrations would have
 * made and is not there, and records them. Nothing that stands is dropped, renamed or retyped.
 *
 * @throws SemblanceError CONFLICT where another adoption is at work, the database is empty, newer, or the migrations'
 *   own; UNAVAILABLE where a lock can't be had
 */
export async function adoptDatabase(source: Source, options: AdoptOptions): Promise<AdoptResult> {
  const { directory, referenceOf, confirm } = options
  const status = await migrationStatus(source, { directory })
  return withClient(source, async (client) => {
    const catalogue = await readCatalogue(client, [])
    refuseUnfit(
      Object.keys(document.tables).filter((name) =>
        catalogue.tables.some((table) => table.schema === 'public' && table.name === name),
      ),
      status.unknown,
    )
    const reference = await referenceOf({ like: catalogue })
    const hashes = await migrationHashes(directory)
    const plan = await planAdoption(client, reference, hashes)
    if (plan.done || plan.blockers.length > 0 || !(await confirm(plan)))
      return { plan, executed: false, done: plan.done }
    await alone(client, async () => {
      await executePlan(client, plan, options)
      const after = await planAdoption(client, reference, hashes)
      const left = after.steps.slice(1).filter(({ kind }) => kind !== 'batches')
      if (left.length > 0) {
        const titles = left.map(({ title, statements }) => `${title} (${statements.join('; ')})`)
        throw new Error(`The adoption ended, and this is still to do: ${titles.join(', ')}`)
      }
    })
    return { plan, executed: true, done: true }
  })
}

function refuseUnfit(present: string[], unknown: string[]): void {
  if (unknown.length > 0) {
    throw new SemblanceError(
      'CONFLICT',
      `The database is newer than this version of Semblance. Update Semblance.`,
      { unknown },
    )
  }
  const missing = Object.keys(document.tables).filter((name) => !present.includes(name))
  if (present.length === 0) {
    throw new SemblanceError(
      'CONFLICT',
      'There is nothing to adopt: none of the documented tables is there. Run semblance migrate.',
    )
  }
  if (missing.includes('profiles') || missing.includes('faces')) {
    throw new SemblanceError(
      'CONFLICT',
      `This is not the documented database: it has ${present.join(', ')} and no ${missing.join(', ')}. Give Semblance a project of its own.`,
      { missing },
    )
  }
}

async function alone<T>(client: PoolClient, work: () => Promise<T>): Promise<T> {
  const { rows } = await client.query<{ mine: boolean }>('select pg_try_advisory_lock($1) as mine', [lockKey])
  if (!rows[0]?.mine) {
    throw new SemblanceError(
      'CONFLICT',
      'Another adoption of this database is at work. Wait until it has ended.',
    )
  }
  try {
    return await work()
  } finally {
    await client.query('select pg_advisory_unlock($1)', [lockKey]).catch(() => undefined)
  }
}
