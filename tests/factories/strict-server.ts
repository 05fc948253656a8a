import { spawnSync } from 'node:child_process'
import { chmodSync, chownSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { testServer } from './database'
import { testSkip } from './requirements'

/** A PostgreSQL of a test's own, which wants passwords and speaks TLS with a certificate signed by itself. */
export interface StrictServer {
  /** The superuser's, for a database. */
  urlOf: (database: string, options?: { password?: string; query?: string; host?: string }) => string
  /** The file of its certificate, which is for `localhost`. */
  certificate: string
  close: () => void
}

const password = 'p@ss/word'

/** The programs of the server for tests, where they lie on this machine; null where they don't. */
export async function findServerPrograms(): Promise<string | null> {
  const client = new pg.Client({ connectionString: testServer, connectionTimeoutMillis: 3000 })
  try {
    await client.connect()
    const { rows } = await client.query<{ setting: string }>(
      `select setting from pg_catalog.pg_config where name = 'BINDIR'`,
    )
    const folder = rows[0]?.setting
    if (folder && existsSync(join(folder, 'initdb')) && run('openssl', ['version'], null).status === 0) {
      return folder
    }
    testSkip('the programs of PostgreSQL', `initdb or openssl is not on this machine (${folder})`)
    return null
  } catch {
    return null
  } finally {
    await client.end().catch(() => undefined)
  }
}

/** Makes a cluster in a temporary folder and starts it on a free port. */
export async function startStrictServer(programs: string): Promise<StrictServer> {
  const directory = mkdtempSync(join(tmpdir(), 'semblance-strict-'))
  const account = serverAccount()
  if (account) chownSync(directory, account.uid, account.gid)
  const port = await freePort()
  const data = join(directory, 'data')
  const secret = join(directory, 'password')
  writeFileSync(secret, password)
  chmodSync(secret, 0o644)
  const must = (program: string, args: string[]) => {
    const { status, stderr, stdout } = run(program, args, account)
    if (status !== 0) throw new Error(`${program} failed: ${stdout}${stderr}`)
  }
  must(join(programs, 'initdb'), [
    ...['-D', data, '-U', 'postgres', '-A', 'scram-sha-256', `--pwfile=${secret}`, '--no-sync'],
  ])
  const certificate = join(data, 'server.crt')
  must('openssl', [
    ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'],
    ...['-keyout', join(data, 'server.key'), '-out', certificate],
    ...['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'],
  ])
  writeFileSync(
    join(data, 'postgresql.auto.conf'),
    `ssl = on\nport = ${port}\nlisten_addresses = '127.0.0.1'\nunix_socket_directories = ''\nfsync = off\n`,
  )
  must(join(programs, 'pg_ctl'), ['-D', data, '-w', '-l', join(directory, 'log'), 'start'])
  const copy = join(directory, 'certificate.pem')
  writeFileSync(copy, readFileSync(certificate))
  return {
    urlOf: (database, { password: other = password, query = '', host = 'localhost' } = {}) =>
      `postgresql://postgres:${encodeURIComponent(other)}@${host}:${port}/${database}${query}`,
    certificate: copy,
    close() {
      run(join(programs, 'pg_ctl'), ['-D', data, '-m', 'immediate', 'stop'], account)
      rmSync(directory, { recursive: true, force: true })
    },
  }
}

interface Account {
  uid: number
  gid: number
}

/** PostgreSQL refuses to run as root. */
function serverAccount(): Account | null {
  if (process.getuid?.() !== 0) return null
  const id = (flag: string) => Number(spawnSync('id', [flag, 'postgres'], { encoding: 'utf8' }).stdout)
  return { uid: id('-u'), gid: id('-g') }
}

function run(program: string, args: string[], account: Account | null) {
  return spawnSync(program, args, {
    encoding: 'utf8',
    cwd: tmpdir(),
    // pg_ctl's server would keep pipes open.
    stdio: args.at(-1) === 'start' ? 'ignore' : 'pipe',
    ...account,
  })
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}
