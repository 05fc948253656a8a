import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  insertFiles,
  insertImport,
  outcomesOf,
  shownNow,
  type MadeFile,
} from '../../../../tests/factories/planned-files'
import { createStaging, type TestStaging } from '../../../../tests/factories/staging'
import type { Decision } from '../../contract-import-schemas'
import { decide } from './decisions'
import { planImport } from '../plan/plan-import'
import { redoDecision, undoDecision } from './undo-decision'

describe('decisions that are taken back and made again', { timeout: 120_000 }, () => {
  let staging: TestStaging
  beforeAll(async () => {
    staging = await createStaging()
  })
  afterAll(() => staging.close())

  async function planned(files: readonly MadeFile[]) {
    const id = await insertImport(staging, { licence: 'CC0', source: 'https://example.org' })
    const ids = await insertFiles(staging, id, files)
    await planImport(staging, id)
    return { id, ids, say: (decision: Decision) => decide(staging, id, decision, null) }
  }
  const outcomes = (id: string) => outcomesOf(staging, id)

  test('every kind of decision is taken back in order, to the very beginning', async () => {
    const { id, ids, say } = await planned([
      { path: 'Ann/1.jpg', name: 'Ann', faces: [{ of: 1, noise: 1 }] },
      { path: 'Ann/2.jpg', name: 'Ann', faces: [{ of: 2 }, { of: 1, noise: 2, size: 390 }] },
      { path: 'Ann/3.jpg', name: 'Ann', faces: [{ of: 4, age: 15 }] },
      { path: 'Bea/1.jpg', name: 'Bea', faces: [{ of: 1, noise: 3 }] },
      { path: 'none.jpg', faces: [{ of: 5 }] },
    ])
    const [a1, a2, a3, b1, none] = Object.keys(ids).map((path) => ids[path])
    const name = { name: 'Cat', bio: null, category: 'actor', gender: null, licence: null, source: null }
    const decisions: Decision[] = [
      { kind: 'face', file_id: a2, face_index: 0 },
      { kind: 'same_person', file_id: b1, with: { file_id: a1 } },
      { kind: 'accept', files: await shownNow(staging, [a3]) },
      { kind: 'describe', file_ids: [none, a1], ...name },
      { kind: 'describe', file_ids: [none], ...name, name: 'Dot' },
      { kind: 'reject', file_ids: [a1, none] },
      { kind: 'different_person', file_id: a2 },
      { kind: 'reset', file_ids: [a1, a2, a3, b1, none] },
    ]
    const states = [await outcomes(id)]
    for (const decision of decisions) {
      await say(decision)
      states.push(await outcomes(id))
    }
    expect(states[5]['none.jpg']).toMatchObject({ name: 'Dot', outcome: 'new_celebrity' })
    expect(states.at(-1)).toEqual(states[0])
    for (const before of states.slice(0, -1).toReversed()) {
      expect((await undoDecision(staging, id, null)).undone).not.toBeNull()
      expect(await outcomes(id)).toEqual(before)
    }
    expect((await undoDecision(staging, id, null)).undone).toBeNull()
    for (const after of states.slice(1)) {
      expect((await redoDecision(staging, id, null)).redone).not.toBeNull()
      expect(await outcomes(id)).toEqual(after)
    }
    expect(await redoDecision(staging, id, null)).toEqual({ changed: [], redone: null })
  })

  test('what was taken back is made again until something else is decided, and never across that', async () => {
    const { id, ids, say } = await planned(
      [1, 2, 3].map((n) => ({ path: `${n}.jpg`, name: `Person ${n}`, faces: [{ of: n }] })),
    )
    const [one, two, three] = Object.keys(ids).map((path) => ids[path])
    for (const file of [one, two]) await say({ kind: 'reject', file_ids: [file] })
    const redo = () => redoDecision(staging, id, null)
    expect(await redo()).toEqual({ changed: [], redone: null })
    await undoDecision(staging, id, null)
    await undoDecision(staging, id, null)
    expect(await redo()).toEqual({ changed: [one], redone: 'Rejecting 1 file' })
    await say({ kind: 'reject', file_ids: [three] })
    expect((await redo()).redone).toBeNull()
    await undoDecision(staging, id, null)
    expect(await redo()).toMatchObject({ changed: [three] })
    expect((await redo()).redone).toBeNull()
    const rejected = Object.entries(await outcomes(id)).filter(([, { outcome }]) => outcome === 'rejected')
    expect(rejected.map(([path]) => path)).toEqual(['1.jpg', '3.jpg'])
  })
})
