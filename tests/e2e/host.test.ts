import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Client } from '../../core/api/contract'
import { signInAsAdmin } from './harness/client'
import { freshHome, type Home, hostEnvironment, root } from './harness/directories'
import { type RunningHost, startHost } from './harness/host'

/** Real: everything. The host as its command starts it, killed as a power cut would kill it. */
let home: Home
let host: RunningHost | null = null
beforeEach(async () => {
  home = await freshHome()
})
afterEach(async () => {
  await host?.stop()
  host = null
  home.remove()
})

describe('a host that is killed while it loads sample people', () => {
  it('opens again, loses no job and does none twice', async () => {
    for (const killAfter of [8, 30, 60]) {
      host = await startHost(home)
      const client = await signInAsAdmin(host.url)
      await client.samples.load()
      await expect
        .poll(async () => (await client.samples.status()).uploaded, { timeout: 120_000, interval: 50 })
        .toBeGreaterThan(killAfter)
      await host.kill()
    }
    host = await startHost(home)
    const client = await signInAsAdmin(host.url)
    await client.samples.load()
    await expect
      .poll(() => client.samples.status(), { timeout: 120_000, interval: 500 })
      .toMatchObject({ state: 'loaded', uploaded: 90, analyzed: 90 })
    await expectEverythingOnce(client)
  })
})

async function expectEverythingOnce(client: Client): Promise<void> {
  const people = (await client.accounts.list({ limit: 200 })).items.filter(({ role }) => role === 'user')
  expect(people.map(({ faces }) => faces)).toEqual(Array(60).fill(1))
  const { items: jobs } = await client.jobs.list({ limit: 200 })
  expect(new Set(jobs.map(({ subject_id }) => subject_id)).size).toBe(90)
  expect(jobs.map(({ status }) => status)).toEqual(Array(90).fill('completed'))
  const { items: matches } = await client.matching.list({ limit: 200 })
  const pairs = matches.map(({ a, b }) => [a.face_id, b.face_id].sort().join(' '))
  expect(pairs.length).toBeGreaterThan(0)
  expect(new Set(pairs).size).toBe(pairs.length)
}

describe('a host that cannot start', () => {
  it('says that its port is taken, by which number, and how to choose another', async () => {
    const other = createServer().listen(home.port, '127.0.0.1')
    await once(other, 'listening')
    const { code, stderr } = await semblance(home, 'start')
    other.close()
    expect(code).toBe(3)
    expect(stderr).toContain(`Port ${home.port}`)
    expect(stderr).toContain('SEMBLANCE_PORT=')
  })

  it('says who holds its data directory', async () => {
    host = await startHost(home)
    const { code, stderr } = await semblance(home, 'migrate', '--check')
    expect(code).toBe(3)
    expect(stderr).toContain(`process ${host.pid}`)
    expect(stderr).toContain(host.url)
  })

  it('says that its data directory can not be written', async () => {
    const path = join(home.path, 'place')
    // Root may write everywhere, but not make a directory of a file.
    if (process.getuid?.() === 0) writeFileSync(path, '')
    else mkdirSync(path, { mode: 0o500 })
    const { code, stderr } = await semblance({ ...home, path }, 'start')
    chmodSync(path, 0o700)
    expect(code).toBe(3)
    expect(stderr).toContain(path)
    expect(stderr).toContain('SEMBLANCE_HOME')
  })

  it('names a variable that makes no sense', async () => {
    const { code, stderr } = await semblance({ ...home, port: 70_000 }, 'start')
    expect(code).toBe(2)
    expect(stderr).toContain('SEMBLANCE_PORT')
  })
})

async function semblance(at: Home, ...args: string[]): Promise<{ code: number | null; stderr: string }> {
  const child = spawn(process.execPath, [join(root, 'scripts', 'semblance.mjs'), ...args], {
    env: hostEnvironment(at),
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let stderr = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
  const late = sleep(60_000, undefined, { ref: false }).then(() => child.kill('SIGKILL'))
  const [code] = (await Promise.race([once(child, 'exit'), late.then(() => [null])])) as [number | null]
  return { code, stderr }
}
