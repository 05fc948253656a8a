import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, vi } from 'vitest'
import { signInAsAdmin } from './client'
import { freshHome, type Home, root } from './directories'
import { startHost } from './host'

const folder = join(root, 'out', 'test-homes')

/**
 * A data directory in which Ada is the admin and the sample people are analysed: a copy of one that is made once for what
 * is built. All ninety take half a minute of computing.
 */
export async function homeWithSamples(): Promise<Home> {
  const made = join(folder, readFileSync(join(root, 'out', '.built-app'), 'utf8').slice(0, 16))
  await alone(join(root, 'out', '.making-test-homes'), async () => {
    if (!existsSync(made)) await make(made)
  })
  const home = await freshHome()
  cpSync(made, home.path, { recursive: true })
  return home
}

async function make(path: string): Promise<void> {
  const home = await freshHome()
  try {
    await loadSamples(home)
    // What was made for another build is of no use any more.
    rmSync(folder, { recursive: true, force: true })
    mkdirSync(folder)
    cpSync(home.path, `${path}.draft`, { recursive: true })
    renameSync(`${path}.draft`, path)
  } finally {
    home.remove()
  }
}

async function loadSamples(home: Home): Promise<void> {
  const host = await startHost(home)
  try {
    const { samples } = await signInAsAdmin(host.url)
    await samples.load()
    const isDone = async () => expect(await samples.status()).toMatchObject({ state: 'loaded', analyzed: 90 })
    await vi.waitFor(isDone, { timeout: 550_000, interval: 500 })
  } finally {
    await host.stop()
  }
}

/** Does it while no other process does; what a process that has ended left locked is free. */
async function alone(lock: string, work: () => Promise<void>): Promise<void> {
  for (;;) {
    try {
      writeFileSync(lock, String(process.pid), { flag: 'wx' })
      break
    } catch {
      if (!isHeld(lock)) rmSync(lock, { force: true })
      await sleep(200)
    }
  }
  try {
    await work()
  } finally {
    rmSync(lock, { force: true })
  }
}

function isHeld(lock: string): boolean {
  try {
    return process.kill(Number(readFileSync(lock, 'utf8')), 0)
  } catch {
    return false
  }
}
