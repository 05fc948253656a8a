import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { openQueueHost, silentLog, type QueueHost } from '../../tests/factories/queue-host'
import { createSupabase } from '../supabase/client'
import { createUsers, type Users } from '../supabase/users'
import { createSampleLoader } from './loader'
import { sampleCelebrityCount, samplePeopleCount } from './sample-people'

// Real: Auth, Storage and database over HTTP, the drawn photos. A Storage that fails is made of the real one.

let host: QueueHost
let users: Users
beforeAll(async () => {
  host = await openQueueHost('pglite')
  users = createUsers(createSupabase({ url: host.project.url, key: host.project.secretKey }))
})
afterAll(() => host.close())

test('a run that breaks off comes to rest, and the next one adds what is missing and nothing twice', async () => {
  let underWay = 0
  let uploads = 0
  const loader = createSampleLoader({
    database: host.database,
    users,
    log: silentLog,
    images: {
      ...host.images,
      async upload(...photo) {
        uploads += 1
        if (uploads === 5) throw new Error('Storage is away')
        underWay += 1
        await host.images.upload(...photo).finally(() => (underWay -= 1))
      },
    },
  })
  const total = samplePeopleCount + sampleCelebrityCount
  expect(await loader.load()).toMatchObject({ state: 'loading', total })
  await vi.waitFor(async () => expect((await loader.status()).state).not.toBe('loading'), { timeout: 30_000 })
  expect(underWay).toBe(0)
  expect(await loader.status()).toMatchObject({ state: 'partial', message: 'Storage is away' })

  await loader.load()
  await vi.waitFor(async () => expect((await loader.status()).state).toBe('loaded'), { timeout: 60_000 })
  expect(await loader.status()).toMatchObject({ uploaded: total, analyzed: 0, message: null })
  const faces = await host.database.asService((tx) => tx.selectFrom('faces').select('profile_id').execute())
  expect(new Set(faces.map(({ profile_id }) => profile_id)).size).toBe(samplePeopleCount)
  expect(faces).toHaveLength(samplePeopleCount)

  expect(await loader.remove()).toMatchObject({ state: 'none', uploaded: 0 })
}, 120_000)
