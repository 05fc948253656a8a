import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { buildProgram, type BuiltProgram } from '../../../../tests/factories/child'
import { databaseWorkerEntry, postgresAvailable, testServer } from '../../../../tests/factories/database'
import { queryIn } from '../../../../tests/factories/engines'
import {
  addPlannedImport,
  type PlannedImport,
  type StagedImport,
} from '../../../../tests/factories/import-plans'
import { openMatchedHost, type MatchedHost } from '../../../../tests/factories/matched-host'
import type { KillPoint } from '../../../../tests/factories/kill-point'
import { seeded } from '../../../../tests/factories/random'
import { reopenStaging } from '../../../../tests/factories/staging'
import type { PublishProgramOptions } from '../../../../tests/fixtures/publish-program'

// Real: processes, kill -9, PostgreSQL, Storage over HTTP, the staging area. Invented: photos and their faces.

const kills = 20
/** Old celebrities who get another photo, and new ones. */
const replaced = 30
const added = 90
const seed = Number(process.env['SEMBLANCE_TEST_SEED'] ?? Math.floor(Math.random() * 1e9))

describe.skipIf(!(await postgresAvailable()))(
  `an import that is killed again and again (SEMBLANCE_TEST_SEED=${seed})`,
  () => {
    let host: MatchedHost
    let program: BuiltProgram
    let directory: string
    let planned: StagedImport
    let start: (kill?: KillPoint) => ReturnType<BuiltProgram['start']>
    const random = seeded(seed)
    const query = <Row = Record<string, unknown>>(text: string) =>
      host.database.asOwner((tx) => queryIn<Row>(tx, text))

    beforeAll(async () => {
      ;[host, directory, program] = await Promise.all([
        openMatchedHost('postgres'),
        mkdtemp(join(tmpdir(), 'semblance-staging-')),
        buildProgram('publish-program.ts'),
      ])
      await query(`insert into celebrities (name, image_path, embedding, embedding_model)
      select 'Old ' || i, 'old' || i || '.jpg', embedding, embedding_model
      from generate_series(1, ${replaced}) as i cross join (select * from celebrities limit 1) as c`)
      await query(`insert into celebrity_matches (face_id, celebrity_id, similarity_score)
      select f.id, c.id, 0.5 from faces f cross join celebrities c where c.name like 'Old %'`)
      // Known from the start; an import would settle it.
      await query(
        `insert into active_model (pack, embedding_model) values ('test', 'test/model') on conflict do nothing`,
      )
      const old = await query<{ id: string; seen: string; name: string }>(
        `select id, updated_at::text as seen, name from celebrities where name like 'Old %' order by name`,
      )
      const area = await reopenStaging(directory)
      planned = await addPlannedImport(area, planOf(old))
      // The processes open it from here on.
      await area.close()
      const [{ name }] = (await query<{ name: string }>('select current_database() as name')) as [
        { name: string },
      ]
      const url = new URL(testServer)
      url.pathname = `/${name}`
      start = (kill) => {
        const options: PublishProgramOptions = {
          ...{ importId: planned.id, databaseUrl: url.href },
          ...(kill ? { kill } : {}),
          storage: { url: host.project.url, key: host.project.secretKey },
          staging: {
            directory,
            entry: databaseWorkerEntry,
            migrations: join(import.meta.dirname, '../../../../migrations/staging'),
          },
        }
        return program.start([JSON.stringify(options)])
      }
    }, 120_000)
    afterAll(async () => {
      await planned?.remove()
      await host?.close()
      if (directory) await rm(directory, { recursive: true, force: true, maxRetries: 20, retryDelay: 250 })
      program?.remove()
    })

    /** New people with 2 photos each, and better photos of old ones. */
    function planOf(old: { id: string; seen: string; name: string }[]): PlannedImport {
      return {
        people: [
          ...old.map(({ id, name }) => ({ name, celebrityId: id })),
          ...Array.from({ length: added }, (_, i) => ({ name: `New ${i}` })),
        ],
        photos: [
          ...old.map(({ seen }, person) => ({ person, outcome: 'replaces_photo' as const, seen })),
          ...Array.from({ length: 2 * added }, (_, i) => ({
            person: replaced + (i % added),
            outcome: i < added ? ('further_photo' as const) : ('new_celebrity' as const),
          })),
        ],
      }
    }

    /** Kills it again and again, each time after some steps more, then lets it end. */
    async function killing(mostSteps: number): Promise<void> {
      for (let life = 0; life < kills; life += 1) {
        const kill = { step: 1 + Math.floor(random() * mostSteps), ms: Math.floor(random() * 4) }
        const child = start(kill)
        const end = await child.says('done').catch(() => 'killed')
        expect([end, child.process.signalCode], child.lines.join('\n')).toEqual(['killed', 'SIGKILL'])
      }
      await start().says('done')
    }

    const orphans = `select name from storage.objects where bucket_id = 'celebrity-images' and name not in (
    select unnest(array_remove(array[image_path, thumbnail_path, view_path], null)) from celebrities
    union all select unnest(array_remove(array[image_path, thumbnail_path, view_path], null)) from celebrity_photos)`

    test(
      'while it is published: each photo once, no file too many or too few',
      { timeout: 400_000 },
      async () => {
        // A photo has at least four: it is sent, and written.
        await killing(40)
        const counts = await query(`select
      (select count(*)::int from celebrities where import_id is not null) as celebrities,
      (select count(*)::int from celebrity_photos where import_id is not null) as photos,
      (select count(*)::int from celebrity_photos where import_id is null) as former,
      (select count(*)::int from celebrity_import_items where published_at is not null) as items,
      (select count(*)::int from celebrity_import_items where published_at is null) as claimed,
      (select count(distinct image_hash)::int from celebrity_import_items) as hashes,
      (select count(*)::int from celebrity_changes where kind = 'import') as changes,
      (select count(*)::int from celebrity_jobs where start_stage = 'search') as jobs`)
        expect(counts).toEqual([
          {
            celebrities: replaced + added,
            photos: added,
            former: replaced,
            items: replaced + 2 * added,
            claimed: 0,
            hashes: replaced + 2 * added,
            changes: replaced + 2 * added,
            jobs: replaced + added,
          },
        ])
        expect(await query(orphans)).toEqual([])
        const missing = await query(`select image_path from celebrity_import_items
      where image_path not in (select name from storage.objects where bucket_id = 'celebrity-images')
        or regexp_replace(image_path, '[.][^.]*$', '.thumb.webp') not in (select name from storage.objects)`)
        expect(missing).toEqual([])
        const staging = await reopenStaging(directory)
        const left = await staging.transaction((tx) =>
          queryIn(tx as never, `select from files where published_at is null or published_celebrity is null`),
        )
        await staging.close()
        expect(left).toEqual([])
      },
    )
  },
)
