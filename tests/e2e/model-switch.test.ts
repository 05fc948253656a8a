import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Client } from '../../core/api/contract'
import { clusterPrograms, startCluster } from '../factories/cluster'
import { findStarterPack } from '../factories/pack'
import { packsWithTwin, twinFiles, twinManifest } from '../factories/twin-pack'
import { signInAsAdmin } from './harness/client'
import { semblance } from './harness/command'
import { freshHome, type Home } from './harness/directories'
import { type RunningHost, startHost } from './harness/host'
import { homeWithSamples } from './harness/sample-home'

/** Real: everything. Hosts as their command starts them, both packs in their threads, killed and cut off in the middle. */
const soon = { timeout: 120_000, interval: 200 }
const starter = await findStarterPack()
const programs = await clusterPrograms()

const homes: Home[] = []
const hosts: RunningHost[] = []

async function newHome(
  options: { twin?: boolean; made?: Promise<Home> } = {},
): Promise<Home & { environment: NodeJS.ProcessEnv }> {
  const home = await (options.made ?? freshHome())
  homes.push(home)
  const packs = join(home.path, 'packs-of-the-test')
  await packsWithTwin(packs, options)
  return { ...home, environment: { SEMBLANCE_PACKS: packs, SEMBLANCE_PROVIDER: 'cpu' } }
}

async function start(home: Home, environment: NodeJS.ProcessEnv): Promise<RunningHost> {
  const host = await startHost(home, environment)
  hosts.push(host)
  return host
}

afterEach(async () => {
  await Promise.all(hosts.splice(0).map((host) => host.stop()))
  for (const home of homes.splice(0)) home.remove()
})

async function loadSamples(client: Client): Promise<void> {
  await client.samples.load()
  await expect
    .poll(() => client.samples.status(), { timeout: 240_000, interval: 500 })
    .toMatchObject({ state: 'loaded', analyzed: 90 })
}

async function begin(client: Client, pack: string): Promise<void> {
  const plan = await client.models.plan({ pack })
  expect(plan.obstacle).toBeNull()
  expect(plan.estimate?.seconds.least).toBeGreaterThan(0)
  await client.models.start({ pack, basis: plan.basis })
}

const staged = async (client: Client) => (await client.models.progress())?.staged ?? 0

/** Also the searches that follow. */
const isMade = (client: Client) =>
  expect
    .poll(() => client.models.progress(), { timeout: 240_000, interval: 300 })
    .toMatchObject({ state: 'completed', outcome: { searches: { left: 0, failed: 0 } } })

/** The score of every match, by its id. */
async function scoresOf(client: Client): Promise<Map<string, number>> {
  const scores = new Map<string, number>()
  let cursor: string | undefined
  do {
    const page = await client.matching.list({ limit: 200, ...(cursor ? { cursor } : {}) })
    for (const { id, similarity_score } of page.items) scores.set(id, similarity_score)
    cursor = page.next_cursor ?? undefined
  } while (cursor)
  return scores
}

