import { afterAll, beforeAll, expect, test } from 'vitest'
import { addFace, until } from '../../tests/contract/channels'
import { signUp } from '../../tests/contract/people'
import { openProject, type EmbeddedProject } from '../../tests/contract/project'
import { createSupabase } from './client'
import { createRealtimeChanges } from './realtime-changes'

// Real: Realtime, the database, the client. The project is the embedded one.
let project: EmbeddedProject
beforeAll(async () => {
  project = await openProject('pglite')
})
afterAll(() => project?.close())

function hear() {
  const service = createSupabase({ url: project.url, key: project.secretKey })
  const told: (string | null)[] = []
  const ending = new AbortController()
  const ended = createRealtimeChanges(service)((table) => told.push(table), ending.signal)
  return { service, told, ending, ended }
}

test('tells of anything at first, then of each table that changed', async () => {
  const { told, ending, ended, service } = hear()
  await until(() => told.length > 0, 'the beginning')
  expect(told).toEqual([null])
  await addFace(project.query, await signUp(project))
  await until(() => told.includes('match_jobs'), 'the job')
  expect(new Set(told)).toEqual(new Set([null, 'match_jobs']))
  ending.abort()
  await ended
  expect(service.realtime.getChannels()).toEqual([])
  expect(service.realtime.isConnected()).toBe(false)
})

test('after an interruption anything may have changed', async () => {
  const { told, ending, ended } = hear()
  await until(() => told.length > 0, 'the beginning')
  await project.restartRealtime()
  await until(() => told.length > 1, 'the new beginning', 20_000)
  expect(told).toEqual([null, null])
  ending.abort()
  await ended
})

test('a project that tells of no rows is an error, not silence', async () => {
  await project.query('drop trigger announce_row on public.messages')
  await project.restartRealtime()
  const { told, ended } = hear()
  await expect(ended).rejects.toThrow(/tells of no rows.*messages/)
  expect(told).toEqual([])
})
