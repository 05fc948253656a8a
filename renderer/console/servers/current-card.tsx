import type { ReactNode } from 'react'
import type { CurrentServers } from '../../../core/servers/contract'
import { StatusDot } from '../../kit/badge'
import { Notice } from '../../kit/notice'
import { Card, Facts } from '../../kit/section'
import { RelativeTime } from '../../kit/time'
import type { Tone } from '../../kit/tone'
import { useLiveState } from '../../rpc/hooks'

const sources: Record<CurrentServers['source'], string> = {
  environment: 'Variables of the environment',
  saved: 'Saved on this page',
  default: 'Nothing configured: the default',
}

const changeWords: Record<NonNullable<CurrentServers['changes']>, string> = {
  listen: 'At once (LISTEN)',
  realtime: 'Within a second or two, through Realtime: a pooler in transaction mode is in between',
  polling: 'Within some seconds, by asking: neither LISTEN nor Realtime is heard',
}

/** What this host is connected to now, and how that stands. */
export function CurrentCard({ current }: { current: CurrentServers }) {
  const { database, keys, saved, environment } = current
  const isShared = current.mode === 'shared'
  // How they answered says nothing while the host that asked them does not.
  const isHeard = useLiveState() !== 'lost'
  return (
    <Card title="In use" aside={<ModeWord current={current} />}>
      {current.failure && <Notice tone="bad">{current.failure}</Notice>}
      {saved?.protection === 'none' && saved.secrets.length > 0 && (
        <Notice tone="warning">
          The passwords of the saved connection lie unprotected in <Code>{current.file}</Code>. Whoever can
          read that file can use them.
        </Notice>
      )}
      {saved && !saved.readable && (
        <Notice tone="bad">
          The keychain does not give the saved passwords back: they were saved by another user, or on another
          machine. Enter them again.
        </Notice>
      )}
      {environment.length > 0 && (
        <Notice tone="info">
          {environment.length === 1
            ? 'A variable of the environment sets'
            : 'Variables of the environment set'}{' '}
          the connection and {environment.length === 1 ? 'wins' : 'win'} over what is saved here:{' '}
          {environment.map(({ variable }, index) => (
            <span key={variable}>
              {index > 0 && ', '}
              <Code>{variable}</Code>
            </span>
          ))}
          . Take {environment.length === 1 ? 'it' : 'them'} out, and start Semblance again, to change the
          connection here.
        </Notice>
      )}
      <Facts
        facts={[
          ['Configured by', sources[current.source]],
          ['Database', database ? database.location : (saved?.databaseLocation ?? 'Away')],
          [
            'Version',
            database &&
              `${database.engine === 'pglite' ? 'Embedded PostgreSQL' : 'PostgreSQL'} ${database.version} · pgvector ${database.vectorVersion} · schema ${database.migration}`,
          ],
          [
            'Project',
            current.supabaseUrl && (isShared ? current.supabaseUrl : `${current.supabaseUrl} (this host)`),
          ],
          ['Keys', isShared ? <Keys keys={keys} /> : null],
          ['Changes', current.changes && changeWords[current.changes]],
        ]}
      />
      {isHeard && current.servers.length > 0 && (
        <ul aria-label="State of the connections" className="flex flex-col">
          {current.servers.map((server) => (
            <ServerLine key={server.id} server={server} />
          ))}
        </ul>
      )}
    </Card>
  )
}

function ModeWord({ current: { mode, failure, database } }: { current: CurrentServers }) {
  const text = mode === 'shared' ? 'Supabase project' : 'This machine'
  const isHeard = useLiveState() !== 'lost'
  const tone = !isHeard ? 'neutral' : database ? 'good' : failure ? 'bad' : 'warning'
  return <StatusDot tone={tone}>{text}</StatusDot>
}

function Keys({ keys }: { keys: CurrentServers['keys'] }) {
  const words = [
    keys.publishable && `publishable …${keys.publishable}`,
    keys.secretKey ? 'secret key set' : 'no secret key',
    keys.jwtSecret && 'JWT secret set',
    keys.callersDatabaseUrl && 'login of callers set',
  ]
  return <>{words.filter(Boolean).join(' · ')}</>
}

const tones = { ok: 'good', away: 'bad', unknown: 'neutral' } as const satisfies Record<string, Tone>
const names = { database: 'Database', project: 'Supabase project' }

function ServerLine({ server }: { server: CurrentServers['servers'][number] }) {
  return (
    <li className="flex flex-col border-t py-1.5">
      <span className="flex items-baseline gap-2">
        <StatusDot tone={tones[server.state]} isLive={server.state === 'away'}>
          {names[server.id]}
        </StatusDot>
        <span className="text-ink-2">
          {server.state === 'ok' && (
            <>
              answers{server.ms !== null && ` in ${Math.round(server.ms)} ms`}, since{' '}
              <RelativeTime date={server.since} />
            </>
          )}
          {server.state === 'unknown' && 'not asked yet'}
          {server.state === 'away' && (
            <>
              away since <RelativeTime date={server.since} />; next try <RelativeTime date={server.nextTry} />
            </>
          )}
        </span>
      </span>
      {server.message && <span className="pl-3.5 text-pretty text-bad">{server.message}</span>}
    </li>
  )
}

export function Code({ children }: { children: ReactNode }) {
  return <code className="rounded-sm bg-raised px-1 font-mono text-sm break-all">{children}</code>
}
