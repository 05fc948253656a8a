import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { sql } from 'kysely'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { buildProgram, type BuiltProgram, type Child } from '../../../tests/factories/child'
import { databaseWorkerEntry, stagingTemplate } from '../../../tests/factories/database'
import { seeded } from '../../../tests/factories/random'
import { reopenStaging } from '../../../tests/factories/staging'
import { numberedPhoto } from '../../../tests/factories/numbered-photo'
import type { ImportProgramOptions } from '../../../tests/fixtures/import-program'
import type { Import } from '../contract-import-schemas'

// Real: processes, kill -9, the staging area and its disk, the scan, the runner, the plan. Invented: what photos show.

const photos = 640
const kills = 22
const scanKills = 8
/**
 * Photos that one kill may cost another analysis: a batch of 8 that is written just now, 2 that were handed out beside it,
 * and 3 that are analysed.
 */
const inFlight = 13

describe('an import in a process of its own', { timeout: 900_000 }, () => {
  let program: BuiltProgram
  let template: string
  let folder: string
  beforeAll(async () => {
    ;[program, template] = await Promise.all([buildProgram('import-program.ts'), stagingTemplate()])
  })
  afterAll(() => program?.remove())
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'semblance-kill-'))
  })
  // The last one still closes what it has open.
  afterEach(() => rm(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 250 }))

  async function makePhotos(count: number): Promise<string> {
    const source = join(folder, 'photos')
    const picture = await sharp({ create: { width: 16, height: 16, channels: 3, background: '#a08070' } })
      .jpeg()
      .toBuffer()
    for (let index = 0; index < count; index++) {
      const person = join(source, `Person ${String(Math.floor(index / 8)).padStart(3, '0')}`)
      if (index % 8 === 0) await mkdir(person, { recursive: true })
      await writeFile(join(person, `${String(index).padStart(4, '0')}.jpg`), numberedPhoto(picture, index))
    }
    return source
  }

  function start(options: Partial<ImportProgramOptions>): Child {
    const migrations = join(import.meta.dirname, '../../../migrations/staging')
    const all: ImportProgramOptions = { entry: databaseWorkerEntry, migrations, template, ...options }
    return program.start([join(folder, 'staging'), JSON.stringify(all)])
  }

  const begunBy = (child: Child) => child.lines.filter((line) => line.startsWith('begin '))
  const settled = async (child: Child) => (JSON.parse(await child.says('settled ')) as Import[])[0]

  test('comes through kill -9 at random moments of scan and analysis with each photo analysed, and few twice', async () => {
    const seed = Number(process.env['SEMBLANCE_SEED'] ?? Date.now() % 1_000_000)
    process.stderr.write(`Kills of an import with seed ${seed} (SEMBLANCE_SEED)\n`)
    const random = seeded(seed)
    const source = await makePhotos(photos)
    const lives: string[][] = []
    for (let life = 0; life < kills; life++) {
      const ms = Math.floor(random() * 4)
      // First while it begins and scans, then in the midst of the analysis.
      const kill: ImportProgramOptions['kill'] =
        life < scanKills
          ? { of: 'transactions', step: 1 + Math.floor(random() * 10), ms }
          : { of: 'photos', step: 1 + Math.floor(random() * 30), ms }
      const child = start({ folder: source, analysisMs: 2, kill })
      const end = await settled(child).catch(() => 'killed')
      expect([end, child.process.signalCode], child.lines.join('\n')).toEqual(['killed', 'SIGKILL'])
      lives.push(begunBy(child))
    }
    const last = start({ folder: source })
    const done = await settled(last)
    lives.push(begunBy(last))
    expect(done, `seed ${seed}`).toMatchObject({ state: 'review', is_planned: true, problem: null })
    expect(done).toMatchObject({ files: photos, analyzed: photos, rejected: 0, found: 0 })
    expect(new Set(lives.flat()).size).toBe(photos)
    for (const [life, begun] of lives.entries()) {
      const later = new Set(lives.slice(life + 1).flat())
      const again = begun.filter((photo) => later.has(photo))
      expect(again.length, `life ${life}, seed ${seed}`).toBeLessThanOrEqual(inFlight)
    }
    const staging = await reopenStaging(join(folder, 'staging'))
    try {
      const { rows } = await staging.transaction((tx) =>
        sql<{ files: number; faces: number; pictures: number }>`
          select (select count(distinct path)::int from files) as files, (select count(*)::int from found_faces) as faces,
            (select count(distinct image_hash)::int from files) as pictures`.execute(tx),
      )
      expect(rows).toEqual([{ files: photos, faces: photos, pictures: photos }])
    } finally {
      await staging.close()
    }
  })

  test('sets a photo aside that kills the host again and again, and does all the others', async () => {
    const source = await makePhotos(24)
    const lives: Child[] = []
    let done: Import | undefined
    while (!done && lives.length < 6) {
      const child = start({ folder: source, poison: 7 })
      lives.push(child)
      done = await settled(child).catch(() => undefined)
    }
    expect(done).toMatchObject({ state: 'review', analyzed: 23, rejected: 1, reasons: { poison: 1 } })
    // Once among others, and twice alone, which leaves no doubt.
    expect(lives).toHaveLength(4)
  })
})
