import pg from 'pg'
import { type Target } from './database-address'
import { failed, type Finding, ok, warning } from './steps'

/** Opens a connection that ends with the signal. */
export async function logIn(target: Target, signal: AbortSignal): Promise<pg.Client> {
  const client = new pg.Client({
    connectionString: target.connectionString,
    connectionTimeoutMillis: 10_000,
    query_timeout: 10_000,
    application_name: 'semblance connection test',
  })
  client.on('error', () => undefined)
  signal.addEventListener('abort', () => client.connection.stream.destroy(), { once: true })
  await client.connect()
  return client
}

/** What the server said to a login that it did not let in. */
export function refusedLogin(error: unknown, { url, location }: Target): Finding {
  const { code = '', message = String(error) } = error as { code?: string; message?: string }
  const user = decodeURIComponent(url.username)
  if (/tenant or user not found|ENOTFOUND.*tenant|unknown tenant/i.test(message)) {
    return failed(
      `The pooler knows no project for the user “${user}”.`,
      'Copy the whole URL again: Connect › Session pooler. Host and user belong together.',
    )
  }
  if (/no pg_hba\.conf entry/.test(message)) {
    const plain = /no encryption/.test(message)
    return failed(
      `The server lets “${user}” in from nowhere like here${plain ? ' without encryption' : ''}.`,
      plain
        ? 'Write sslmode=require in the URL, or have a line added to the server’s pg_hba.conf.'
        : 'Have a line for this machine added to the server’s pg_hba.conf, or lift the network restriction of the project.',
    )
  }
  if (code === '28P01' || code === '28000') {
    return failed(
      `It refused the user “${user}” or the password.`,
      'Check both; special characters of a password are percent-encoded in a URL (@ is %40). Database settings › Reset password makes a new one.',
    )
  }
  if (/password must be a string|no password supplied/i.test(message)) {
    return failed(
      'It wants a password, and the URL has none.',
      'Write postgresql://user:password@host:5432/database.',
    )
  }
  if (code === '3D000') {
    return failed(
      `There is no database “${decodeURIComponent(url.pathname.slice(1)) || user}”.`,
      'Correct the name at the end of the URL (a Supabase project’s is postgres), or create it.',
    )
  }
  if (code === '53300')
    return failed('It has no connection left.', 'Close other clients, or raise its limit.')
  if (code === '57P03') return failed('It is starting up.', 'Try again in a moment.')
  return failed(`${location}: ${message}`, 'The words are the server’s own.')
}

/** The oldest PostgreSQL that the schema runs on. */
const oldestVersion = 15

export async function checkVersion(client: pg.Client): Promise<Finding> {
  const { rows } = await client.query<{ number: string; version: string }>(
    `select current_setting('server_version_num') as number, current_setting('server_version') as version`,
  )
  const row = rows[0]
  if (!row) return failed('It answers without rows.', 'Restart the server.')
  if (Number(row.number) < oldestVersion * 10_000) {
    return failed(
      `PostgreSQL ${row.version} is too old.`,
      `Semblance needs ${oldestVersion} or newer: upgrade it (Supabase: Infrastructure settings › Upgrade).`,
    )
  }
  return ok(`PostgreSQL ${row.version}.`)
}

/** How far the clocks may be apart, in seconds: from where it is odd, and from where tokens are refused. */
const clockLimits = { odd: 5, refused: 60 }

export async function checkClock(client: pg.Client, now: () => number = Date.now): Promise<Finding> {
  const before = now()
  const { rows } = await client.query<{ at: string }>(
    'select extract(epoch from clock_timestamp()) * 1000 as at',
  )
  const after = now()
  return judgeClock(Number(rows[0]?.at) - (before + after) / 2)
}

/** @param offsetMs how far the server is ahead of this machine */
export function judgeClock(offsetMs: number): Finding {
  const seconds = Math.abs(offsetMs) / 1000
  if (seconds <= clockLimits.odd) return ok(`${Math.round(Math.abs(offsetMs))} ms apart.`)
  const message = `This machine’s clock is ${Math.round(seconds)} s ${offsetMs > 0 ? 'behind' : 'ahead of'} the server’s.`
  const remedy = 'Switch on the system’s time synchronisation: sign-ins and leases of jobs go by it.'
  return seconds > clockLimits.refused ? failed(message, remedy) : warning(message, remedy)
}

/** How long a notification may take to come. */
const notificationMs = 2000

/** Whether LISTEN hears anything: through a pooler in transaction mode it does not, and no error says so. */
export async function hearNotifications(target: Target, signal: AbortSignal): Promise<Finding> {
  const [listener, speaker] = await Promise.all([logIn(target, signal), logIn(target, signal)])
  try {
    const channel = `semblance_test_${Math.random().toString(36).slice(2)}`
    await listener.query(`listen ${channel}`)
    const heard = new Promise<boolean>((resolve) => {
      const timer = setTimeout(() => resolve(false), notificationMs)
      listener.on('notification', (note) => {
        if (note.channel !== channel) return
        clearTimeout(timer)
        resolve(true)
      })
    })
    await speaker.query('select pg_notify($1, $2)', [channel, ''])
    if (await heard) return ok('Changes are told at once (LISTEN).')
    return warning(
      'Notifications do not arrive: it is a pooler in transaction mode.',
      'It works: changes are shown some seconds later, through Realtime or by asking. Port 5432 of the same host (session mode) tells them at once.',
    )
  } finally {
    await Promise.all([listener.end(), speaker.end()]).catch(() => undefined)
  }
}
