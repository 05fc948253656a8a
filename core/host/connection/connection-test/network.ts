import { lookup } from 'node:dns/promises'
import { readFile } from 'node:fs/promises'
import { connect as connectPlain, isIP, type Socket } from 'node:net'
import { connect as connectTls, type TLSSocket } from 'node:tls'
import { failed, type Finding, ok, warning } from './steps'

/** Where a server listens: a name and a port, or a Unix socket. */
export interface Address {
  host: string
  port: number
  socket: string | null
}

/** Finds the addresses of a name. IPv6 alone is what many networks can't reach. */
export async function lookUp(host: string): Promise<Finding> {
  if (isIP(host.replace(/^\[|\]$/g, ''))) return ok(`${host} is an address already.`)
  try {
    const found = await lookup(host, { all: true })
    const addresses = found.map(({ address }) => address).join(', ')
    return ok(`${host} is ${addresses}.`)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'EAI_AGAIN') {
      return failed(
        'The name service does not answer.',
        "Check this machine's network; the name itself may be right.",
      )
    }
    return failed(
      `Nobody knows the name ${host}.`,
      'Check it for typing mistakes. The name of a Supabase project that was paused long ago, or deleted, goes too.',
    )
  }
}

/** Opens a connection and gives it; the signal closes it. */
export function open({ host, port, socket }: Address, signal: AbortSignal): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const connection = socket ? connectPlain(socketPath(socket, port)) : connectPlain(port, unbracketed(host))
    signal.addEventListener('abort', () => connection.destroy(), { once: true })
    connection.once('connect', () => resolve(connection))
    connection.once('error', reject)
    connection.once('close', () => reject(new Error('The connection was closed.')))
  })
}

function socketPath(folder: string, port: number): string {
  return `${folder}/.s.PGSQL.${port}`
}

const unbracketed = (host: string) => host.replace(/^\[|\]$/g, '')

/** Whether anybody answers there. */
export async function reach(address: Address, signal: AbortSignal): Promise<Finding> {
  try {
    const connection = await open(address, signal)
    const peer = connection.remoteAddress
    connection.destroy()
    return ok(peer ? `${peer}, port ${address.port}, answers.` : 'The socket answers.')
  } catch (error) {
    return unreachable(error, address)
  }
}

function unreachable(error: unknown, { host, port, socket }: Address): Finding {
  const { code } = codeAndErrors(error)
  if (code === 'ECONNREFUSED' || code === 'ENOENT') {
    return failed(
      `Nothing listens at ${socket ?? `${host}, port ${port}`}.`,
      'Check host and port, and whether the server runs. Supabase’s session pooler listens on 5432.',
    )
  }
  if (code === 'ENETUNREACH' || code === 'EHOSTUNREACH' || code === 'EADDRNOTAVAIL') {
    return failed(
      `There is no way from here to ${host}.`,
      'Supabase’s direct connection needs IPv6, which this network lacks: take the session pooler’s URL (Connect › Session pooler).',
    )
  }
  return failed(
    `${host}, port ${port}, could not be reached: ${error instanceof Error ? error.message : String(error)}`,
    'Check the address, and firewalls in between.',
  )
}

/** A name with several addresses fails with an error for each. */
function codeAndErrors(error: unknown): { code: string } {
  const errors = error instanceof AggregateError ? (error.errors as NodeJS.ErrnoException[]) : []
  const codes = [error as NodeJS.ErrnoException, ...errors].map(({ code }) => code ?? '')
  const telling = ['ECONNREFUSED', 'ENETUNREACH', 'EHOSTUNREACH', 'EADDRNOTAVAIL']
  return { code: telling.find((code) => codes.includes(code)) ?? codes[0] ?? '' }
}

/** Asks for TLS as PostgreSQL's clients do: the one byte of the answer tells a PostgreSQL from anything else. */
export async function askForTls(
  address: Address,
  signal: AbortSignal,
): Promise<{ answer: 'S' | 'N'; connection: Socket } | { answer: 'other'; text: string }> {
  const connection = await open(address, signal)
  const request = Buffer.alloc(8)
  request.writeInt32BE(8, 0)
  request.writeInt32BE(80877103, 4)
  const first = await new Promise<Buffer>((resolve, reject) => {
    connection.once('data', resolve)
    connection.once('close', () => resolve(Buffer.alloc(0)))
    connection.once('error', reject)
    connection.write(request)
  })
  const text = first.toString('latin1')
  if (text === 'S' || text === 'N') return { answer: text, connection }
  connection.destroy()
  return { answer: 'other', text }
}

