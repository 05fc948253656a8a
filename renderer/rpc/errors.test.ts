import { ORPCError } from '@orpc/client'
import { AuthApiError, AuthRetryableFetchError } from '@supabase/supabase-js'
import { describe, expect, it } from 'vitest'
import {
  describeError,
  errorCode,
  HostAwayError,
  isHostAway,
  isWorthRetrying,
  lacksSecondFactor,
  triedAgain,
} from './errors'
import { ProjectAwayError } from './project-away'

const conflict = new ORPCError('CONFLICT', { status: 409, message: 'This photo is known already.' })
const crash = new ORPCError('INTERNAL_SERVER_ERROR', {
  status: 500,
  message: 'relation "faces" does not exist',
})

describe('telling errors apart', () => {
  it('knows the codes of the closed list', () => {
    expect([errorCode(conflict), errorCode(crash), errorCode(new Error('x'))]).toEqual([
      'CONFLICT',
      undefined,
      undefined,
    ])
  })

  it('knows when nobody answered', () => {
    const away = [
      new TypeError('Failed to fetch'),
      new TypeError('NetworkError when attempting to fetch resource.'),
      new TypeError('Load failed'),
      new HostAwayError(),
      new AuthRetryableFetchError('fetch failed', 0),
    ]
    expect(away.map(isHostAway)).toEqual(away.map(() => true))
    const answered = [conflict, crash, new TypeError('x is not a function'), 'text', undefined]
    expect(answered.map(isHostAway)).toEqual(answered.map(() => false))
  })

  it('knows when a second factor would have changed the answer', () => {
    const forbidden = (data?: unknown) => new ORPCError('FORBIDDEN', { status: 403, message: 'No.', data })
    expect(lacksSecondFactor(forbidden({ reason: 'second_factor', needed: 'moderator' }))).toBe(true)
    const others = [forbidden(), forbidden(null), forbidden({ needed: 'admin' }), conflict, new Error('x')]
    expect(others.map(lacksSecondFactor)).toEqual(others.map(() => false))
  })

  it('does not ask again where the answer would be the same', () => {
    expect(isWorthRetrying(conflict)).toBe(false)
    expect(isWorthRetrying(new ORPCError('UNAVAILABLE', { status: 503 }))).toBe(true)
    expect(isWorthRetrying(new TypeError('Failed to fetch'))).toBe(true)
  })
})

describe('what a person reads', () => {
  it("is the host's own words for a refusal", () => {
    expect(describeError(conflict)).toBe('This photo is known already.')
  })

  it('is never the inner text of a crash', () => {
    expect(describeError(crash)).not.toContain('relation')
  })

  it('is the first issue of input that the contract refused', () => {
    const data = { issues: [{ message: 'Use at least 8 characters.', path: ['password'] }] }
    expect(describeError(new ORPCError('BAD_REQUEST', { status: 400, data }))).toBe(
      'Use at least 8 characters.',
    )
  })

  it('says why no other sign-in would help, where it is one of another project', () => {
    const error = (data?: unknown) =>
      new ORPCError('UNAUTHORIZED', { status: 401, message: 'One of another project.', data })
    expect(describeError(error({ reason: 'other_project' }))).toBe('One of another project.')
    expect(describeError(error())).toBe('Your session has ended. Sign in again.')
  })

  it('names the project where that is what does not answer', () => {
    expect(describeError(new ProjectAwayError('school.supabase.co'))).toContain('school.supabase.co')
  })

  it.each([
    ['mfa_verification_failed', 422, 'Invalid TOTP code entered', /not right.*next one/],
    ['email_address_not_authorized', 422, 'whatever', /end in \.edu/],
    ['unexpected_failure', 500, 'Database error saving new user', /refused this account.*\.edu/],
    ['something_new', 400, 'As the service says it', /^As the service says it$/],
  ])('of sign-in, %s, says what to do', (code, status, message, words) => {
    expect(describeError(new AuthApiError(message, status, code))).toMatch(words)
  })

  it('says what to do where the host is away', () => {
    expect(describeError(new TypeError('Failed to fetch'))).toContain('start it again')
  })

  it('does not tell whether the e-mail or the password was wrong', () => {
    const error = new AuthApiError('Invalid login credentials', 400, 'invalid_credentials')
    expect(describeError(error)).toBe('E-mail or password is wrong.')
  })
})

describe('what is tried again by itself', () => {
  it('is said once, also where the words say it already', () => {
    expect(triedAgain('This could not be read.')).toBe('This could not be read. It is tried again by itself.')
    for (const away of [new HostAwayError(), new ProjectAwayError('school.example')]) {
      expect(triedAgain(describeError(away)).match(/tried again/g)).toHaveLength(1)
    }
  })
})
