import { SemblanceError } from '../model/errors'

/** Codes of Node's network errors that mean that the database can't be reached. */
const networkCodes = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'EHOSTDOWN',
  'ENETUNREACH',
])

/** SQLSTATEs of a server that is going, coming or full: class 08, 57P01 to 57P05, too_many_connections. */
const serverCodes = /^(08...|57P0[1-5]|53300)$/

/** What pg and its pool say without a code. */
const messages =
  /^(Connection terminated|timeout expired|timeout exceeded when trying to connect|Client has encountered a connection error)/

/** Whether the database is away, as opposed to having refused what was asked: trying again later may help. */
export function isOutage(error: unknown): boolean {
  if (error instanceof SemblanceError) return error.code === 'UNAVAILABLE'
  if (!(error instanceof Error)) return false
  const code = 'code' in error && typeof error.code === 'string' ? error.code : ''
  return networkCodes.has(code) || serverCodes.test(code) || messages.test(error.message)
}
