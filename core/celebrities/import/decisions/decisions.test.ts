import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  insertFiles,
  insertImport,
  outcomesOf,
  shownNow,
  type MadeFile,
} from '../../../../tests/factories/planned-files'
import { createStaging, type TestStaging } from '../../../../tests/factories/staging'
import { silentLog } from '../../../../tests/factories/queue-host'
import type { Images } from '../../../supabase/images'
import { importFileDetailSchema, type Decision } from '../../contract-import-schemas'
import { decide } from './decisions'
import { describeFile } from '../files/file-detail'
import { listFiles } from '../files/files'
import { planImport } from '../plan/plan-import'
import { undoDecision } from './undo-decision'

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
  const outcomes = (id: string) => outcomesOf(staging, id)
  const accept = async (id: string, ids: readonly number[]) =>
    decide(staging, id, { kind: 'accept', files: await shownNow(staging, ids) }, null)

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
    await expect(undoDecision(staging, id, null)).resolves.toMatchObject({
      undone: 'Saying that it is somebody else',
    })
    expect(await outcomes(id)).toEqual(first)
    await expect(undoDecision(staging, id, null)).resolves.toEqual({ changed: [], undone: null })
  })

  test('what is known from before and what a plan from nothing gives are the same', async () => {
    const { id, ids, say } = await planned(
      Array.from({ length: 30 }, (_, i) => ({
        path: `${i}.jpg`,
        name: `Person ${i % 7}`,
        faces: [{ of: i % 6, noise: i }],
      })),
    )
    await say({ kind: 'reject', file_ids: [ids['3.jpg'], ids['8.jpg']] })
    await say({ kind: 'same_person', file_id: ids['1.jpg'], with: { file_id: ids['2.jpg'] } })
    const known = await outcomes(id)
    await staging.transaction((tx) =>
      tx
        .updateTable('imports')
        .set({ planned_revision: null, revision: '99' })
        .where('id', '=', id)
        .execute(),
    )
    await planImport({ ...staging }, id)
    expect(await outcomes(id)).toEqual(known)
  })

  test('hundreds at once, and one of them', async () => {
    const { id, ids, say } = await planned(
      Array.from({ length: 400 }, (_, i) => ({
        path: `${i}.jpg`,
        name: `Person ${i}`,
        faces: [{ of: i + 100, age: 20 }],
      })),
    )
    const all = Object.values(ids)
    expect((await accept(id, all)).changed).toHaveLength(400)
    expect((await say({ kind: 'reject', file_ids: [all[7]] })).changed).toEqual([all[7]])
    await undoDecision(staging, id, null)
    const { changed, undone } = await undoDecision(staging, id, null)
    expect(changed).toHaveLength(400)
    expect(undone).toBe('Accepting 400 files')
  })

  test('an accept counts for the reason that was shown: one of many, and one of before that was kept', async () => {
    const { id, ids } = await planned([
      { path: 'Ann/1.jpg', name: 'Ann', faces: [{ of: 81, noise: 1 }] },
      { path: 'Ann/2.jpg', name: 'Ann', faces: [{ of: 81, noise: 2 }] },
      { path: 'Ann/3.jpg', name: 'Ann', faces: [{ of: 82, age: 15 }] },
      { path: 'Bea.jpg', name: 'Bea', faces: [{ of: 83, age: 20 }] },
    ])
    const code = async (path: string) => (await outcomes(id))[path].outcome_code
    await accept(id, Object.values(ids))
    expect([await code('Ann/3.jpg'), await code('Bea.jpg')]).toEqual(['maybe_minor', 'accepted'])
    await accept(id, [ids['Ann/3.jpg']])
    expect(await code('Ann/3.jpg')).toBe('accepted')
    await undoDecision(staging, id, null)
    expect(await code('Ann/3.jpg')).toBe('maybe_minor')
    const { detail } = await staging.transaction((tx) =>
      tx
        .selectFrom('decisions')
        .select('detail')
        .where('import_id', '=', id)
        .orderBy('id')
        .executeTakeFirstOrThrow(),
    )
    expect(detail).toMatchObject({
      shown: { one_name_two_faces: [ids['Ann/3.jpg']], maybe_minor: [ids['Bea.jpg']] },
      faces: { [ids['Bea.jpg']]: 0 },
    })
    await staging.transaction(async (tx) => {
      const before = JSON.stringify({ file_ids: Object.values(ids), cleared: {} })
      await tx.updateTable('decisions').set({ detail: before }).where('import_id', '=', id).execute()
      await tx.updateTable('imports').set({ revision: '999' }).where('id', '=', id).execute()
    })
    await planImport(staging, id)
    expect([await code('Ann/3.jpg'), await code('Bea.jpg')]).toEqual(['maybe_minor', 'maybe_minor'])
    expect(await code('Ann/1.jpg')).toBe('accepted')
  })

  test('an accept is for what was shown: where a file is held for something else by now, nothing is decided', async () => {
    const { id, ids, say } = await planned([
      { path: 'Ann/1.jpg', name: 'Ann', faces: [{ of: 91, noise: 1 }] },
      { path: 'Ann/2.jpg', name: 'Ann', faces: [{ of: 91, noise: 2 }] },
      { path: 'Ann/3.jpg', name: 'Ann', faces: [{ of: 92, age: 15 }] },
      { path: 'Bea.jpg', name: 'Bea', faces: [{ of: 93, age: 20 }] },
      {
        path: 'Cat.jpg',
        name: 'Cat',
        faces: [
          { of: 94, age: 16 },
          { of: 95, age: 16, size: 390 },
        ],
      },
    ])
    const [, , odd, bea, cat] = Object.keys(ids).map((path) => ids[path])
    const code = async (path: string) => (await outcomes(id))[path].outcome_code
    const shown = await shownNow(staging, [odd, bea, cat])
    const [oddShown, beaShown, catShown] = shown
    // Somebody else said meanwhile that it is Ann: who may be a minor is what is left.
    await say({ kind: 'different_person', file_id: odd })
    await say({ kind: 'face', file_id: cat, face_index: 0 })
    expect([await code('Ann/3.jpg'), await code('Cat.jpg')]).toEqual(['maybe_minor', 'maybe_minor'])
    const before = await outcomes(id)
    await expect(say({ kind: 'accept', files: [beaShown, oddShown] })).rejects.toMatchObject({
      code: 'CONFLICT',
      message: 'This photo is held for another reason by now. Look at it again. Nothing was decided.',
      data: { file_ids: [odd] },
    })
    expect(await outcomes(id)).toEqual(before)
    // Who has just said something of a file accepts it along with that, but not who may be a minor.
    await say({ kind: 'accept', files: [catShown] })
    expect(await code('Cat.jpg')).toBe('maybe_minor')
    const [catNow] = await shownNow(staging, [cat])
    await say({ kind: 'accept', files: [{ ...catNow, face_index: 1 }] })
    expect(await code('Cat.jpg')).toBe('maybe_minor')
    await say({ kind: 'accept', files: [catNow] })
    await say({ kind: 'accept', files: [beaShown] })
    expect([await code('Cat.jpg'), await code('Bea.jpg')]).toEqual(['accepted', 'accepted'])
    expect(await code('Ann/3.jpg')).toBe('maybe_minor')
  })

  test('a person said to be a celebrity of the gallery is one, and what the plan knew of them is named', async () => {
    const celebrity_id = '00000000-0000-4000-8000-0000000000aa'
    await staging.transaction((tx) =>
      tx
        .insertInto('gallery')
        .values({ celebrity_id, name: 'Star', quality_score: 0.7, seen: '2026-01-01 00:00:00+00' })
        .execute(),
    )
    const { id, ids, say } = await planned([{ path: 'x.jpg', faces: [{ of: 77 }] }])
    await say({ kind: 'same_person', file_id: ids['x.jpg'], with: { celebrity_id } })
    expect((await outcomes(id))['x.jpg']).toMatchObject({
      ...{ outcome: 'replaces_photo', person: 'Star' },
      outcome_reference: { celebrity_id, photo_id: null, seen: '2026-01-01 00:00:00+00' },
    })
    await staging.transaction((tx) => tx.deleteFrom('gallery').execute())
  })

  test('a distinction is remembered over imports, and forgotten when it is taken back', async () => {
    const files: MadeFile[] = [1, 2].map((n) => ({
      ...{ path: `${n}.jpg`, name: n === 1 ? 'Ann' : 'Bea', hash: `twin ${n}` },
      faces: [{ of: 55, noise: n }],
    }))
    const first = await planned(files)
    expect((await outcomes(first.id))['1.jpg'].outcome_code).toBe('two_names_one_face')
    await first.say({ kind: 'different_person', file_id: first.ids['1.jpg'] })
    const second = await planned(files)
    expect((await outcomes(second.id))['1.jpg'].outcome).toBe('new_celebrity')
    await undoDecision(staging, first.id, null)
    expect((await outcomes((await planned(files)).id))['1.jpg'].outcome_code).toBe('two_names_one_face')
  })

  test('says what is wrong with a decision', async () => {
    const { id, ids, say } = await planned([
      { path: '1.jpg', name: 'Ann', faces: [{ of: 1 }] },
      { path: '2.jpg', name: 'Bea', faces: [{ of: 2 }] },
    ])
    const file_id = ids['1.jpg']
    const celebrity_id = '00000000-0000-4000-8000-000000000001'
    const nothing = { name: null, bio: null, category: null, gender: null, licence: null, source: null }
    const wrong: [Decision, string][] = [
      [{ kind: 'reject', file_ids: [file_id, 987_654_321] }, 'There is no file 987654321'],
      [{ kind: 'face', file_id, face_index: 3 }, 'there is no face 4'],
      [{ kind: 'same_person', file_id, with: { file_id } }, 'one and the same'],
      [{ kind: 'same_person', file_id, with: { file_id: 987_654_321 } }, 'There is no file'],
      [{ kind: 'same_person', file_id, with: { celebrity_id } }, 'not in the gallery'],
      [{ kind: 'different_person', file_id }, 'compared with nobody'],
      [{ kind: 'describe', file_ids: [file_id], ...nothing }, 'nothing is filled in'],
    ]
    for (const [decision, words] of wrong) {
      await expect(say(decision)).rejects.toMatchObject({
        code: 'BAD_REQUEST',
        message: expect.stringContaining(words) as string,
      })
    }
    await staging.transaction((tx) =>
      tx.updateTable('imports').set({ state: 'publishing' }).where('id', '=', id).execute(),
    )
    await expect(say({ kind: 'reject', file_ids: [file_id] })).rejects.toMatchObject({ code: 'CONFLICT' })
    await expect(
      decide(staging, celebrity_id, { kind: 'reject', file_ids: [1] }, null),
    ).rejects.toMatchObject({
      code: 'NOT_FOUND',
    })
  })

  test('files come in order of need, page by page, and one with all that is known of it', async () => {
    const { id, ids } = await planned([
      { path: 'a/1.jpg', name: 'Ann', faces: [{ of: 1, noise: 1, quality: 0.9 }] },
      {
        path: 'a/2.jpg',
        name: 'Ann',
        faces: [
          { of: 1, noise: 2 },
          { of: 3, size: 50 },
        ],
      },
      { path: 'z/1.jpg', name: 'Zoe', faces: [{ of: 2, age: 16 }] },
      { path: 'readme.txt', rejected: { code: 'unreadable', reason: 'It is no photo.' } },
    ])
    const parts = {
      staging,
      log: silentLog,
      images: {} as Images,
      stagedImages: { sign: (_: string, file: number | string, kind: string) => `/${file}/${kind}` },
    }
    const first = await listFiles(parts, { id, limit: 2 })
    expect(first.items.map(({ path }) => path)).toEqual(['z/1.jpg', 'a/1.jpg'])
    expect(first.total).toBe(4)
    const rest = await listFiles(parts, { id, limit: 2, cursor: first.next_cursor ?? '' })
    expect(rest).toMatchObject({ total: 4, next_cursor: null })
    expect(rest.items.map(({ path }) => path)).toEqual(['a/2.jpg', 'readme.txt'])
    expect(rest.items[0]).toMatchObject({
      ...{ person_files: 2, faces: 2, thumbnail_url: `/${ids['a/2.jpg']}/thumbnail`, licence: 'CC0' },
      reference: { file_id: ids['a/1.jpg'], name: 'Ann', thumbnail_url: `/${ids['a/1.jpg']}/thumbnail` },
    })
    expect((await listFiles(parts, { id, limit: 9, outcome: 'needs_person' })).total).toBe(1)
    expect((await listFiles(parts, { id, limit: 9, search: 'zoe' })).items).toHaveLength(1)
    const detail = await describeFile(parts, id, ids['a/2.jpg'])
    expect(detail.found_faces[0].cosine_to_person).toBeGreaterThan(0.5)
    expect(detail.found_faces[1].cosine_to_person).toBeLessThan(0.3)
    expect(detail.siblings.map(({ path }) => path)).toEqual(['a/1.jpg'])
    expect(importFileDetailSchema.safeParse(detail).error).toBeUndefined()
    await expect(describeFile(parts, id, 987_654_321)).rejects.toMatchObject({ code: 'NOT_FOUND' })
  })
})
