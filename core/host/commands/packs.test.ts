import { Command } from 'commander'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import {
  createEmptyDatabase,
  createMigratedDatabase,
  postgresAvailable,
} from '../../../tests/factories/database'
import { silentLog } from '../../../tests/factories/queue-host'
import { contents, names, smallManifest } from '../../../tests/factories/small-pack'
import { connectDatabase } from '../../database/connect'
import { readActivePack } from '../../faces/packs/pack-library'
import { SemblanceError } from '../../model/errors'
import { holdActiveModel } from '../../models/active-model'
import { baseConfig } from '../load-config'
import type { Output } from '../output'
import { addPacksCommands } from './packs'

const hasPostgres = await postgresAvailable()

/** Real: the commands, commander, packs on disk. What is printed is collected instead. */
let scratch: string
let packs: string
let given: string

beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'packs-command-test-'))
  given = join(scratch, 'given')
  await mkdir(given)
  for (const name of names) await writeFile(join(given, name), contents[name])
  await writeFile(join(scratch, 'small.json'), JSON.stringify(smallManifest({ kind: 'local' })))
  const other = {
    name: 'other',
    kind: 'local' as const,
    terms: { summary: 'Research.', url: 'https://example.org/' },
  }
  await writeFile(join(scratch, 'other.json'), JSON.stringify(smallManifest(other)))
})
afterAll(() => rm(scratch, { recursive: true, force: true }))
beforeEach(async () => {
  packs = await mkdtemp(join(scratch, 'packs-'))
})

/** Of the database that the commands are for; one of their own data directory where there is none. */
let databaseUrl: string | null = null

async function run(...words: string[]) {
  const ran = { code: -1, said: [] as string[], text: '', data: undefined as unknown }
  const cli = new Command('semblance')
  const config = { ...baseConfig({ SEMBLANCE_HOME: scratch }), packs, databaseUrl, provider: 'cpu' as const }
  const outputOf = (json: boolean): Output => ({
    json,
    say: (line) => ran.said.push(line),
    result: (data, text) => Object.assign(ran, { data, text }),
  })
  addPacksCommands(
    cli,
    async (json, command) => {
      ran.code = await command(config, outputOf(json))
    },
    async (json, command) => {
      ran.code = await command(config, outputOf(json), silentLog)
    },
  )
  await cli.parseAsync(['packs', ...words], { from: 'user' })
  return ran
}
const install = (name: string, ...more: string[]) =>
  run('install', join(scratch, `${name}.json`), '--from', given, ...more)

it('installs, lists, verifies, activates and removes', async () => {
  const installed = await install('small')
  expect(installed).toMatchObject({ code: 0, data: { pack: 'small', lenders: [] } })
  expect(installed.said[0]).toBe('Small pack. Licence: MIT.')
  expect(installed.said.some((line) => /^ +\d+ % {2}Reading /.test(line))).toBe(true)

  const listed = await run('list', '--json')
  expect(listed.data).toMatchObject({ directory: packs })
  expect((await run('list')).text).toMatch(/^\* starter +active, not installed/m)
  expect((await run('list')).text).toMatch(/^ {2}small +installed +Small pack\. MIT\. small\//m)
  expect(await run('verify')).toMatchObject({
    code: 0,
    text: expect.stringMatching(/^small: whole; small\/.*CPU \(/) as string,
  })

  const activated = await run('activate', 'small')
  expect(activated).toMatchObject({
    code: 0,
    data: { active: 'small', before: 'starter' },
  })
  expect(activated.text).toContain('semblance packs plan small')
  expect(await readActivePack(packs)).toBe('small')
  await expect(run('remove', 'small')).rejects.toMatchObject({ code: 'CONFLICT' })

  await install('other', '--accept-licence')
  await run('activate', 'other')
  expect(await run('remove', 'small')).toMatchObject({ code: 0, data: { removed: 'small' } })
})

it('tells damaged packs with exit code 1, and what to do', async () => {
  await install('small')
  // Another file of the same size: only its sha256 tells.
  const damaged = Buffer.from(contents['detector.onnx'])
  damaged[damaged.length - 1] ^= 1
  await writeFile(join(packs, 'small/detector.onnx'), damaged)
  const { code, text } = await run('verify', 'small')
  expect(code).toBe(1)
  expect(text).toMatch(
    /^small: damaged\. Install it again: semblance packs install small\n {2}detector\.onnx: /,
  )
  await install('small')
  expect(await run('verify', 'small')).toMatchObject({ code: 0 })
})

it('wants terms to be accepted, and names that there are', async () => {
  await expect(install('other')).rejects.toThrow('--accept-licence')
  await expect(run('install', 'nobody')).rejects.toBeInstanceOf(SemblanceError)
  await writeFile(join(scratch, 'wrong.json'), JSON.stringify({ name: 'wrong' }))
  await expect(install('wrong')).rejects.toMatchObject({
    code: 'BAD_REQUEST',
    message: expect.stringContaining('roles') as string,
  })
})

it.skipIf(!hasPostgres)('keeps the pack that the database searches by, or is being moved to', async () => {
  const { url, drop } = await createMigratedDatabase()
  const database = await connectDatabase({ url })
  try {
    databaseUrl = url
    const installed = await install('small')
    const { embeddingModel } = installed.data as { embeddingModel: string }
    await database.asService((tx) => holdActiveModel(tx, 'starter/1/a1'))
    await database.asService((tx) =>
      tx.insertInto('model_switches').values({ to_pack: 'small', to_model: embeddingModel }).execute(),
    )
    await expect(run('remove', 'small')).rejects.toMatchObject({ code: 'CONFLICT' })
    await database.asService((tx) => tx.deleteFrom('model_switches').execute())
    await database.asService((tx) =>
      tx.updateTable('active_model').set({ embedding_model: embeddingModel }).execute(),
    )
    await expect(run('remove', 'small')).rejects.toMatchObject({ code: 'CONFLICT' })
    await database.asService((tx) =>
      tx.updateTable('active_model').set({ embedding_model: 'starter/1/a1' }).execute(),
    )
    expect(await run('remove', 'small')).toMatchObject({ code: 0 })
  } finally {
    databaseUrl = null
    await database.close()
    await drop()
  }
})

it.skipIf(!hasPostgres)('moves no database that is not of this version', async () => {
  const { url, drop } = await createEmptyDatabase()
  try {
    databaseUrl = url
    for (const words of [['plan', 'starter'], ['switch', 'starter', '--yes'], ['cancel'], ['status']]) {
      await expect(run(...words)).rejects.toMatchObject({
        code: 'UNAVAILABLE',
        data: { reason: 'schema_missing' },
      })
    }
  } finally {
    databaseUrl = null
    await drop()
  }
})
