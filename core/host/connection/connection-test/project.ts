import { decodeProtectedHeader, jwtVerify } from 'jose'
import WebSocket from 'ws'
import { type ProjectFinding, probeProject } from '../../../supabase/project'
import type { SupabaseConfig } from '../connection-config'
import { certificateProblem } from './network'
import { failed, type Finding, ok, type Step, warning } from './steps'

/** What the project answered. */
export interface Answer {
  status: number
  body: unknown
}

/** Asks the project with a key; follows no redirect, which would carry the key elsewhere. */
export async function ask(
  { url, key, signal }: { url: string; key: string; signal: AbortSignal },
  path: string,
): Promise<Answer> {
  const headers: Record<string, string> = { apikey: key }
  // Auth's admin routes look at the bearer alone; the newer publishable keys are no bearer tokens.
  if (!key.startsWith('sb_publishable_')) headers.authorization = `Bearer ${key}`
  const response = await fetch(url + path, { headers, signal, redirect: 'manual' })
  const text = await response.text()
  try {
    return { status: response.status, body: JSON.parse(text) as unknown }
  } catch {
    return { status: response.status, body: null }
  }
}

/** The steps of a Supabase project: its address, its keys, its services. Changes nothing there. */
export function projectSteps(project: SupabaseConfig): Step[] {
  const { secretKey } = project
  let probed: Promise<ProjectFinding> | null = null
  const probe = (signal: AbortSignal) => (probed ??= probeProject(project, signal))
  const common = { part: 'project', field: 'supabaseUrl' } as const
  const after = ['project-reach']
  return [
    {
      ...{ ...common, id: 'project-reach', name: 'Address' },
      look: (signal) => reachProject(project, signal),
    },
    {
      ...{ ...common, id: 'project-key', name: 'Publishable key', field: 'publishableKey', needs: after },
      look: (signal) => checkKey(probe(signal)),
    },
    {
      ...{ ...common, id: 'project-tokens', name: 'Sign-in keys', field: 'jwtSecret', needs: after },
      look: (signal) => checkTokens(project, signal),
    },
    {
      ...{ ...common, id: 'project-secret', name: 'Secret key', field: 'secretKey', needs: after },
      look: (signal) => checkSecret(probe(signal), secretKey !== null),
    },
    {
      ...{ ...common, id: 'project-realtime', name: 'Realtime', needs: ['project-key'] },
      look: (signal) => openRealtime(project, signal),
    },
  ]
}

async function reachProject({ url, publishableKey }: SupabaseConfig, signal: AbortSignal): Promise<Finding> {
  let answer: Answer
  try {
    answer = await ask({ url, key: publishableKey, signal }, '/auth/v1/health')
  } catch (error) {
    return noAnswer(error, url)
  }
  const { status, body } = answer
  if (isObject(body) && body.name === 'GoTrue') return ok(`${new URL(url).host} is a Supabase project.`)
  if (status === 540 || (isObject(body) && /paused/i.test(JSON.stringify(body)))) {
    return failed('The project is paused.', 'Restore it in its dashboard; that takes some minutes.')
  }
  // A gateway that refuses the key has not said whose it is, but speaks as Supabase's does.
  if (status === 401 && isObject(body) && /api key/i.test(JSON.stringify(body))) {
    return ok(`${new URL(url).host} answers as a Supabase project.`)
  }
  if (status >= 500) {
    return failed(
      `The project answers with an error (${status}).`,
      'Look at its dashboard, and try again in a moment.',
    )
  }
  return failed(
    `Something answers at ${new URL(url).host} (${status}), but it is no Supabase project.`,
    'Copy the project’s URL from its dashboard: Connect, or Project settings › Data API.',
  )
}

/** fetch keeps what went wrong in the cause of its error. */
function noAnswer(error: unknown, url: string): Finding {
  const { host } = new URL(url)
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
  const { code = '', message } = cause as NodeJS.ErrnoException
  if (code === 'ENOTFOUND') {
    return failed(
      `Nobody knows the name ${host}.`,
      'Check it for typing mistakes. The name of a project that was deleted, or paused long ago, goes too.',
    )
  }
  if (code === 'EAI_AGAIN')
    return failed('The name service does not answer.', "Check this machine's network.")
  if (code === 'ECONNREFUSED') {
    return failed(`Nothing listens at ${host}.`, 'Check the address, and whether the project runs.')
  }
  if (/^CERT_|SELF_SIGNED|UNABLE_TO_|ALTNAME|_CERT$/.test(code)) {
    const finding = certificateProblem(code, null)
    return {
      ...finding,
      remedy:
        'Have a certificate made that is trusted, or set NODE_EXTRA_CA_CERTS to the file of its authority.',
    }
  }
  if (/wrong version number|EPROTO|packet length/.test(code + message)) {
    return failed(
      `${host} does not speak TLS.`,
      'Check the port; on this machine alone the URL may begin with http://.',
    )
  }
  if (message === 'bad port') {
    return failed(
      `Nothing may be asked at ${host}: the port is kept for another protocol.`,
      'Check the port, or give the project another one.',
    )
  }
  return failed(`${host} could not be asked: ${message}`, 'Check the address, and firewalls in between.')
}

