import { existsSync } from 'node:fs'
import { access, constants, statfs } from 'node:fs/promises'
import { createServer } from 'node:net'
import { dirname, join } from 'node:path'
import type { Logger } from 'pino'
import { connectDatabase } from '../../database/connect'
import { migrationStatus } from '../../database/migrate'
import { databaseStatus } from '../../database/status'
import { starterManifest } from '../../faces/manifest'
import { findPack } from '../../faces/packs'
import { SemblanceError } from '../../model/errors'
import type { Config } from '../config'
import { findDesktop } from '../desktop'
import { withSource } from '../open-source'
import { exitCodes, type Output } from '../output'
import { appPaths } from '../paths'

interface Finding {
  check: string
  /** warn: works, though something will be missing. */
  state: 'ok' | 'warn' | 'fail'
  message: string
}

const neededBytes = 2_000_000_000

/** Looks at everything that a host needs and says what to mend. Exit code 1 where something would keep it from starting. */
export async function doctor(config: Config, output: Output, log: Logger): Promise<number> {
  const findings = [
    await check('node', nodeVersion),
    await check('data directory', () => dataDirectory(config)),
    await check('disk', () => disk(config)),
    await check('port', () => port(config)),
    await check('database', () => database(config, log)),
    await check('face models', () => models(config)),
    await check('desktop window', desktop),
  ]
  const marks = { ok: '  ok ', warn: 'warn ', fail: 'FAIL ' }
  output.result(
    findings,
    findings.map((one) => `${marks[one.state]} ${one.check}: ${one.message}`).join('\n'),
  )
  return findings.some((one) => one.state === 'fail') ? exitCodes.failed : exitCodes.ok
}

type Answer = Omit<Finding, 'check'>

async function check(name: string, look: () => Promise<Answer> | Answer): Promise<Finding> {
  try {
    return { check: name, ...(await look()) }
  } catch (error) {
    return { check: name, state: 'fail', message: error instanceof Error ? error.message : String(error) }
  }
}

function nodeVersion(): Answer {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  const isEnough = major > 20 || (major === 20 && minor >= 19)
  return {
    state: isEnough ? 'ok' : 'fail',
    message: `${process.version}${isEnough ? '' : '; 20.19 or newer is needed'}`,
  }
}

async function dataDirectory({ home }: Config): Promise<Answer> {
  const existing = await nearestExisting(home)
  const isWritable = await access(existing, constants.W_OK).then(
    () => true,
    () => false,
  )
  if (isWritable) return { state: 'ok', message: existing === home ? home : `${home} (will be created)` }
  return {
    state: 'fail',
    message: `${existing} can't be written. Mend that, or set SEMBLANCE_HOME to another directory.`,
  }
}

async function disk({ home }: Config): Promise<Answer> {
  const { bavail, bsize } = await statfs(await nearestExisting(home))
  const gigabytes = ((bavail * bsize) / 1e9).toFixed(1)
  return bavail * bsize >= neededBytes
    ? { state: 'ok', message: `${gigabytes} GB free` }
    : { state: 'warn', message: `${gigabytes} GB free; photos and faces want 2 GB and more.` }
}

async function nearestExisting(path: string): Promise<string> {
  for (let folder = path; ; folder = dirname(folder)) {
    const isThere = await access(folder).then(
      () => true,
      () => false,
    )
    if (isThere || folder === dirname(folder)) return folder
  }
}

function port({ port }: Config): Promise<Answer> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', (error: NodeJS.ErrnoException) => {
      const why =
        error.code === 'EADDRINUSE'
          ? 'is in use, perhaps by a Semblance that runs'
          : `can't be opened (${error.code})`
      resolve({ state: 'warn', message: `${port} ${why}. SEMBLANCE_PORT chooses another.` })
    })
    server.listen(port, '127.0.0.1', () =>
      server.close(() => resolve({ state: 'ok', message: `${port} is free` })),
    )
  })
}

async function database(config: Config, log: Logger): Promise<Answer> {
  if (!config.databaseUrl && !existsSync(join(config.home, 'database'))) {
    return { state: 'ok', message: 'embedded; the first start creates it' }
  }
  try {
    return await withSource(config, log, async (source) => {
      const { pending, changed, unknown } = await migrationStatus(source, {
        directory: appPaths().migrations,
      })
      if (changed.length + unknown.length > 0) {
        return {
          state: 'fail',
          message: `its migrations differ from this version's: ${[...changed, ...unknown].join(', ')}`,
        }
      }
      if (pending.length > 0)
        return { state: 'warn', message: `${pending.length} migrations wait; starting applies them.` }
      const connected = await connectDatabase(source)
      const status = await databaseStatus(connected).finally(() =>
        'url' in source ? connected.close() : undefined,
      )
      const { engine, version, vector_version, migration, latency_ms } = status
      return {
        state: 'ok',
        message: `${engine} ${version}, pgvector ${vector_version}, at ${migration}, ${latency_ms.toFixed(1)} ms a query`,
      }
    })
  } catch (error) {
    // A host that runs holds the directory: nothing to mend, only nothing to see from here.
    if (error instanceof SemblanceError && error.code === 'CONFLICT')
      return { state: 'warn', message: error.message }
    throw error
  }
}

async function models({ packs }: Config): Promise<Answer> {
  const pack = await findPack(starterManifest, packs)
  return pack
    ? { state: 'ok', message: `${starterManifest.title} in ${pack.directory}` }
    : {
        state: 'warn',
        message: `${starterManifest.title} is not installed; starting fetches it into ${packs}.`,
      }
}

async function desktop(): Promise<Answer> {
  const found = await findDesktop({ timeoutMs: 60_000, progress: () => undefined })
  return 'electron' in found
    ? { state: 'ok', message: found.electron }
    : { state: 'warn', message: `the console opens in the browser, because ${found.reason}` }
}
