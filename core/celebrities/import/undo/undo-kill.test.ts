import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { buildProgram, type BuiltProgram } from '../../../../tests/factories/child'
import { databaseWorkerEntry, postgresAvailable, testServer } from '../../../../tests/factories/database'
import { openPublishHost, type PublishHost } from '../../../../tests/factories/publish-host'
import { addPlannedImport } from '../../../../tests/factories/import-plans'
import { seeded } from '../../../../tests/factories/random'
import { reopenStaging } from '../../../../tests/factories/staging'
import type { UndoProgramOptions } from '../../../../tests/fixtures/undo-program'
import { publishImport } from '../publish/publish'

// Real: processes, kill -9, PostgreSQL, Storage over HTTP, the staging area. Invented: photos and their faces.

const kills = 16
const added = 60
const seed = Number(process.env['SEMBLANCE_TEST_SEED'] ?? Math.floor(Math.random() * 1e9))

describe.skipIf(!(await postgresAvailable()))(
  `an undo that is killed again and again (SEMBLANCE_TEST_SEED=${seed})`,
  () => {
    let room: PublishHost
    let program: BuiltProgram
    let here: string
    let elsewhere: string
    let databaseUrl: string
    const random = seeded(seed)

    beforeAll(async () => {
      ;[room, program, here, elsewhere] = await Promise.all([
        openPublishHost('postgres'),
        buildProgram('undo-program.ts'),
        mkdtemp(join(tmpdir(), 'semblance-staging-')),
        mkdtemp(join(tmpdir(), 'semblance-staging-')),
      ])
      const [{ name }] = (await room.query<{ name: string }>('select current_database() as name')) as [
        { name: string },
      ]
      const url = new URL(testServer)
      url.pathname = `/${name}`
      databaseUrl = url.href
      await (await reopenStaging(elsewhere)).close()
    }, 240_000)
    afterAll(async () => {
      program?.remove()
      await room?.close()
      for (const folder of [here, elsewhere].filter(Boolean))
        await rm(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 250 })
    })

    /** New people with two photos each, and a better photo of a star; published from `here`. */
    async function publish(): Promise<string> {
      const staging = await reopenStaging(here)
      const two = await room.starOf('Star 2')
      const { id, remove } = await addPlannedImport(staging, {
        people: [
          { name: 'Star 2', celebrityId: two.id },
          ...Array.from({ length: added }, (_, i) => ({ name: `New ${i}` })),
        ],
        photos: [
          { person: 0, outcome: 'replaces_photo', seen: two.seen },
          ...Array.from({ length: 2 * added }, (_, i) => ({
            person: 1 + (i % added),
            outcome: i < added ? ('further_photo' as const) : ('new_celebrity' as const),
          })),
        ],
      })
      await publishImport(staging, id, { ...room.host, by: room.curator.id })
      await staging.transaction((tx) =>
        tx.updateTable('imports').set({ state: 'published' }).where('id', '=', id).execute(),
      )
      await staging.close()
      await remove()
      return id
    }

    function start(importId: string, more: Partial<UndoProgramOptions> & { directory: string }) {
      const { directory, ...rest } = more
      const migrations = join(import.meta.dirname, '../../../../migrations/staging')
      const options: UndoProgramOptions = {
        ...{ importId, databaseUrl, ...rest },
        storage: { url: room.host.project.url, key: room.host.project.secretKey },
        staging: { directory, entry: databaseWorkerEntry, migrations },
      }
      return program.start([JSON.stringify(options)])
    }

    async function killed(child: ReturnType<typeof start>): Promise<void> {
      const end = await child.says('done').catch(() => 'killed')
      expect([end, child.process.signalCode], child.lines.join('\n')).toEqual(['killed', 'SIGKILL'])
    }

    async function expectUndone(id: string, before: Record<string, string[]>): Promise<void> {
      expect(await room.dump()).toEqual(before)
      expect(await room.query(`select state, undone_by from celebrity_imports where id = $1`, [id])).toEqual([
        { state: 'undone', undone_by: room.curator.id },
      ])
      const left = await room.query(
        `select from celebrity_import_items where import_id = $1 and (undone_at is null or image_path is not null)`,
        [id],
      )
      expect(left).toEqual([])
    }

    async function staged(directory: string) {
      const staging = await reopenStaging(directory)
      const rows = await staging.transaction((tx) =>
        tx
          .selectFrom('imports')
          .select(['state', 'paused', 'problem'])
          .select((eb) =>
            eb
              .selectFrom('files')
              .where('published_at', 'is not', null)
              .select((e) => e.fn.countAll<string>().as('n'))
              .as('published'),
          )
          .execute(),
      )
      await staging.close()
      return rows
    }

    test('it is asked for once, and ends by itself with all as it was', { timeout: 600_000 }, async () => {
      const before = await room.dump()
      const id = await publish()
      await killed(start(id, { directory: here, askedBy: room.curator.id, moment: 'asked' }))
      await killed(start(id, { directory: here, moment: 'begun' }))
      await killed(start(id, { directory: here, moment: 'files' }))
      for (let life = 0; life < kills; life += 1) {
        // Some twenty steps lead to where it goes on; five photos have twelve.
        const kill = { step: 1 + Math.floor(random() * 40), ms: Math.floor(random() * 4) }
        await killed(start(id, { directory: here, kill }))
      }
      await killed(start(id, { directory: here, moment: 'ended' }))
      await start(id, { directory: here }).says('done')
      await expectUndone(id, before)
      expect(await staged(here)).toEqual([{ state: 'undone', paused: false, problem: null, published: '0' }])
    })

    test('also from a machine that has not published it', { timeout: 600_000 }, async () => {
      const before = await room.dump()
      const id = await publish()
      await killed(start(id, { directory: elsewhere, askedBy: room.curator.id, moment: 'asked' }))
      await killed(start(id, { directory: elsewhere, moment: 'files' }))
      await killed(start(id, { directory: elsewhere, moment: 'ended' }))
      await start(id, { directory: elsewhere }).says('done')
      await expectUndone(id, before)
      expect(await staged(elsewhere)).toEqual([])
    })
  },
)
