import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test, describe } from 'vitest'
import { testEngines } from '../../tests/factories/database'
import {
  advance,
  begin,
  inventedPool,
  photo,
  snapshot,
  spaces,
  workToEnd,
} from '../../tests/factories/model-switch'
import { openQueueHost, type QueueHost } from '../../tests/factories/queue-host'
import { withPeople } from '../../tests/factories/with-people'
import type { FacePool } from '../faces/pool/pool'
import { searchUsers } from '../matching/search/search'
import { planRescore } from '../matching/rows/rescore'
import { readProgress } from './progress'

// Real: database, triggers, Storage over HTTP, workers. Invented: what the models say of a photo.

const anna = '00000000-0000-4000-8000-00000000000a'
const bert = '00000000-0000-4000-8000-00000000000b'

describe.each(await testEngines())(
  'searches after a switch of models on %s',
  { timeout: 60_000 },
  (engine) => {
    let host: QueueHost

    beforeAll(async () => {
      host = await openQueueHost(engine)
      const add = await withPeople(host, [anna, bert])
      await add.addFace(anna, photo(1))
      await add.addFace(bert, photo(2))
      await add.addFace(bert, photo(3))
      await add.addCelebrity('Star', photo(4))
    })
    afterAll(() => host.close())

    const drain = (active: string, staged?: string, pool?: FacePool) =>
      workToEnd(host, active, staged, { pool })

    const searches = () =>
      host.database.asService(async (tx) => (await readProgress(tx, () => true))?.outcome?.searches)

    test('find the pairs that only the new scores make, and analyse nothing', async () => {
      await drain(spaces.old)
      await begin(host)
      await drain(spaces.old, spaces.new)
      // As if the old scores had been below the threshold.
      await host.database.asService(async (tx) => {
        for (const table of ['matches', 'celebrity_matches'] as const) await tx.deleteFrom(table).execute()
      })
      expect(await advance(host)).toBe('completed')
      expect(await searches()).toEqual({ all: 3, left: 3, failed: 0 })
      const { faces, celebrities, matches } = await snapshot(host)
      expect(matches).toEqual([])

      for (const { image_path } of faces) await host.images.remove('faces', [image_path])
      const refused = () => Promise.reject(new Error('Nothing is to be analysed.'))
      await drain(spaces.new, undefined, { ...inventedPool(spaces.new), analyze: refused })
      expect(await searches()).toEqual({ all: 3, left: 0, failed: 0 })
      const after = await snapshot(host)
      expect([after.faces, after.celebrities]).toEqual([faces, celebrities])
      expect(after.lookalikes).toHaveLength(3)
      for (const match of after.matches) {
        const found = await host.database.asService((tx) => searchUsers(tx, match.face_a_id))
        const same = found.find(({ face_id }) => face_id === match.face_b_id)
        if (same) expect(same.similarity_score).toBeCloseTo(match.similarity_score, 9)
      }
      expect(after.matches.length).toBeGreaterThan(0)
      const { added } = await host.database.asService((tx) => planRescore(tx))
      expect(added).toEqual([])
    })

    test('that fail are tried again as searches, and counted where they fail for good', async () => {
      const set = (text: string) => host.database.asOwner((tx) => sql.raw(text).execute(tx))
      const job = `where id = (select j.id from public.match_jobs j
      join public.model_switches s on s.ended_at = j.created_at order by j.id limit 1)`
      const reset = "status = 'pending', attempts = 0, start_stage = 'search', next_attempt_at = now()"
      await set('alter function public.find_similar_faces_advanced rename to elsewhere')
      await set(`update public.match_jobs set ${reset}, max_attempts = 1 ${job}`)
      await drain(spaces.new)
      expect(await searches()).toEqual({ all: 3, left: 0, failed: 1 })
      await set('alter function public.elsewhere rename to find_similar_faces_advanced')
      await set(
        `update public.match_jobs set status = 'pending', attempts = 0, next_attempt_at = now() ${job}`,
      )
      expect(await searches()).toEqual({ all: 3, left: 1, failed: 0 })
      // The photos are gone: anything but a search would fail.
      await drain(spaces.new)
      expect(await searches()).toEqual({ all: 3, left: 0, failed: 0 })
    })
  },
)
