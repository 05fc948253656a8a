import { ORPCError } from '@orpc/client'
import { isAuthError, isAuthRetryableFetchError } from '@supabase/supabase-js'
import { type ErrorCode, errorCodes } from '../../core/model/errors'

/** The host did not answer: it is not running, or it is being restarted. */
export class HostAwayError extends Error {
  override readonly name = 'HostAwayError'
  constructor() {
    super('The host does not answer.')
  }
}

const hostAway =
  'The Semblance host does not answer. It is tried again by itself; if it was closed, start it again.'
const hostFailed = 'Something went wrong in the host. Its log in the terminal says what. Try again.'

const authMessages: Record<string, string> = {
  invalid_credentials: 'E-mail or password is wrong.',
  email_not_confirmed: 'This e-mail address is not confirmed yet.',
  over_request_rate_limit: 'Too many attempts. Wait a minute, then try again.',
  user_banned: 'This account is suspended.',
  user_already_exists: 'There is an account with this address already. Sign in instead.',
  email_address_not_authorized:
    'Only addresses that end in .edu may sign up. Use the address that your school gave you.',
  mfa_verification_failed:
    'This code is not right. A code works once and for half a minute: wait for the next one. If that fails too, check the clock of your phone.',
  mfa_challenge_expired: 'That took too long. Enter the code that the app shows now.',
  mfa_factor_not_found: 'This second factor has been removed. Reload the page.',
  too_many_enrolled_mfa_factors: 'You have as many second factors as there may be. Remove one first.',
  insufficient_aal: 'Sign out, then sign in again with your code.',
}

/** What Supabase says where a rule of the database has refused an account: its words name no rule. */
const accountRefused = /^Database error (saving new user|updating user)/
const accountRefusedMessage =
  'The database has refused this account. Here, only addresses that end in .edu may be allowed to sign up.'

/** The code of our closed list that an error carries, if it does. */
export function errorCode(error: unknown): ErrorCode | undefined {
  if (!(error instanceof ORPCError)) return undefined
  return error.code in errorCodes ? (error.code as ErrorCode) : undefined
}

/** Whether the host would have done it for this person, had they signed in with a second factor. */
export function lacksSecondFactor(error: unknown): boolean {
  if (errorCode(error) !== 'FORBIDDEN') return false
  const { data } = error as ORPCError<string, unknown>
  return typeof data === 'object' && data !== null && 'reason' in data && data.reason === 'second_factor'
}

/** Whether another sign-in would not help: host and session speak of two projects. The message says what would. */
export function isOfOtherProject(error: unknown): boolean {
  if (errorCode(error) !== 'UNAUTHORIZED') return false
  const { data } = error as ORPCError<string, unknown>
  return typeof data === 'object' && data !== null && 'reason' in data && data.reason === 'other_project'
}

/** Whether nobody answered, as opposed to a refusal. */
export function isHostAway(error: unknown): boolean {
  if (error instanceof ORPCError) return error.status === 502 || error.status === 504
  if (isAuthRetryableFetchError(error)) return true
  if (!(error instanceof Error)) return false
  if (error.name === 'HostAwayError' || error.name === 'AbortError') return true
  // fetch has no error class of its own: every network loss is a TypeError, worded by the browser.
  return error instanceof TypeError && /fetch|network|load failed/i.test(error.message)
}

/** What went wrong, for a person: what happened and what to do. Never a stack or a server's inner text. */
export function describeError(error: unknown): string {
  if (isHostAway(error)) return hostAway
  if (error instanceof ORPCError) {
    if (error.code === 'UNAUTHORIZED' && !isOfOtherProject(error))
      return 'Your session has ended. Sign in again.'
    if (errorCode(error) !== undefined) return describeIssues(error.data) ?? error.message
    return hostFailed
  }
  if (isAuthError(error)) {
    if (accountRefused.test(error.message)) return accountRefusedMessage
    return authMessages[error.code ?? ''] ?? error.message
  }
  if (error instanceof Error && error.message !== '') return error.message
  return hostFailed
}

/** A sentence about what is tried again without anybody's doing, which says so once. */
export function triedAgain(message: string): string {
  return /tried again/.test(message) ? message : `${message} It is tried again by itself.`
}

/** The first thing that the host found wrong with what was sent (`BAD_REQUEST` of the contract's schema). */
function describeIssues(data: unknown): string | undefined {
  if (typeof data !== 'object' || data === null || !('issues' in data) || !Array.isArray(data.issues))
    return undefined
  const [issue] = data.issues as { message?: unknown }[]
  return typeof issue?.message === 'string' ? issue.message : undefined
}

/** Whether asking the same again may help. */
export function isWorthRetrying(error: unknown): boolean {
  return errorCode(error) === undefined || errorCode(error) === 'UNAVAILABLE'
}
