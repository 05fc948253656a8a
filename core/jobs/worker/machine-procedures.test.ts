import { afterAll, beforeAll, expect, test } from 'vitest'
import { openCallerHost, type CallerHost, type TestCaller } from '../../../tests/factories/callers'

// Real: router, database, tokens, the file on this machine. Not real: the worker that it counts for.

let host: CallerHost
let curator: TestCaller
let moderator: TestCaller
beforeAll(async () => {
  host = await openCallerHost('pglite')
  curator = await host.signUp('curator')
  moderator = await host.signUp('moderator')
})
afterAll(() => host?.close())

test('staff see what this machine gives, a curator changes it', async () => {
  const before = await moderator.client.jobs.machine()
  expect(before).toEqual({
    ...{ background: true, concurrency: null, cpu_share: 1, on_battery: false },
    ...{ worker_id: 'test', threads: 2, is_on_battery: false, idle_because: null },
  })
  const heard: string[] = []
  const unsubscribe = host.changes.subscribe(['limits'], (names) => heard.push(...names))
  const written = await curator.client.jobs.setMachine({ background: false })
  unsubscribe()
  expect(heard).toEqual(['limits'])
  expect(written).toMatchObject({ background: false, cpu_share: 1 })
  expect(written.idle_because).toContain('switched off')
  expect(await moderator.client.jobs.machine()).toEqual(written)
  const back = await curator.client.jobs.setMachine({ background: before.background })
  expect(back).toEqual(before)
})

test('what makes no sense is refused', async () => {
  await expect(curator.client.jobs.setMachine({ cpu_share: 0 })).rejects.toMatchObject({
    code: 'BAD_REQUEST',
  })
  await expect(curator.client.jobs.setMachine({ concurrency: 0 })).rejects.toMatchObject({
    code: 'BAD_REQUEST',
  })
  await expect(moderator.client.jobs.setMachine({ cpu_share: 0.5 })).rejects.toMatchObject({
    code: 'FORBIDDEN',
  })
  expect((await moderator.client.jobs.machine()).cpu_share).toBe(1)
})
