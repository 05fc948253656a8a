import { readdirSync } from 'node:fs'
import { expect, describe, test } from 'vitest'
import {
  createEmptyDatabase,
  migrationsDirectory as directory,
  openTestEngine,
  testEngines,
} from '../../tests/factories/database'
import { migrate } from './migrate'
import { openServer } from './server'

// What the migration of further photos queues for rows that are there already. Real: every migration, in its order.

const names = readdirSync(directory)
  .filter((name) => name.endsWith('.sql'))
  .toSorted()
const own = names.findIndex((name) => name.endsWith('_further_photos.sql'))
const upTo = names[own - 1].replace('.sql', '')

describe.each(await testEngines())('photos of before, on %s', (kind) => {
  test('those that no browser shows, and further photos of other models, are analysed anew, quietly', async () => {
    const empty = kind === 'postgres' ? await createEmptyDatabase() : undefined
    const engine = empty ? await openServer(empty.url) : await openTestEngine()
    try {
      await migrate({ engine }, { directory, upTo })
      const run = (text: string) => engine.pool.query<Record<string, unknown>>(text)
      const vector = 'array_fill(1::real, array[512])::extensions.vector'
      await run(`insert into auth.users (id, email) values ('00000000-0000-4000-8000-00000000000a', 'a@example.edu');
        insert into active_model (pack, embedding_model) values ('new', 'new/b/a1');
        insert into faces (profile_id, image_path, view_path, embedding, embedding_model)
        select '00000000-0000-4000-8000-00000000000a', path, view, ${vector}, 'new/b/a1'
        from (values ('a.tiff', null), ('b.TIF', 'b.view.jpg'), ('c.jpg', null)) as f (path, view);
        update match_jobs set status = 'completed';
        insert into faces (profile_id, image_path) values ('00000000-0000-4000-8000-00000000000a', 'd.heic');
        insert into celebrities (name, image_path, embedding, embedding_model)
        select path, path, ${vector}, 'new/b/a1' from unnest(array['e.tif', 'f.png']) as path;
        insert into celebrity_photos (celebrity_id, image_path, view_path, analysis, embedding, embedding_model)
        select c.id, path, view, '{}', case when model <> '' then ${vector} end, nullif(model, '')
        from celebrities c, (values ('g.jpg', null, 'new/b/a1'), ('h.jpg', null, 'old/a/a1'), ('i.jpg', null, ''),
          ('j.tiff', null, 'new/b/a1'), ('k.tiff', 'k.view.jpg', 'new/b/a1')) as p (path, view, model)
        where c.name = 'f.png'`)
      await migrate({ engine }, { directory })
      const queued = async (text: string) => (await run(text)).rows.map((row) => Object.values(row).join(' '))
      expect(
        await queued(`select image_path, j.status, j.start_stage, j.priority from match_jobs j join faces f on f.id = j.face_id
          where j.status <> 'completed' order by 1`),
      ).toEqual(['a.tiff pending fetch -1', 'd.heic pending  0'])
      expect(
        await queued(`select image_path, j.start_stage, j.priority from celebrity_jobs j
          join celebrities c on c.id = j.celebrity_id`),
      ).toEqual(['e.tif fetch -1'])
      expect(
        await queued(`select p.image_path, j.status from embedding_jobs j join celebrity_photos p on p.id = j.photo_id
          where j.switch_id is null and j.celebrity_id = p.celebrity_id order by 1`),
      ).toEqual(['h.jpg pending', 'i.jpg pending', 'j.tiff pending'])
    } finally {
      await engine.close()
      await empty?.drop()
    }
  }, 180_000)
})
