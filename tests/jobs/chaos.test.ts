import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { buildProgram, type BuiltProgram } from '../factories/child'
import { createMigratedDatabase, postgresAvailable } from '../factories/database'
import { openJobRun, type JobRun } from '../factories/job-runs'
import { runChaos } from './chaos'

// Real: processes, kill -9, PostgreSQL, the worker. Invented: photos and what is found in them.

describe.skipIf(!(await postgresAvailable()))('workers that are killed while they work', () => {
  let program: BuiltProgram
  let run: JobRun
  let drop: () => Promise<void>
  beforeAll(async () => {
    program = await buildProgram('worker-program.ts')
    const migrated = await createMigratedDatabase()
    drop = migrated.drop
    run = await openJobRun(migrated.url, program)
  })
  afterAll(async () => {
    await run?.close()
    await drop?.()
    program?.remove()
  })

  test('lose no job, and do none twice', { timeout: 120_000 }, async () => {
    await run.addPhotos(400)
    const result = await runChaos(run, {
      workers: 4,
      everyMs: 700,
      kills: 12,
      analysisMs: 40,
      limitMs: 90_000,
    })
    expect(result.faults).toEqual([])
    expect(await run.statuses()).toEqual({ completed: 400 })
    // Else nobody was killed at work.
    expect(result.lost).toBeGreaterThan(0)
  })
})
