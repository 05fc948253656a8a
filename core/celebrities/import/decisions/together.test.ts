import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { insertFiles, insertImport, outcomesOf, shownNow } from '../../../../tests/factories/planned-files'
import { createStaging, type TestStaging } from '../../../../tests/factories/staging'
import { planImport } from '../plan/plan-import'
import { decide } from './decisions'
import { redoDecision, undoDecision } from './undo-decision'

const own = { licence: 'CC0', source: 'https://example.org' }
const [ada, bea] = ['0a000000-0000-4000-8000-000000000001', '0b000000-0000-4000-8000-000000000002']

describe('two people who review one import', () => {
  let staging: TestStaging
  beforeAll(async () => {
    staging = await createStaging()
  })
  afterAll(() => staging.close())

  async function planned() {
    const id = await insertImport(staging, own)
    const ids = await insertFiles(staging, id, [
      { path: 'Ann/1.jpg', name: 'Ann Onym', faces: [{ of: 1, noise: 1 }] },
      { path: 'Bob/1.jpg', name: 'Bob', faces: [{ of: 2, noise: 1 }] },
    ])
    await planImport(staging, id)
    return { id, ann: ids['Ann/1.jpg'], bob: ids['Bob/1.jpg'] }
  }
  const lastOf = async (importId: string) => {
    const row = await staging.transaction((tx) =>
      tx
        .selectFrom('decisions')
        .select('id')
        .where('import_id', '=', importId)
        .orderBy('id', 'desc')
        .executeTakeFirst(),
    )
    return row ? Number(row.id) : null
  }

  test('are told what the other one decided since they looked, and decide once they have seen it', async () => {
    const { id, ann, bob } = await planned()
    await decide(staging, id, { kind: 'reject', file_ids: [ann] }, ada, null)
    const seen = await lastOf(id)
    const before = await outcomesOf(staging, id)
    for (const kind of ['reject', 'reset'] as const) {
      await expect(decide(staging, id, { kind, file_ids: [ann] }, bea, null)).rejects.toMatchObject({
        code: 'CONFLICT',
        message: 'Somebody else has rejected this meanwhile. Look at it again. Nothing was decided.',
      })
    }
    expect(await outcomesOf(staging, id)).toEqual(before)
    expect(await lastOf(id)).toBe(seen)
    // Of another file nobody has said anything, and who has seen it may say otherwise.
    await decide(staging, id, { kind: 'reject', file_ids: [bob] }, bea, null)
    await decide(staging, id, { kind: 'reset', file_ids: [ann] }, bea, seen)
    expect((await outcomesOf(staging, id))['Ann/1.jpg']).toMatchObject({ outcome: 'new_celebrity' })
  })

  test('need not wait for their own decisions, nor look again after one that was taken back', async () => {
    const { id, ann } = await planned()
    await decide(staging, id, { kind: 'reject', file_ids: [ann] }, ada, null)
    await decide(staging, id, { kind: 'reset', file_ids: [ann] }, ada, null)
    await undoDecision(staging, id, ada)
    await undoDecision(staging, id, ada)
    await decide(staging, id, { kind: 'reject', file_ids: [ann] }, bea, null)
    expect((await outcomesOf(staging, id))['Ann/1.jpg']).toMatchObject({ outcome: 'rejected' })
  })

  test('do not accept what the other one has just rejected', async () => {
    const { id, ann } = await planned()
    const files = await shownNow(staging, [ann])
    await decide(staging, id, { kind: 'reject', file_ids: [ann] }, ada)
    await expect(decide(staging, id, { kind: 'accept', files }, bea)).rejects.toMatchObject({
      code: 'CONFLICT',
    })
    expect((await outcomesOf(staging, id))['Ann/1.jpg']).toMatchObject({ outcome: 'rejected' })
    await decide(staging, id, { kind: 'accept', files }, ada)
    expect((await outcomesOf(staging, id))['Ann/1.jpg']).toMatchObject({ outcome: 'new_celebrity' })
  })

  test('take back and make again their own decisions alone', async () => {
    const { id, ann, bob } = await planned()
    await decide(staging, id, { kind: 'reject', file_ids: [ann] }, ada)
    await decide(staging, id, { kind: 'reject', file_ids: [bob] }, bea)
    expect(await undoDecision(staging, id, ada)).toMatchObject({ undone: 'Rejecting 1 file' })
    expect(await outcomesOf(staging, id)).toMatchObject({
      'Ann/1.jpg': { outcome: 'new_celebrity' },
      'Bob/1.jpg': { outcome: 'rejected' },
    })
    expect(await undoDecision(staging, id, ada)).toMatchObject({ undone: null })
    expect(await redoDecision(staging, id, bea)).toMatchObject({ redone: null })
    expect(await redoDecision(staging, id, ada)).toMatchObject({ redone: 'Rejecting 1 file' })
  })
})