describe.skipIf(!starter)('a switch of models', { timeout: 600_000 }, () => {
  it('outlives kill -9, serves the old space until it is made, and can be made back', async () => {
    const home = await newHome({ made: homeWithSamples() })
    let host = await start(home, home.environment)
    let client = await signInAsAdmin(host.url)
    const before = await scoresOf(client)
    await begin(client, 'twin')
    await expect.poll(() => staged(client), soon).toBeGreaterThan(5)
    await host.kill()

    host = await start(home, home.environment)
    client = await signInAsAdmin(host.url)
    expect(await client.models.progress()).toMatchObject({ state: 'running', to_pack: 'twin' })
    await expect
      .poll(async () => (await client.overview.get()).pack, soon)
      .toMatchObject({ state: 'ready', embedding_model: expect.stringMatching(/^starter\//) as string })
    expect(await scoresOf(client)).toEqual(before)
    await isMade(client)
    expect(await client.models.progress()).toMatchObject({
      outcome: { faces: 60, celebrities: 30, left_out: 0, searches: { all: 60 } },
    })
    // Without a restart, and with no line of the old space.
    await expect
      .poll(async () => (await client.overview.get()).pack, soon)
      .toMatchObject({ state: 'ready', embedding_model: expect.stringMatching(/^twin\//) as string })
    const after = await scoresOf(client)
    expect([...after.keys()]).toEqual(expect.arrayContaining([...before.keys()]))
    const changed = [...before].filter(([id, score]) => after.get(id) !== score)
    expect(changed.length).toBeGreaterThan(0)

    await begin(client, 'starter')
    await client.models.pause()
    expect(await client.models.progress()).toMatchObject({ state: 'paused' })
    await client.models.resume()
    await isMade(client)
    const back = await scoresOf(client)
    expect(new Map([...back].filter(([id]) => before.has(id)))).toEqual(before)
    expect(await host.stop()).toBe(0)

    const status = await semblance(home, home.environment, 'packs', 'status')
    expect(status).toMatchObject({
      code: 0,
      output: expect.stringContaining('twin → starter: made.') as string,
    })
    const plan = await semblance(home, home.environment, 'packs', 'plan', 'twin', '--json')
    expect(JSON.parse(plan.output.slice(plan.output.indexOf('{')))).toMatchObject({
      started: null,
      to_do: { faces: 60, celebrities: 30 },
    })
    const activate = await semblance(home, home.environment, 'packs', 'activate', 'twin')
    expect(activate).toMatchObject({
      code: expect.any(Number) as number,
      output: expect.stringContaining('semblance packs plan twin') as string,
    })
    expect(activate.code).not.toBe(0)
  })
})

describe.skipIf(!starter || programs === null)(
  'two hosts, a database restarted',
  { timeout: 600_000 },
  () => {
    let cluster: Awaited<ReturnType<typeof startCluster>>
    beforeEach(async () => {
      cluster = await startCluster(programs!)
    })
    afterEach(() => cluster.remove())

    it('share the work; the one without the pack says so and writes nothing until it has it', async () => {
      const [first, second] = [await newHome(), await newHome({ twin: false })]
      const own = { ...first.environment, SEMBLANCE_DATABASE_URL: cluster.url }
      const host = await start(first, own)
      const client = await signInAsAdmin(host.url)
      await loadSamples(client)
      const keys = JSON.parse(readFileSync(join(first.path, 'keys.json'), 'utf8')) as Record<string, string>
      const other = await start(second, {
        ...second.environment,
        SEMBLANCE_DATABASE_URL: cluster.url,
        SEMBLANCE_SUPABASE_URL: host.url,
        SEMBLANCE_SUPABASE_KEY: keys['publishable_key'],
        SEMBLANCE_SUPABASE_SECRET_KEY: keys['secret_key'],
      })
      await begin(client, 'twin')
      await expect.poll(() => staged(client), soon).toBeGreaterThan(5)
      await cluster.stop('immediate')
      await cluster.start()
      await isMade(client)

      const there = await signInAsAdmin(other.url)
      await expect
        .poll(async () => (await there.models.packs()).machine, soon)
        .toMatchObject({
          state: 'failed',
          message: expect.stringMatching(/pack is starter.*the database's is twin\//) as string,
        })
      expect(await there.models.packs()).toMatchObject({ active: { pack: 'twin' } })

      const files = twinFiles()
      const manifest = join(second.path, 'twin.json')
      writeFileSync(manifest, JSON.stringify(twinManifest))
      const installed = await semblance(
        second,
        second.environment,
        'packs',
        'install',
        manifest,
        '--from',
        files,
      )
      rmSync(files, { recursive: true })
      expect(installed.code).toBe(0)
      await expect
        .poll(async () => (await there.models.packs()).machine, soon)
        .toMatchObject({ state: 'ready', embedding_model: expect.stringMatching(/^twin\//) as string })
    })
  },
)
