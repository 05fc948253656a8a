import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { buildProgram, type BuiltProgram } from '../../../tests/factories/child'
import { databaseWorkerEntry, postgresAvailable, testServer } from '../../../tests/factories/database'
import { addPlannedImport } from '../../../tests/factories/import-plans'
import { openPublishHost, type PublishHost } from '../../../tests/factories/publish-host'
import { seeded } from '../../../tests/factories/random'
import { reopenStaging } from '../../../tests/factories/staging'
import type { ReopenProgramOptions } from '../../../tests/fixtures/reopen-program'
import { publishImport } from './publish/publish'
import { undoImport } from './undo/undo-import'

// Real: processes, kill -9, PostgreSQL, Storage over HTTP, the staging area. Invented: photos and their faces.

const kills = 20
/** Who is published with one photo, and has a better one that was left open. */
const people = 40
const seed = Number(process.env['SEMBLANCE_TEST_SEED'] ?? Math.floor(Math.random() * 1e9))

describe.skipIf(!(await postgresAvailable()))(
  `an import that is taken up again and killed again and again (SEMBLANCE_TEST_SEED=${seed})`,
  () => {
    let room: PublishHost
    let program: BuiltProgram
    let directory: string
    const random = seeded(seed)

    beforeAll(async () => {
      ;[room, program, directory] = await Promise.all([
        openPublishHost('postgres'),
        buildProgram('reopen-program.ts'),
        mkdtemp(join(tmpdir(), 'semblance-staging-')),
      ])
    }, 240_000)
    afterAll(async () => {
      program?.remove()
      await room?.close()
      if (directory) await rm(directory, { recursive: true, force: true, maxRetries: 20, retryDelay: 250 })
    })

    /** Half of what was left open are better photos of those who are published, half are new people. */
    async function publishSome() {
      const staging = await reopenStaging(directory)
      const numbers = Array.from({ length: people }, (_, i) => i)
      const staged = await addPlannedImport(staging, {
        people: numbers.flatMap((i) => [{ name: `Known ${i}` }, { name: `Open ${i}` }]),
        photos: numbers.flatMap((i) => [
          {
            ...{ person: 2 * i, outcome: 'needs_person' as const },
            face: { of: 2 * i, noise: 1, quality: 0.9, age: 17 },
          },
          {
            ...{ person: 2 * i, outcome: 'new_celebrity' as const },
            face: { of: 2 * i, noise: 2, quality: 0.6, age: 40 },
          },
          { person: 2 * i + 1, outcome: 'needs_person' as const, face: { of: 2 * i + 1, age: 20 } },
        ]),
      })
      await publishImport(staging, staged.id, { ...room.host, by: null })
      await staging.transaction((tx) =>
        tx.updateTable('imports').set({ state: 'published' }).where('id', '=', staged.id).execute(),
      )
      await staging.close()
      return staged
    }

    async function programFor(importId: string) {
      const [{ name }] = (await room.query<{ name: string }>('select current_database() as name')) as [
        { name: string },
      ]
      const url = new URL(testServer)
      url.pathname = `/${name}`
      const migrations = join(import.meta.dirname, '../../../migrations/staging')
      return (kill?: ReopenProgramOptions['kill']) => {
        const options: ReopenProgramOptions = {
          ...{ importId, databaseUrl: url.href, ...(kill ? { kill } : {}) },
          storage: { url: room.host.project.url, key: room.host.project.secretKey },
          staging: { directory, entry: databaseWorkerEntry, migrations },
        }
        return program.start([JSON.stringify(options)])
      }
    }

    test(
      'each photo is published once, and one undo takes all of it back',
      { timeout: 600_000 },
      async () => {
        const before = await room.dump()
        const { id, remove } = await publishSome()
        const start = await programFor(id)
        for (let life = 0; life < kills; life += 1) {
          // Some thirty steps lead to where it goes on; a photo has four.
          const child = start({ step: 1 + Math.floor(random() * 45), ms: Math.floor(random() * 4) })
          const end = await child.says('done').catch(() => 'killed')
          expect([end, child.process.signalCode], child.lines.join('\n')).toEqual(['killed', 'SIGKILL'])
        }
        await start().says('done')
        expect(
          await room.query(
            `select
            (select count(*)::int from celebrities where import_id = $1) as celebrities,
            (select count(*)::int from celebrity_photos where import_id = $1) as photos,
            (select count(*)::int from celebrity_import_items where published_at is not null) as items,
            (select count(*)::int from celebrity_changes where group_id = $1) as changes`,
            [id],
          ),
        ).toEqual([{ celebrities: 2 * people, photos: people, items: 3 * people, changes: 3 * people }])
        await undoImport(room.host, id, null)
        expect(await room.dump()).toEqual(before)
        await remove()
      },
    )
  },
)