/** `sslmode` as libpq understands it. */
export type SslMode = 'disable' | 'allow' | 'prefer' | 'require' | 'verify-ca' | 'verify-full'

interface Certificates {
  mode: SslMode
  /** The file of the authority to trust in place of the system's. */
  rootFile: string | null
}

/** Encrypts a connection on which the server has said that it can, and judges its certificate as `sslmode` asks. */
export async function encrypt(
  connection: Socket,
  host: string,
  { mode, rootFile }: Certificates,
  signal: AbortSignal,
): Promise<Finding> {
  const root = rootFile === null ? undefined : await readRoot(rootFile)
  if (root && 'state' in root) return root
  const secure = connectTls({
    socket: connection,
    // Whom the certificate must name; without it Node would take any server for localhost.
    host: unbracketed(host),
    ...(isIP(unbracketed(host)) ? {} : { servername: host }),
    rejectUnauthorized: false,
    ...(root ? { ca: root.pem } : {}),
  })
  signal.addEventListener('abort', () => secure.destroy(), { once: true })
  await new Promise<void>((resolve, reject) => {
    secure.once('secureConnect', resolve)
    secure.once('error', reject)
  })
  const finding = judge(secure, mode)
  secure.destroy()
  return finding
}

async function readRoot(file: string): Promise<{ pem: string } | Finding> {
  try {
    return { pem: await readFile(file, 'utf8') }
  } catch {
    return failed(`The file ${file}, which sslrootcert names, can’t be read.`, 'Check the path in the URL.')
  }
}

function judge(secure: TLSSocket, mode: SslMode): Finding {
  const version = secure.getProtocol() ?? 'TLS'
  // A code, whatever the type says; null where all is well.
  const code = secure.authorizationError as unknown as string | null
  if (!code) return ok(`${version}, with a certificate that this machine trusts.`)
  const checks = mode === 'verify-full' || mode === 'verify-ca'
  // The name is what verify-ca leaves out.
  if (!checks || (mode === 'verify-ca' && code === 'ERR_TLS_CERT_ALTNAME_INVALID')) {
    return ok(`${version}. sslmode=${mode} does not ask whose certificate it is.`)
  }
  return certificateProblem(code, secure)
}

/** What is wrong with a certificate, and what to do. */
export function certificateProblem(code: string, secure: TLSSocket | null): Finding {
  const certificate = secure?.getPeerCertificate()
  if (code === 'CERT_HAS_EXPIRED') {
    return failed(
      `Its certificate has expired${certificate ? ` (${certificate.valid_to})` : ''}.`,
      'Have it renewed on the server; check that this machine’s clock is right.',
    )
  }
  if (code === 'CERT_NOT_YET_VALID') {
    return failed('Its certificate is not valid yet.', 'Check that this machine’s clock is right.')
  }
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    const names = certificate?.subjectaltname ?? certificate?.subject.CN ?? 'another name'
    return failed(
      `Its certificate is for another name: ${String(names)}.`,
      'Write the host as the certificate names it, or have a certificate made for this one.',
    )
  }
  if (code === 'DEPTH_ZERO_SELF_SIGNED_CERT') {
    return failed(
      'Its certificate is signed by itself.',
      'Give that very certificate as a file with sslrootcert=, or write sslmode=require, which encrypts without asking whose it is.',
    )
  }
  return failed(
    `Its certificate comes from an authority that this machine does not know (${code}).`,
    'Give the authority’s certificate as a file with sslrootcert= (Supabase: Database settings › SSL), or write sslmode=require.',
  )
}

/** What speaks there, when it is no PostgreSQL. */
export function describeStranger(text: string): Finding {
  if (text.startsWith('HTTP/') || /^<|^\{/.test(text)) {
    return failed(
      'A web server answers there, no PostgreSQL.',
      'The project’s URL goes into the other field; the database’s begins with postgresql://.',
    )
  }
  return failed(
    text === ''
      ? 'It hung up at once: no PostgreSQL speaks like that.'
      : 'What answers there is no PostgreSQL.',
    'Check the port: PostgreSQL listens on 5432, Supabase’s poolers on 5432 and 6543.',
  )
}

/** What can be said of a connection that stays unencrypted. */
export function unencrypted(mode: SslMode, isLocal: boolean): Finding {
  if (isLocal) return ok('Not encrypted; it does not leave this machine.')
  if (mode === 'disable') {
    return warning(
      'Not encrypted: whoever is in between can read and change everything.',
      'Take sslmode=disable out of the URL unless you trust the whole network in between.',
    )
  }
  return failed(
    'The server does not speak TLS, and the URL demands it.',
    'Switch it on there, or write sslmode=disable if you trust the network in between.',
  )
}
