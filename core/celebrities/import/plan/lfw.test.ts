import { cp, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  findStarterPack,
  openFacePool,
  photosAvailable,
  photosDirectory,
} from '../../../../tests/factories/pack'
import { createStaging, type TestStaging } from '../../../../tests/factories/staging'
import type { FacePool } from '../../../faces/pool/pool'
import { analyzeImport } from '../analysis/analyze'
import { createImport } from '../source/create'
import { readStagedFile } from '../source/read-file'
import { scanImport } from '../scan/scan'
import { planImport } from './plan-import'

const pack = photosAvailable() ? await findStarterPack() : undefined
/** Folders of LFW: people with several photos, one photo under a wrong name, and two people on one photo. */
const folders = [
  ...['Ahmad_Masood', 'Andre_Agassi', 'Bill_Belichick', 'Bill_Clinton', 'Bob_Hope'],
  ...['Dennis_Erickson', 'Elizabeth_Smart', 'Jane_Russell', 'Laura_Flessel', 'Venus_Williams'],
]

describe.skipIf(!pack)('photos of LFW, from the folder to the plan', () => {
  let staging: TestStaging
  let pool: FacePool
  let folder: string
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'semblance-lfw-'))
    for (const name of folders) {
      await cp(join(photosDirectory, 'lfw', name), join(folder, name), { recursive: true })
    }
    staging = await createStaging()
    pool = await openFacePool(pack!)
  }, 300_000)
  afterAll(async () => {
    await pool.close()
    await staging.close()
    await rm(folder, { recursive: true })
  })

  test(
    'people with several photos become one celebrity each, and what is doubtful is held',
    { timeout: 300_000 },
    async () => {
      const id = await createImport(
        staging,
        { path: folder, defaults: { licence: 'test', source: 'LFW' } },
        null,
      )
      await scanImport(staging, id)
      await analyzeImport(staging, id, {
        faces: () => Promise.resolve(pool),
        read: ({ locator }) => readStagedFile(staging, id, locator),
      })
      await planImport(staging, id)
      const files = await staging.transaction((tx) =>
        tx
          .selectFrom('files')
          .where('import_id', '=', id)
          .select(['path', 'outcome', 'outcome_code', 'person_id'])
          .orderBy('path')
          .execute(),
      )
      const codes = Object.fromEntries(files.map(({ path, outcome_code }) => [path, outcome_code]))
      for (const name of folders) {
        const own = files.filter(({ path }) => path.startsWith(`${name}/`))
        expect(new Set(own.map(({ person_id }) => person_id)).size, name).toBe(1)
        expect(own.filter(({ outcome }) => outcome === 'new_celebrity').length, name).toBeLessThanOrEqual(1)
      }
      const celebrities = files.filter(({ outcome }) => outcome === 'new_celebrity')
      expect(celebrities.map(({ path }) => path.split('/')[0])).toEqual(
        expect.arrayContaining([
          'Andre_Agassi',
          'Bill_Clinton',
          'Bob_Hope',
          'Dennis_Erickson',
          'Venus_Williams',
        ]),
      )
      expect(codes).toMatchObject({
        'Andre_Agassi/Andre_Agassi_0002.jpg': 'one_name_two_faces',
        'Bill_Belichick/Bill_Belichick_0001.jpg': 'one_name_two_faces',
        'Bill_Belichick/Bill_Belichick_0002.jpg': 'one_name_two_faces',
        'Elizabeth_Smart/Elizabeth_Smart_0004.jpg': 'maybe_minor',
        'Jane_Russell/Jane_Russell_0001.jpg': 'several_faces',
      })
    },
  )
})
