// node scripts/build.mjs [app | workers] [--if-stale] [--quiet]
import { mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { build, resolveConfig } from 'electron-vite'
import { build as viteBuild } from 'vite'
import { fingerprint, isFresh, markFresh, markStale, root } from './freshness.mjs'

const lock = join(root, 'out', '.building')
/** A build takes seconds. A lock this old belongs to a process id that somebody else has by now. */
const lockTimeoutMs = 5 * 60_000

function holderIsAlive() {
  try {
    if (Date.now() - statSync(lock).mtimeMs > lockTimeoutMs) return false
    process.kill(Number(readFileSync(lock, 'utf8')), 0)
    return true
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code === 'EPERM'
  }
}

/** Waits until this process alone builds. A lock that its holder left behind is taken over. */
async function takeLock() {
  const mine = String(process.pid)
  mkdirSync(join(root, 'out'), { recursive: true })
  for (;;) {
    try {
      writeFileSync(lock, mine, { flag: 'wx' })
      return
    } catch (error) {
      if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'EEXIST') throw error
    }
    if (!holderIsAlive()) {
      const candidate = `${lock}-${mine}`
      writeFileSync(candidate, mine)
      renameSync(candidate, lock)
    }
    // Of several that take over at once the last one wins; the others see its name here and go on waiting.
    await sleep(100)
    if (readLock() === mine) return
  }
}

function readLock() {
  try {
    return readFileSync(lock, 'utf8')
  } catch {
    return null
  }
}

const logLevel = process.argv.includes('--quiet') ? 'warn' : 'info'

async function buildApp() {
  const digests = { app: fingerprint('app'), workers: fingerprint('workers') }
  markStale('app')
  markStale('workers')
  await build({ logLevel })
  markFresh('app', digests.app)
  markFresh('workers', digests.workers)
}

async function buildWorkers() {
  const digest = fingerprint('workers')
  markStale('app')
  markStale('workers')
  const main = (await resolveConfig({ logLevel }, 'build', 'production')).config?.main
  if (!main?.build?.rolldownOptions) throw new Error('electron.vite.config.ts has no main section.')
  const input = /** @type {Record<string, string>} */ (main.build.rolldownOptions.input)
  const entries = Object.entries(input).filter(([name]) => name.endsWith('-worker'))
  if (!entries.length) return
  main.build.rolldownOptions.input = Object.fromEntries(entries)
  main.build.emptyOutDir = false
  await viteBuild(/** @type {import('vite').InlineConfig} */ (main))
  markFresh('workers', digest)
}

const target = process.argv.includes('workers') ? 'workers' : 'app'
await takeLock()
try {
  // Whoever held the lock before may have built what is wanted here.
  if (!process.argv.includes('--if-stale') || !isFresh(target)) {
    await (target === 'app' ? buildApp() : buildWorkers())
  }
} finally {
  rmSync(lock, { force: true })
}
