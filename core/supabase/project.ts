/** A Supabase project as the host is told of it. */
export interface ProjectAccess {
  url: string
  publishableKey: string
  secretKey: string | null
}

/**
 * How a project answers. `away` may pass by itself; the others are the configuration's fault.
 */
export type ProjectFinding =
  | {
      kind: 'ok'
      /** Somebody who has an account there, where the secret key could ask; null where nobody has. */
      userId?: string | null
    }
  | { kind: 'away'; message: string; /** It is Storage alone that is away. */ hasAuth?: boolean }
  | { kind: 'no_project' | 'wrong_key' | 'wrong_secret_key'; message: string }

/** Whether nobody is there who could renew a session: neither Auth nor anything that speaks like it. */
export function lacksAuth(finding: ProjectFinding): boolean {
  return finding.kind === 'no_project' || (finding.kind === 'away' && finding.hasAuth !== true)
}

const timeoutMs = 8000

/**
 * Asks a project's Auth and Storage whether they are there and know the keys. Changes nothing.
 * @param signal ends it early, as `away`
 */
export async function probeProject(access: ProjectAccess, signal?: AbortSignal): Promise<ProjectFinding> {
  const { url, publishableKey, secretKey } = access
  const ask = createAsk(url, signal)
  try {
    const auth = await ask('/auth/v1/settings', publishableKey)
    // Auth tells its settings to whoever has a key; some gateways look at the key only where it matters.
    const user = await ask('/auth/v1/user', publishableKey)
    const finding = judgeAuth(url, auth, user)
    if (finding) return finding
    const storage = await ask('/storage/v1/status', publishableKey)
    if (storage.status >= 500) {
      return { kind: 'away', message: outOfOrder(url, 'Storage', storage.status), hasAuth: true }
    }
    return secretKey === null ? { kind: 'ok' } : await judgeSecretKey(url, secretKey, ask)
  } catch (error) {
    return { kind: 'away', message: `Supabase at ${url} can't be reached: ${networkProblem(error)}` }
  }
}

interface Answer {
  status: number
  body: Record<string, unknown>
}

type Ask = (path: string, key: string, bearer?: string) => Promise<Answer>

function createAsk(url: string, signal: AbortSignal | undefined): Ask {
  return async (path, key, bearer) => {
    const timeout = AbortSignal.timeout(timeoutMs)
    const response = await fetch(url + path, {
      headers: { apikey: key, ...(bearer ? { authorization: `Bearer ${bearer}` } : {}) },
      signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
      redirect: 'manual',
    })
    const text = await response.text()
    return { status: response.status, body: readObject(text) }
  }
}

function judgeAuth(url: string, settings: Answer, user: Answer): ProjectFinding | null {
  const worst = [settings, user].find(({ status }) => status >= 500)
  if (worst) return { kind: 'away', message: outOfOrder(url, 'Auth', worst.status) }
  if ([settings, user].some(refusesKey)) {
    return {
      kind: 'wrong_key',
      message: `The project at ${url} does not know the publishable key (SEMBLANCE_SUPABASE_KEY). Copy it again from the project's settings, under API Keys.`,
    }
  }
  if (settings.status !== 200 || typeof settings.body['external'] !== 'object') {
    return {
      kind: 'no_project',
      message: `What answers at ${url} is no Supabase project (HTTP ${settings.status} at /auth/v1/settings). Check the URL (SEMBLANCE_SUPABASE_URL).`,
    }
  }
  return null
}

async function judgeSecretKey(url: string, secretKey: string, ask: Ask): Promise<ProjectFinding> {
  const { status, body } = await ask('/auth/v1/admin/users?page=1&per_page=1', secretKey, secretKey)
  if (status >= 500) return { kind: 'away', message: outOfOrder(url, 'Auth', status) }
  if (status !== 200) {
    return {
      kind: 'wrong_secret_key',
      message: `The project at ${url} does not take the secret key (SEMBLANCE_SUPABASE_SECRET_KEY). Copy it again from the project's settings, under API Keys.`,
    }
  }
  const [user] = Array.isArray(body['users']) ? (body['users'] as { id?: unknown }[]) : []
  return { kind: 'ok', userId: typeof user?.id === 'string' ? user.id : null }
}

/** Without a session Auth refuses as well, but not because of the key. */
function refusesKey({ status, body }: Answer): boolean {
  if (status !== 401 && status !== 403) return false
  const words = [body['code'], body['error_code'], body['message'], body['msg']].map(String).join(' ')
  return /api[_ ]?key/i.test(words)
}

function outOfOrder(url: string, service: string, status: number): string {
  return `${service} of the Supabase project at ${url} is out of order (HTTP ${status}). If it stays so, see whether the project is paused.`
}

const networkProblems: Record<string, string> = {
  ENOTFOUND: "its name is not known. Check the URL and this machine's network.",
  EAI_AGAIN: "its name could not be looked up. Check this machine's network.",
  ECONNREFUSED: 'nothing answers there. Check the URL, and whether it runs.',
  CERT_HAS_EXPIRED: 'its certificate has expired.',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is not trusted.',
  SELF_SIGNED_CERT_IN_CHAIN: 'its certificate is not trusted.',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its certificate is not trusted.',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is one of another name.',
}

/** What kept an answer away, for a person. */
function networkProblem(error: unknown): string {
  if (error instanceof Error && error.name === 'TimeoutError')
    return `no answer within ${timeoutMs / 1000} s.`
  // fetch wraps what the network said.
  const { cause } = error as { cause?: { code?: string; message?: string } }
  if (cause?.message === 'bad port') {
    return 'nothing may be asked at that port: fetch refuses those of other protocols (https://fetch.spec.whatwg.org/#port-blocking). Give the project another port.'
  }
  return (
    networkProblems[cause?.code ?? ''] ??
    cause?.message ??
    (error instanceof Error ? error.message : String(error))
  )
}

function readObject(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
  } catch {
    return {}
  }
}
