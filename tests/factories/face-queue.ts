import { sql } from 'kysely'
import { expect, vi } from 'vitest'
import type { QueueHost } from './queue-host'

/** Patient, since tests share the machine with others. */
export const eventually = (check: () => unknown) => vi.waitFor(check, { timeout: 20_000, interval: 50 })

/**
 * The queue of one person's photos.
 * @param host opened by the time that it is asked for
 */
export function createFaceQueue(host: () => QueueHost, person: string) {
  const jobs = () =>
    host().database.asService((tx) => tx.selectFrom('match_jobs').selectAll().orderBy('created_at').execute())
  return {
    jobs,
    addFaces: async (count: number): Promise<void> => {
      const { database, images } = host()
      for (let i = 0; i < count; i += 1) {
        const image_path = images.facePath(person, 'jpg')
        await images.upload('faces', image_path, new Uint8Array([i]), 'image/jpeg')
        await database.asService((tx) =>
          tx.insertInto('faces').values({ profile_id: person, image_path }).execute(),
        )
      }
    },
    untilJob: (expected: object) => eventually(async () => expect((await jobs())[0]).toMatchObject(expected)),
    makeDue: () =>
      host().database.asService((tx) =>
        tx
          .updateTable('match_jobs')
          .set({ next_attempt_at: sql<Date>`now()` })
          .execute(),
      ),
  }
}
