import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { insertFiles, insertImport, type MadeFile } from '../../../tests/factories/planned-files'
import { createStaging, type TestStaging } from '../../../tests/factories/staging'
import type { Decision } from '../contract-import-schemas'
import { decide, undoDecision } from './decisions'
import { planImport } from './plan/plan-import'

const own = { licence: 'CC0', source: 'https://example.org' }

describe('decisions of an import', () => {
  let staging: TestStaging
  beforeAll(async () => {
    staging = await createStaging()
  })
  afterAll(() => staging.close())

  async function planned(files: readonly MadeFile[]) {
    const id = await insertImport(staging, own)
    const ids = await insertFiles(staging, id, files)
    await planImport(staging, id)
    return { id, ids, say: (decision: Decision) => decide(staging, id, decision, null) }
  }
  async function outcomes(id: string) {
    const rows = await staging.transaction((tx) =>
      tx
        .selectFrom('files as f')
        .leftJoin('people as p', 'p.id', 'f.person_id')
        .where('f.import_id', '=', id)
        .select(['f.path', 'f.outcome', 'f.outcome_code', 'f.outcome_reason', 'f.outcome_reference'])
        .select(['f.face_index', 'f.name', 'f.given', 'p.name as person'])
        .orderBy('path')
        .execute(),
    )
    return Object.fromEntries(rows.map(({ path, ...row }) => [path, row]))
  }

  test('a batch has a plan, and a decision changes what it is about', async () => {
    const { id, ids, say } = await planned([
      { path: 'Ann/1.jpg', name: 'Ann Onym', faces: [{ of: 1, noise: 1, quality: 0.7 }] },
      { path: 'Ann/2.jpg', name: 'Ann Onym', faces: [{ of: 1, noise: 2, quality: 0.9 }] },
      { path: 'Ann/odd.jpg', name: 'Ann Onym', faces: [{ of: 2, noise: 1 }] },
      { path: 'Bob/1.jpg', name: 'Bob', faces: [{ of: 3, noise: 1 }] },
    ])
    const first = await outcomes(id)
    expect(first['Ann/2.jpg']).toMatchObject({
      outcome: 'new_celebrity',
      outcome_code: 'best_photo',
      person: 'Ann Onym',
    })
    expect(first['Ann/1.jpg']).toMatchObject({ outcome: 'further_photo', outcome_code: 'not_the_best' })
    expect(first['Ann/odd.jpg']).toMatchObject({
      outcome: 'needs_person',
      outcome_code: 'one_name_two_faces',
    })
    expect(first['Bob/1.jpg']).toMatchObject({ outcome: 'new_celebrity', outcome_code: 'only_photo' })

    const { changed } = await say({ kind: 'different_person', file_id: ids['Ann/odd.jpg'] })
    expect(changed).toEqual([ids['Ann/odd.jpg']])
    expect((await outcomes(id))['Ann/odd.jpg']).toMatchObject({
      outcome: 'new_celebrity',
      person: 'Ann Onym',
    })
    await expect(undoDecision(staging, id)).resolves.toMatchObject({
      undone: 'Saying that it is somebody else',
    })
    expect(await outcomes(id)).toEqual(first)
    await expect(undoDecision(staging, id)).resolves.toEqual({ changed: [], undone: null })
  })
})
