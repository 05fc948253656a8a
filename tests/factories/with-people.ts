import { sql } from 'kysely'
import type { QueueHost } from './queue-host'

/** Two people of one school, and a way to give them photos, and celebrities. */
export async function withPeople(host: QueueHost, people: readonly string[]) {
  await host.database.asOwner(async (tx) => {
    for (const [index, id] of people.entries()) {
      await sql`insert into auth.users (id, email, raw_user_meta_data) values (
        ${id}, ${`${id}@example.edu`},
        ${JSON.stringify({ name: `Person ${index}`, gender: index % 2 ? 'male' : 'female', school: 'North' })}::jsonb
      )`.execute(tx)
    }
    await sql`update public.system_settings set value = '0' where key in ('match_threshold', 'match_min_quality')`.execute(
      tx,
    )
  })
  return {
    async addFace(owner: string, bytes: Uint8Array): Promise<string> {
      const image_path = host.images.facePath(owner, 'jpg')
      await host.images.upload('faces', image_path, bytes, 'image/jpeg')
      const { id } = await host.database.asService((tx) =>
        tx
          .insertInto('faces')
          .values({ profile_id: owner, image_path })
          .returning('id')
          .executeTakeFirstOrThrow(),
      )
      return id
    },
    async addCelebrity(name: string, bytes: Uint8Array): Promise<string> {
      const image_path = host.images.celebrityPath('jpg')
      await host.images.upload('celebrity-images', image_path, bytes, 'image/jpeg')
      const { id } = await host.database.asService((tx) =>
        tx.insertInto('celebrities').values({ name, image_path }).returning('id').executeTakeFirstOrThrow(),
      )
      return id
    },
    async addFurtherPhoto(celebrity: string, bytes: Uint8Array): Promise<string> {
      const image_path = host.images.celebrityPath('jpg')
      await host.images.upload('celebrity-images', image_path, bytes, 'image/jpeg')
      const { id } = await host.database.asService((tx) =>
        tx
          .insertInto('celebrity_photos')
          .values({ celebrity_id: celebrity, image_path, analysis: '{}' })
          .returning('id')
          .executeTakeFirstOrThrow(),
      )
      return id
    },
  }
}
