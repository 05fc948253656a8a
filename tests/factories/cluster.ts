import { execFile, spawnSync } from 'node:child_process'
import { chownSync, existsSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import pg from 'pg'
import { testServer } from './database'
import { testSkip } from './requirements'

/** A PostgreSQL server of one test's own, which may be stopped and killed. Commits are durable: fsync is on. */
export interface Cluster {
  url: string
  start(): Promise<void>
  /** `immediate` ends it as a crash would. */
  stop(mode: 'fast' | 'immediate'): Promise<void>
  /** Makes a directory the server's own. */
  own(directory: string): void
  remove(): Promise<void>
}

/** The programs of the server for tests; null, and said so, where they are not on this machine. */
export async function clusterPrograms(): Promise<string | null> {
  const client = new pg.Client({ connectionString: testServer, connectionTimeoutMillis: 3_000 })
  try {
    await client.connect()
    const { rows } = await client.query<{ setting: string }>(
      `select setting from pg_catalog.pg_config where name = 'BINDIR'`,
    )
    if (rows[0] && existsSync(join(rows[0].setting, 'initdb'))) return rows[0].setting
    testSkip('PostgreSQL', 'the programs of the server for tests are not on this machine.')
  } catch (error) {
    testSkip('PostgreSQL', error instanceof Error ? error.message : String(error))
  } finally {
    await client.end().catch(() => undefined)
  }
  return null
}

/** Makes a cluster and starts it. @param programs see {@link clusterPrograms} */
export async function startCluster(programs: string): Promise<Cluster> {
  const directory = mkdtempSync(join(tmpdir(), 'semblance-cluster-'))
  const port = await freePort()
  const account = serverAccount(programs)
  if (account) chownSync(directory, account.uid, account.gid)
  const run = (program: string, args: string[]) =>
    // Its output stays open as long as the server lives: nothing may wait for it.
    promisify(execFile)(join(programs, program), args, { ...account, cwd: directory })
  const data = join(directory, 'data')
  await run('initdb', ['-D', data, '-A', 'trust', '-U', 'postgres', '-E', 'UTF8', '--locale=C'])
  const settings = `-p ${port} -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c max_connections=200`
  const cluster: Cluster = {
    url: `postgresql://postgres@127.0.0.1:${port}/postgres`,
    async start() {
      await run('pg_ctl', ['-D', data, '-o', settings, '-l', join(directory, 'log'), '-w', 'start'])
    },
    async stop(mode) {
      await run('pg_ctl', ['-D', data, '-m', mode, '-w', 'stop'])
    },
    own(other) {
      if (account) chownSync(other, account.uid, account.gid)
    },
    async remove() {
      await cluster.stop('immediate').catch(() => undefined)
      rmSync(directory, { recursive: true, force: true })
    },
  }
  await cluster.start()
  return cluster
}

/** PostgreSQL refuses to run as root: then as whom its programs' folder or an account of that name is. */
function serverAccount(programs: string): { uid: number; gid: number } | null {
  if (process.getuid?.() !== 0) return null
  const { uid, gid } = statSync(dirname(programs))
  if (uid !== 0) return { uid, gid }
  const id = (flag: string) => Number(spawnSync('id', [flag, 'postgres'], { encoding: 'utf8' }).stdout)
  return { uid: id('-u'), gid: id('-g') }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number }
      server.close(() => resolve(port))
    })
  })
}
