import { ORPCError } from '@orpc/server'
import { pino } from 'pino'
import { describe, expect, test } from 'vitest'
import { SemblanceError } from '../model/errors'
import { toClientError } from './failures'

function answerTo(error: unknown) {
  const lines: string[] = []
  const log = pino({ level: 'debug' }, { write: (line: string) => void lines.push(line) })
  return { answer: toClientError(error, log, 'jobs.list').toJSON(), logged: lines.join('') }
}
const withCode = (message: string, code: string) => Object.assign(new Error(message), { code })

describe('what a client is told', () => {
  test('an error of ours keeps code, status, sentence and data', () => {
    const { answer, logged } = answerTo(new SemblanceError('CONFLICT', 'Known already.', { face_id: 'f' }))
    expect(answer).toMatchObject({
      code: 'CONFLICT',
      status: 409,
      message: 'Known already.',
      data: { face_id: 'f' },
    })
    expect(logged).toBe('')
  })

  test.each([
    withCode('connect ECONNREFUSED 10.0.0.7:5432', 'ECONNREFUSED'),
    withCode('terminating connection due to administrator command', '57P01'),
  ])('an outage says to try again: $message', (error) => {
    const { answer, logged } = answerTo(error)
    expect(answer).toMatchObject({ code: 'UNAVAILABLE', status: 503 })
    expect(answer.message).toMatch(/Try again/)
    expect(logged).toContain(error.message)
  })

  test('what row-level security refuses is FORBIDDEN', () => {
    const { answer } = answerTo(
      withCode('new row violates row-level security policy for table "faces"', '42501'),
    )
    expect(answer).toMatchObject({ code: 'FORBIDDEN', status: 403, message: 'You may not do this.' })
  })

  test.each(['22021', '22P05'])('text that the database can’t hold is the caller’s to mend: %s', (code) => {
    const { answer, logged } = answerTo(withCode('invalid byte sequence for encoding "UTF8": 0x00', code))
    expect(answer).toMatchObject({ code: 'BAD_REQUEST', status: 400 })
    expect(logged).toBe('')
  })

  test.each([
    new Error('secret detail'),
    withCode('secret detail', '42P01'),
    new ORPCError('INTERNAL_SERVER_ERROR', { message: 'secret detail', data: { secret: 'detail' } }),
    'secret detail',
  ])('anything else stays in the log', (error) => {
    const { answer, logged } = answerTo(error)
    expect(answer).toMatchObject({ code: 'INTERNAL_SERVER_ERROR', status: 500 })
    expect(JSON.stringify(answer)).not.toContain('secret')
    expect(logged).toContain('secret detail')
    expect(logged).toContain('jobs.list')
  })
})
