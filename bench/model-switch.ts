import { availableParallelism, loadavg } from 'node:os'
import { createDoors, type Doors } from '../core/database/as-user'
import type { Engine } from '../core/database/engine'
import { migrate } from '../core/database/migrate'
import { openServer } from '../core/database/server'
import { starterManifest } from '../core/faces/packs/shipped-packs'
import { advanceSwitch } from '../core/models/advance'
import { planSwitch } from '../core/models/plan'
import { readProgress } from '../core/models/progress'
import { startSwitch } from '../core/models/switches'
import { createEmptyDatabase, openTestEngine, postgresAvailable } from '../tests/factories/database'
import { createClock, type Clock } from './matching-clock'
import type { Sql } from './database-queries'
import { fillForSwitch, stageAll, type SwitchSize } from './model-switch-data'

/**
 * What a switch of models costs the database: the plan, the start, a look at the progress, and the transaction that
 * makes it, statement by statement. What the models say is invented, and staged by SQL. On PostgreSQL 10,000 faces with
 * 20,000 matches, in the embedded database a fifth of that; the server's processor time stands beside the time that
 * passed.
 */
const sizes: Record<Engine['kind'], SwitchSize> = {
  postgres: { faces: 10_000, matches: 20_000, celebrities: 1_000, lookalikes: 10_000 },
  pglite: { faces: 2_000, matches: 4_000, celebrities: 200, lookalikes: 2_000 },
}

interface Context {
  root: string
  say: (line: string) => void
}

interface Step {
  engine: Engine['kind']
  step: string
  passed: number
  /** Null where the server's process is out of sight. */
  processor: number | null
}

export default async function modelSwitch({ root, say }: Context) {
  const steps = await onPglite(root, say)
  if (await postgresAvailable()) steps.push(...(await onPostgres(root, say)))
  const ms = (value: number | null) => (value === null ? '–' : `${value.toFixed(0)} ms`)
  return {
    rows: steps.map(({ passed, processor, ...step }) => ({
      ...step,
      passed: ms(passed),
      processor: ms(processor),
    })),
    result: { sizes, cores: availableParallelism(), load: loadavg()[0], steps },
    passed: true,
  }
}

async function onPostgres(root: string, say: Context['say']): Promise<Step[]> {
  const own = await createEmptyDatabase()
  try {
    await migrate({ url: own.url }, { directory: `${root}/migrations` })
    const engine = await openServer(own.url, { connections: 1 })
    try {
      return await measure(engine, say)
    } finally {
      await engine.close()
    }
  } finally {
    await own.drop()
  }
}

async function onPglite(root: string, say: Context['say']): Promise<Step[]> {
  const engine = await openTestEngine()
  try {
    await migrate({ engine }, { directory: `${root}/migrations` })
    return await measure(engine, say)
  } finally {
    await engine.close()
  }
}

async function measure({ pool, health, kind }: Engine, say: Context['say']): Promise<Step[]> {
  const query: Sql = async <Row>(text: string, values: readonly unknown[] = []) =>
    (await pool.query({ text, values: [...values] })).rows as Row[]
  const [{ pid }] = await query<{ pid: number }>('select pg_backend_pid() as pid')
  const clock: Clock = kind === 'postgres' ? createClock(pid) : createClock(-1)
  const size = sizes[kind]
  say(`${kind}: filling ${size.faces} faces, ${size.matches} matches`)
  await fillForSwitch(query, size)
  const doors = createDoors({ pool, ...(health && { health }), callers: pool })
  const steps: Step[] = []
  const step = async (name: string, work: () => Promise<unknown>) => {
    steps.push({ engine: kind, step: name, ...(await clock(work)) })
    say(`${kind}: ${name}: ${steps.at(-1)?.passed.toFixed(0)} ms`)
  }
  let id = ''
  await step('plan', () => planNow(doors))
  await step('start', async () => {
    id = await doors.asService(async (tx) => {
      const plan = await planNow(doors, tx)
      return startSwitch(tx, plan, { basis: plan.basis, startedBy: null })
    })
  })
  await stageAll(query, id)
  await step('progress', () => doors.asService((tx) => readProgress(tx, () => true)))
  const statements: Step[] = []
  watch(pool, (text, passed) => statements.push({ engine: kind, step: `  ${text}`, passed, processor: null }))
  await step('the switch, one transaction', async () => {
    const outcome = await advanceSwitch({ asService: (work) => doors.asService(work), engine: kind })
    if (outcome !== 'completed') throw new Error(`The switch is ${outcome}.`)
  })
  return [...steps, ...statements.filter(({ passed }) => passed >= 50)]
}

type Tx = Parameters<Parameters<Doors['asService']>[0]>[0]

function planNow(doors: Doors, tx?: Tx) {
  const plan = (inside: Tx) =>
    planSwitch(inside, {
      to: { manifest: { ...starterManifest, name: 'next' }, embeddingModel: 'next/1' },
      manifestOf: () => Promise.resolve(undefined),
      speed: { newWarmUpMs: 50, activeWarmUpMs: 100 },
      ...{ threads: 2, fetchBytes: 0 },
    })
  return tx ? plan(tx) : doors.asService(plan)
}

/** Tells of each statement that goes through the pool from now on, and how long it took. */
function watch(pool: Engine['pool'], tell: (text: string, passed: number) => void): void {
  const connect = pool.connect.bind(pool) as () => Promise<{ query: (...given: unknown[]) => unknown }>
  pool.connect = (async () => {
    const client = await connect()
    const query = client.query.bind(client)
    client.query = async (...given: unknown[]) => {
      const started = performance.now()
      const [first] = given
      try {
        return await query(...given)
      } finally {
        const text = typeof first === 'string' ? first : String((first as { text?: string }).text)
        tell(text.replace(/\s+/g, ' ').trim().slice(0, 70), performance.now() - started)
      }
    }
    return client
  }) as never
}
