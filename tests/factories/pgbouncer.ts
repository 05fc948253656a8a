import { spawn, spawnSync } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { testServer } from './database'
import { testSkip } from './requirements'

/** A real PgBouncer in front of the server for tests. */
export interface Pooler {
  /** The same database through the pooler. */
  urlThrough: (url: string) => string
  close: () => Promise<void>
}

const program = '/usr/sbin/pgbouncer'

/** Whether there is a PgBouncer here. Where there is none it says so, or throws under SEMBLANCE_TEST_ALL=1. */
export function poolerAvailable(): boolean {
  const { status } = spawnSync(program, ['--version'])
  return (
    status === 0 || !testSkip('PgBouncer', `${program} does not start. Debian: apt-get install pgbouncer.`)
  )
}

/**
 * Starts PgBouncer in transaction mode. As on Supabase it asks the database for logins that it doesn't know
 * (auth_query), so that a password is proved by SCRAM; the server's superuser needs none. Its few connections are shared
 * by all clients, so that what one leaves in a session, another finds.
 */
export async function startPooler(options: { knowsCallers?: boolean } = {}): Promise<Pooler> {
  const directory = mkdtempSync(join(tmpdir(), 'semblance-pgbouncer-'))
  const port = await freePort()
  const server = new URL(testServer)
  const admin = decodeURIComponent(server.username) || 'postgres'
  const file = (name: string, text: string) => {
    const path = join(directory, name)
    writeFileSync(path, text)
    chmodSync(path, 0o644)
    return path
  }
  chmodSync(directory, 0o755)
  const password = decodeURIComponent(server.password)
  const users = file('users.txt', `"${admin}" "${password}"\n`)
  const rules = file(
    'hba.conf',
    `host all ${admin} 127.0.0.1/32 trust\nhost all all 127.0.0.1/32 scram-sha-256\n`,
  )
  const settings = file(
    'pgbouncer.ini',
    `[databases]
* = host=${server.hostname} port=${server.port || '5432'}${options.knowsCallers === false ? '' : ` auth_user=${admin}`}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
pool_mode = transaction
default_pool_size = 3
max_client_conn = 100
auth_type = hba
auth_hba_file = ${rules}
auth_file = ${users}
auth_query = select rolname, rolpassword from pg_catalog.pg_authid where rolname = $1
`,
  )
  const asRoot = process.getuid?.() === 0 ? ['-u', 'nobody'] : []
  const child = spawn(program, [...asRoot, settings], { stdio: ['ignore', 'ignore', 'pipe'] })
  let said = ''
  child.stderr.on('data', (text: Buffer) => (said += text.toString()))
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  const urlThrough = (text: string) => {
    const url = new URL(text)
    url.hostname = '127.0.0.1'
    url.port = String(port)
    url.username ||= admin
    return url.href
  }
  await untilAnswered(urlThrough(testServer), () => said)
  return {
    urlThrough,
    async close() {
      child.kill('SIGKILL')
      await ended
      rmSync(directory, { recursive: true })
    },
  }
}

async function untilAnswered(url: string, said: () => string): Promise<void> {
  for (let tries = 0; ; tries += 1) {
    const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2_000 })
    client.on('error', () => undefined)
    try {
      await client.connect()
      return await client.end()
    } catch (error) {
      if (tries === 50) throw new Error(`PgBouncer does not answer: ${said()}`, { cause: error })
      await sleep(100)
    }
  }
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}