async function checkKey(probe: Promise<ProjectFinding>): Promise<Finding> {
  const finding = await probe
  if (finding.kind === 'wrong_key') return refusedKey('publishable')
  return finding.kind === 'away'
    ? failed(finding.message, 'Try again in a moment.')
    : ok('The project takes it.')
}

async function checkSecret(probe: Promise<ProjectFinding>, isGiven: boolean): Promise<Finding> {
  if (!isGiven) {
    return warning(
      'None is given: this host works on no jobs, makes no accounts, and signs photos’ addresses as whoever looks at them.',
      'For a host that analyses faces, give the project’s secret key (API keys › sb_secret_…).',
    )
  }
  const finding = await probe
  if (finding.kind === 'ok') return ok('The project takes it, for accounts and photos.')
  return finding.kind === 'wrong_secret_key'
    ? refusedKey('secret')
    : failed(finding.message, 'Mend what is wrong above first.')
}

function refusedKey(kind: 'publishable' | 'secret'): Finding {
  return failed(
    'The project refuses this key.',
    `Copy the ${kind} key again (API keys): it may belong to another project, or have been replaced.`,
  )
}

/** How the project signs its tokens, and whether this host could verify them. */
async function checkTokens(
  { url, publishableKey, jwtSecret }: SupabaseConfig,
  signal: AbortSignal,
): Promise<Finding> {
  const { status, body } = await ask({ url, key: publishableKey, signal }, '/auth/v1/.well-known/jwks.json')
  const keys =
    isObject(body) && Array.isArray(body.keys) ? (body.keys as { alg?: string; kty?: string }[]) : []
  const issuer = await checkIssuer(url, publishableKey, signal)
  if (issuer) return issuer
  const wrong = jwtSecret === null ? null : await checkSharedSecret(publishableKey, jwtSecret)
  if (wrong) return wrong
  if (keys.length > 0) {
    const kinds = [...new Set(keys.map(({ alg, kty }) => alg ?? kty))].join(', ')
    return ok(
      `Tokens are verified with the project’s public ${keys.length === 1 ? 'key' : 'keys'} (${kinds}).`,
    )
  }
  if (jwtSecret !== null) return ok('Tokens are verified with the shared secret (HS256).')
  return failed(
    status === 200
      ? 'The project signs its tokens with a shared secret, and none is given.'
      : `The project’s public keys can’t be read (${status}), and no shared secret is given.`,
    'Better: move the project to signing keys (JWT keys › Migrate). Else give its legacy JWT secret.',
  )
}

/** Tokens name their issuer; behind another name than the project's own they would all be refused. */
async function checkIssuer(url: string, key: string, signal: AbortSignal): Promise<Finding | null> {
  const { status, body } = await ask({ url, key, signal }, '/auth/v1/.well-known/openid-configuration')
  if (status !== 200 || !isObject(body) || typeof body.issuer !== 'string') return null
  if (body.issuer === `${url}/auth/v1`) return null
  return failed(
    `The project’s tokens name ${body.issuer} as their issuer.`,
    `Write the URL as the project names itself: ${body.issuer.replace(/\/auth\/v1\/?$/, '')}`,
    'supabaseUrl',
  )
}

/** The older anon key is a token of the shared secret: whether they belong together shows without asking anybody. */
async function checkSharedSecret(key: string, secret: string): Promise<Finding | null> {
  if (!key.startsWith('ey') || decodeProtectedHeader(key).alg !== 'HS256') return null
  try {
    await jwtVerify(
      key,
      new TextEncoder().encode(secret), // Whether it has expired is another question.
      {
        currentDate: new Date(0),
      },
    )
    return null
  } catch {
    return failed(
      'This secret did not sign the publishable key: it belongs to another project, or was replaced.',
      'Copy it again: JWT keys › Legacy JWT secret.',
    )
  }
}

function openRealtime({ url, publishableKey }: SupabaseConfig, signal: AbortSignal): Promise<Finding> {
  const address = `${url.replace(/^http/, 'ws')}/realtime/v1/websocket?apikey=${encodeURIComponent(publishableKey)}&vsn=1.0.0`
  return new Promise((resolve) => {
    const socket = new WebSocket(address)
    const end = (finding: Finding) => {
      socket.terminate()
      resolve(finding)
    }
    signal.addEventListener('abort', () => socket.terminate(), { once: true })
    socket.once('open', () => end(ok('It can be reached.')))
    socket.once('error', (error) =>
      end(
        warning(
          `It can’t be reached (${error.message}).`,
          'Presence is not shown, and without LISTEN changes come some seconds later. A proxy in between may not let WebSockets through.',
        ),
      ),
    )
  })
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
