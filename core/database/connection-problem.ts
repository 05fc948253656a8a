import { SemblanceError } from '../model/errors'

const tlsCodes = new Set([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'CERT_HAS_EXPIRED',
  'ERR_TLS_CERT_ALTNAME_INVALID',
])

/** A sentence for each way that a connection fails, in the order in which they are looked for. */
const problems: [test: (code: string, message: string) => boolean, sentence: string][] = [
  [
    (code) => code === 'ENOTFOUND' || code === 'EAI_AGAIN',
    "its name is not known. Check the host in the URL and this machine's network.",
  ],
  [
    (code) => code === 'ECONNREFUSED' || code === 'ENOENT',
    'nothing answers at that address. Check host and port, and whether the server runs.',
  ],
  [
    (code, message) => code === 'ETIMEDOUT' || /timeout/.test(message),
    'no answer in time. Check the address, firewalls, and whether the project is paused.',
  ],
  [
    (code) => code === 'EHOSTUNREACH' || code === 'ENETUNREACH',
    "there is no way to that address. Supabase's direct connection needs IPv6; its session pooler does not.",
  ],
  [
    (code, message) => tlsCodes.has(code) || /certificate/.test(message),
    "its certificate is not trusted. Give the authority's file with sslrootcert=, or use sslmode=require.",
  ],
  [
    (_code, message) => /does not support SSL/.test(message),
    'it does not speak TLS. Add sslmode=disable to the URL if the network in between is trusted.',
  ],
  [
    (code) => code === '28P01' || code === '28000',
    'it refused the user or the password. Check both in the URL (special characters percent-encoded).',
  ],
  [
    (_code, message) => /password must be a string|no password supplied/i.test(message),
    'it wants a password, and the URL has none.',
  ],
  [
    (code) => code === '3D000',
    'there is no such database. Create it, or correct the name at the end of the URL.',
  ],
  [(code) => code === '53300', 'it has no connection left. Close other clients or raise its limit.'],
  [(code) => code === '57P03', 'it is starting up. Try again in a moment.'],
]

/**
 * What is wrong with a connection, as a person can mend it.
 *
 * @param location host and database name, without a password
 */
export function connectionProblem(error: unknown, location: string): SemblanceError {
  const code = (error as NodeJS.ErrnoException).code ?? ''
  const message = error instanceof Error ? error.message : String(error)
  const known = problems.find(([test]) => test(code, message))
  const sentence = known?.[1] ?? message
  return new SemblanceError(
    'UNAVAILABLE',
    `The database ${location} can't be reached: ${sentence}`,
    { location, code },
    { cause: error },
  )
}
