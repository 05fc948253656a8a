import { existsSync } from 'node:fs'
import { access, constants, statfs } from 'node:fs/promises'
import { createServer } from 'node:net'
import { dirname, join } from 'node:path'
import type { Logger } from 'pino'
import { connectDatabase } from '../../database/connect'
import { migrationStatus } from '../../database/migrate'
import { databaseStatus } from '../../database/status'
import { manifestOf } from '../../faces/packs/shipped-packs'
import { readActivePack } from '../../faces/packs/pack-library'
import { findPack } from '../../faces/packs/packs'
import type { Check } from '../../servers/contract'
import type { Config } from '../config'
import { testConnection } from '../connection/connection-test'
import { settingsOf } from '../connection/connector'
import { findDesktop } from '../lifecycle/desktop'
import { loadConfig } from '../load-config'
import { withSource } from '../database/open-source'
import { exitCodes, type Output } from '../output'
import { appPaths } from '../paths'
import { checkRecall } from '../database/recall-check'
import { findRunningHost, type HostThatRuns } from '../lifecycle/running-host'
import { noVault } from '../connection/vault'

interface Finding {
  check: string
  /** warn: works, though something will be missing. */
  state: 'ok' | 'warn' | 'fail'
  message: string
}

const neededBytes = 2_000_000_000

/** Looks at everything that a host needs and says what to mend. Exit code 1 where something would keep it from starting. */
export async function doctor(config: Config, output: Output, log: Logger): Promise<number> {
  const running = existsSync(config.home) ? await findRunningHost(config.home).catch(() => null) : null
  const findings = [
    await check('node', nodeVersion),
    await check('data directory', () => dataDirectory(config, running)),
    await check('disk', () => disk(config)),
    await check('port', () => port(config, running)),
    ...(await connection(log, running)),
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

async function dataDirectory({ home }: Config, running: HostThatRuns | null): Promise<Answer> {
  if (running)
    return { state: 'ok', message: `${home}, in use by the Semblance that runs (process ${running.pid})` }
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

function port({ port }: Config, running: HostThatRuns | null): Promise<Answer> {
  if (running?.url && new URL(running.url).port === String(port))
    return Promise.resolve({ state: 'ok', message: `${port}, where the Semblance that runs answers` })
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

/** The configured connection, looked at as the Connections page does; else the embedded database. */
async function connection(log: Logger, running: HostThatRuns | null): Promise<Finding[]> {
  let config: Config
  try {
    config = await loadConfig(noVault)
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    return [{ check: 'connection', state: 'fail', message }]
  }
  const settings = settingsOf(config)
  if (!settings.databaseUrl) {
    const database = await check('database', () => embeddedDatabase(config, log, running))
    const isReadable = database.state === 'ok' && !running && existsSync(join(config.home, 'database'))
    return [database, ...(isReadable ? await withSource(config, log, checkRecall) : [])]
  }
  const findings: Finding[] = []
  for await (const found of testConnection(settings, { migrations: appPaths().migrations })) {
    if (found.state !== 'running' && found.state !== 'skipped') findings.push(asFinding(found))
  }
  const isWell = findings.every(({ state }) => state !== 'fail')
  return isWell ? [...findings, ...(await checkRecall({ url: settings.databaseUrl }))] : findings
}

function asFinding({ part, name, state, message, remedy }: Check): Finding {
  const words = { ok: 'ok', warning: 'warn', failed: 'fail' } as const
  return {
    check: `${part}, ${name.toLowerCase()}`,
    state: state === 'warning' || state === 'failed' ? words[state] : 'ok',
    message: remedy ? `${message} ${remedy}` : message,
  }
}

async function embeddedDatabase(config: Config, log: Logger, running: HostThatRuns | null): Promise<Answer> {
  if (running) {
    return running.url
      ? { state: 'ok', message: `embedded; the Semblance that runs has it, and answers at ${running.url}` }
      : {
          state: 'warn',
          message: `embedded; process ${running.pid} has it, and does not answer (yet). If it stays so, end it.`,
        }
  }
  if (!existsSync(join(config.home, 'database')))
    return { state: 'ok', message: 'embedded; the first start creates it' }
  return withSource(config, log, async (source) => {
    const { pending, changed, unknown } = await migrationStatus(source, { directory: appPaths().migrations })
    if (changed.length + unknown.length > 0) {
      const names = [...changed, ...unknown].join(', ')
      return { state: 'fail', message: `its migrations differ from this version's: ${names}` }
    }
    if (pending.length > 0)
      return { state: 'warn', message: `${pending.length} migrations wait; starting applies them.` }
    const status = await databaseStatus(await connectDatabase(source))
    const { engine, version, vector_version, migration, latency_ms } = status
    return {
      state: 'ok',
      message: `${engine} ${version}, pgvector ${vector_version}, at ${migration}, ${latency_ms.toFixed(1)} ms a query`,
    }
  })
}

async function models({ packs }: Config): Promise<Answer> {
  const manifest = await manifestOf(await readActivePack(packs), packs)
  const pack = await findPack(manifest, packs)
  return pack
    ? { state: 'ok', message: `${manifest.title} in ${pack.directory}` }
    : {
        state: 'warn',
        message: manifest.terms
          ? `${manifest.title} is not installed: semblance packs install ${manifest.name}`
          : `${manifest.title} is not installed; starting fetches it into ${packs}.`,
      }
}

async function desktop(): Promise<Answer> {
  const found = await findDesktop({ timeoutMs: 60_000, progress: () => undefined })
  return 'electron' in found
    ? { state: 'ok', message: found.electron }
    : { state: 'warn', message: `the console opens in the browser, because ${found.reason}` }
}
