import { cp, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, describe, test } from 'vitest'
import { databaseWorkerEntry } from '../../../tests/factories/database'
import {
  findStarterPack,
  openFacePool,
  photosAvailable,
  photosDirectory,
} from '../../../tests/factories/pack'
import { silentLog } from '../../../tests/factories/queue-host'
import type { Database } from '../../database/connect'
import { SemblanceError } from '../../model/errors'
import type { Images } from '../../supabase/images'
import { createImporter } from './importer'
import { openStaging } from './staging/staging'
import { createStagingDoor } from './staging/staging-door'

// Real: photos, models, the staging area, the scan, the runner, the plan. There is no network. A part of LFW that holds
// people with several photos: the whole of it is what `npm run bench -- import --full` imports.

const people = 40
const pack = photosAvailable() ? await findStarterPack() : undefined
const away = () => Promise.reject(new SemblanceError('UNAVAILABLE', 'There is no network.'))
const database = {
  outage: () => ({ since: new Date(), reason: 'There is no network.', nextTryAt: new Date() }),
  ...{ asService: away, asUser: away },
} as unknown as Database

describe.skipIf(!pack)('photos of LFW', { timeout: 600_000 }, () => {
  const folders: string[] = []
  afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true }))))

  test('become one celebrity for each person, with what else shows them', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'semblance-lfw-'))
    folders.push(folder)
    const lfw = join(photosDirectory, 'lfw')
    const counts = new Map<string, number>()
    for (const name of (await readdir(lfw)).sort()) counts.set(name, (await readdir(join(lfw, name))).length)
    const chosen = [...counts].filter(([, photos]) => photos >= 2 && photos <= 6).slice(0, people)
    for (const [name] of chosen) await cp(join(lfw, name), join(folder, 'photos', name), { recursive: true })
    const photos = chosen.reduce((sum, [, count]) => sum + count, 0)

    const directory = join(folder, 'staging')
    const migrations = join(import.meta.dirname, '../../../migrations/staging')
    const pool = await openFacePool(pack!, 2)
    const importer = createImporter({
      staging: createStagingDoor({
        directory,
        open: () => openStaging({ directory, entry: databaseWorkerEntry, migrations }),
      }),
      ...{ database, images: {} as Images, log: silentLog, faces: () => Promise.resolve(pool) },
      leftOver: { note: () => Promise.resolve(), forget: () => Promise.resolve(), isThere: () => false },
    })
    try {
      const { id } = await importer.create(
        {
          path: join(folder, 'photos'),
          defaults: { licence: 'For research', source: 'LFW' },
          rules: { min_quality: 0, adult_age: 0 },
        },
        null,
      )
      await importer.settled()
      const done = await importer.get(id)
      expect(done).toMatchObject({ state: 'review', is_planned: true, files: photos, problem: null })
      expect(done.analyzed + done.rejected).toBe(photos)
      const rows = await importer.staging.transaction((tx) =>
        tx
          .selectFrom('files')
          .leftJoin('people', 'people.id', 'files.person_id')
          .select(['files.path', 'files.outcome', 'people.id as person', 'people.name'])
          .where('files.import_id', '=', id)
          .execute(),
      )
      const planned = rows.filter(({ outcome }) => outcome === 'new_celebrity' || outcome === 'further_photo')
      // Nobody is two celebrities, and no celebrity is two people.
      const byFolder = new Map<string, typeof planned>()
      for (const file of planned) {
        const name = file.path.split('/')[0]
        byFolder.set(name, [...(byFolder.get(name) ?? []), file])
      }
      for (const [name, files] of byFolder) {
        expect(new Set(files.map(({ person }) => person)).size, name).toBe(1)
        expect(files.filter(({ outcome }) => outcome === 'new_celebrity').length, name).toBeLessThanOrEqual(1)
      }
      const folderOf = new Map(planned.map(({ person, path }) => [person, path.split('/')[0]]))
      expect(folderOf.size).toBe(byFolder.size)
      // What is held for a person is a few: photos of people beside others, and such that look like nobody.
      expect(byFolder.size).toBeGreaterThanOrEqual(people * 0.9)
      expect(planned.length).toBeGreaterThanOrEqual(photos * 0.85)
    } finally {
      await importer.close()
      await pool.close()
    }
  })
})
