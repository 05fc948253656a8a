import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pino from 'pino'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { makeZip } from '../../../tests/factories/zip'
import type { Import } from '../../celebrities/contract-import-schemas'
import type { PackStatus } from '../../model/status'
import { missingPack, setUpPack } from '../work/pack-setup'
import { howToGoOn, isOverSoon } from './import-hints'

// Real: ZIPs on the disk, and the host's models as they are set up.

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'semblance-hints-'))
})
afterAll(() => rm(folder, { recursive: true }))

const haltedAt = (source_path: string, given: Partial<Import> = {}) =>
  howToGoOn({ id: 'x', state: 'scanning', source_kind: 'zip', source_path, ...given } as Import)

test('nobody is told to resume what would be refused again', async () => {
  const resume = 'Nothing is lost. Go on with: semblance import --resume x'
  const path = join(folder, 'photos.zip')
  const whole = makeZip([{ name: 'a.jpg' }])
  await writeFile(path, whole.subarray(0, -30))
  expect(await haltedAt(path)).toBeNull()
  await writeFile(path, makeZip([{ name: 'a.jpg', size: 4e9 }]))
  expect(await haltedAt(path)).toBeNull()
  // What was scanned well is no longer looked at, and a CSV may be mended.
  expect(await haltedAt(path, { state: 'analyzing' })).toBe(resume)
  expect(await haltedAt(path, { source_kind: 'csv' })).toBe(resume)
  await writeFile(path, whole)
  expect(await haltedAt(path)).toBe(resume)
  expect(await haltedAt(join(folder, 'away.zip'))).toBe(resume)
})

test('models that are being loaded are no problem, models that can not be had are one', async () => {
  const statuses: PackStatus[] = []
  const log = pino({ level: 'silent' })
  const setup = setUpPack({
    ...{ directory: folder, threads: 1, provider: 'cpu', workerEntry: 'none', log },
    onStatus: (status) => statuses.push(status),
  })
  const problem = await setup.pool().then(
    () => '',
    (error: unknown) => (error as Error).message,
  )
  await setup.close()
  expect(isOverSoon(problem, statuses[0])).toBe(true)
  expect(isOverSoon(problem, { ...missingPack(1), state: 'ready' })).toBe(true)
  expect(isOverSoon(problem, { ...missingPack(1), state: 'failed' })).toBe(false)
  expect(isOverSoon('The disk is full.', statuses[0])).toBe(false)
})
