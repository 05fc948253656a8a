import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../../../tests/factories/database'
import { type Output, reportFailure } from '../output'
import { doInBulk, undoInBulk } from './jobs-bulk'
import { readFilter } from './jobs-filter'
import { instruct, list, showAlarms, showFailures, showJob, showNow, showWorkers } from './jobs-show'

/** What `semblance jobs` prints. Real: the embedded database with jobs of celebrities. */
let own: TestDatabase
beforeAll(async () => {
  own = await createTestDatabase('pglite')
  await own.database.asService((tx) =>
    sql`
      insert into public.celebrities (name, image_path)
      select 'Star ' || n, n || '.jpg' from generate_series(1, 4) as n`.execute(tx),
  )
  await own.database.asService((tx) =>
    sql`update public.celebrity_jobs as j set status = 'failed', attempts = 3, completed_at = now(),
        error_code = 'internal', error_message = 'Hm', fingerprint = 'abcd'
      from public.celebrities as c where c.id = j.celebrity_id and c.name = 'Star 1'`.execute(tx),
  )
})
afterAll(() => own.close())

function printed() {
  const results: { data: unknown; text: string }[] = []
  const output: Output = {
    json: false,
    say: () => undefined,
    result: (data, text) => void results.push({ data, text }),
  }
  return { output, last: () => results.at(-1) ?? { data: null, text: '' } }
}
const bulk = { all: false, yes: false }

async function failedId(): Promise<string> {
  const { rows } = await own.database.asService((tx) =>
    sql<{ id: string }>`
      select j.id from public.celebrity_jobs as j join public.celebrities as c on c.id = j.celebrity_id
      where c.name = 'Star 1'`.execute(tx),
  )
  return rows[0].id
}

test('what there is, for a person', async () => {
  const { output, last } = printed()
  expect(await showNow(own.database, output)).toBe(0)
  expect(last().text).toMatch(/pending {6}3 \(3 due\)/)
  expect(await list(own.database, output, { limit: 2 })).toBe(0)
  expect(last().text).toMatch(/^4 jobs\n(.*celebrity.*Star.*\n){2}… go on with --cursor \S+$/)
  expect(await showFailures(own.database, output, false)).toBe(0)
  expect(last().text).toMatch(/1 {2}abcd {2}– {2}internal {2}Hm[^]*Next: semblance jobs retry /)
  const [{ sample }] = last().data as { sample: { id: string } }[]
  expect(await showJob(own.database, output, sample.id)).toBe(0)
  expect(last().text).toContain('Star 1')
  expect(await showWorkers(own.database, output)).toBe(0)
  expect(last().text).toContain('Start one: semblance worker')
  expect(await showAlarms(own.database, output)).toBe(0)
  await expect(instruct(own.database, output, 'w', 'dance')).rejects.toMatchObject({ code: 'BAD_REQUEST' })
  await expect(instruct(own.database, output, 'w', 'stop')).rejects.toMatchObject({ code: 'NOT_FOUND' })
})

test('a dry run first, then exactly that, and back', async () => {
  const { output, last } = printed()
  const cancel = (options: object) =>
    doInBulk(own.database, output, { action: 'cancel', ids: [], options: { ...bulk, ...options } })
  expect(await cancel({ kind: 'celebrity' })).toBe(0)
  expect(last().text).toMatch(/^cancel: 3 of 4 selected jobs\n[^]*left out: 1 have ended already[^]*--yes/)
  expect(await cancel({ kind: 'celebrity', yes: true })).toBe(0)
  expect(last().data).toMatchObject({ executed: true, done: 3, changed: 0 })
  expect(await undoInBulk(own.database, output, (last().data as { id: string }).id)).toBe(0)
  expect(last().text).toBe('3 jobs are as they were before.')
  expect(await cancel({ status: 'completed', yes: true })).toBe(0)
  expect(last().text).toContain('Nothing to do.')
})

test('what makes no sense is said', async () => {
  const { output } = printed()
  const gone = await showJob(own.database, output, '00000000-0000-4000-8000-000000000001').catch(
    (error: unknown) => reportFailure(error, false),
  )
  expect(gone).toBe(2)
  const retry = (ids: string[], options: object) =>
    doInBulk(own.database, output, { action: 'retry', ids, options: { ...bulk, ...options } })
  await expect(retry([], {})).rejects.toThrow('Say which jobs')
  await expect(retry(['x'], {})).rejects.toThrow('"x" is no id')
  await expect(retry(['x'], { all: true })).rejects.toThrow('not both')
  // One that is not there: nothing is done, as with a single one.
  const unknown = '00000000-0000-4000-8000-000000000001'
  await expect(retry([unknown], {})).rejects.toMatchObject({ code: 'NOT_FOUND' })
  await expect(retry([await failedId(), unknown], { yes: true })).rejects.toThrow(unknown)
  expect(() => readFilter({ owner: 'me' })).toThrow(/^--owner: /)
})

test('where a retry does nothing, what does is said', async () => {
  const { output, last } = printed()
  const fail = (code: string) =>
    own.database.asService((tx) =>
      sql`update public.celebrity_jobs set error_code = ${code} where fingerprint = 'abcd'`.execute(tx),
    )
  await fail('broken_image')
  await showFailures(own.database, output, false)
  expect(last().text).toContain('Next: semblance jobs dismiss --fingerprint')
  const retry = (options: object) =>
    doInBulk(own.database, output, {
      ...{ action: 'retry', ids: [] },
      options: { ...bulk, reason: 'broken_image', ...options },
    })
  expect(await retry({})).toBe(0)
  expect(last().text).toMatch(
    /left out: 1 fail the same way every time \(--include-permanent [^]*Nothing to do/,
  )
  expect(await retry({ includePermanent: true })).toBe(0)
  expect(last().text).toMatch(/^retry: 1 of 1 [^]*--yes/)
  await fail('internal')
})

test('a job starts anew from a stage', async () => {
  const { output, last } = printed()
  const id = await failedId()
  const retry = (ids: string[], options: object) =>
    doInBulk(own.database, output, { action: 'retry', ids, options: { ...bulk, from: 'search', ...options } })
  const row = async () =>
    (
      await own.database.asService((tx) =>
        sql<object>`select status, start_stage from public.celebrity_jobs where id = ${id}`.execute(tx),
      )
    ).rows[0]
  await expect(retry([], { status: 'failed' })).rejects.toThrow('--from')
  expect(await retry([id], {})).toBe(0)
  expect(last().text).toMatch(/^retry from search: 1 of 1 jobs\n[^]*--yes/)
  expect(await row()).toEqual({ status: 'failed', start_stage: null })
  // Of a job that was completed as well.
  await own.database.asService((tx) =>
    sql`update public.celebrity_jobs set status = 'completed' where id = ${id}`.execute(tx),
  )
  expect(await retry([id], { yes: true })).toBe(0)
  expect(await row()).toEqual({ status: 'pending', start_stage: 'search' })
  expect(await retry([id], { yes: true })).toBe(1)
  expect(last().text).toContain('left out: 1 have not ended yet')
})
