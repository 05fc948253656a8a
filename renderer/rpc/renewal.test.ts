import { describe, expect, it } from 'vitest'
import { createRenewal } from './renewal'

const renewing = 'https://school.example/auth/v1/token?grant_type=refresh_token'

/** Auth, which is away until it is let back. */
function outage() {
  const asked: string[] = []
  let isAway = true
  return {
    asked,
    end: () => (isAway = false),
    send: ((input: string) => {
      asked.push(input)
      return isAway ? Promise.reject(new TypeError('Failed to fetch')) : Promise.resolve(new Response('{}'))
    }) as typeof fetch,
  }
}

describe('the renewal of a session', () => {
  it('waits while nobody answers, and goes on at once when somebody asks', async () => {
    const { send, end, asked } = outage()
    const renewal = createRenewal(send)
    const answer = renewal.fetch(renewing)
    await renewal.unanswered()
    await renewal.tryNow()
    expect(asked.length).toBeGreaterThan(1)
    end()
    void renewal.tryNow()
    expect((await answer).status).toBe(200)
  })

  it('takes an error of Auth for no answer', async () => {
    const answers = [new Response('', { status: 503 }), new Response('{}')]
    const renewal = createRenewal(() => Promise.resolve(answers.shift() ?? Response.error()))
    const answer = renewal.fetch(renewing)
    await renewal.unanswered()
    void renewal.tryNow()
    expect((await answer).status).toBe(200)
  })

  it('is given up with a word that ends the session', async () => {
    const renewal = createRenewal(outage().send)
    const answer = renewal.fetch(renewing)
    await renewal.unanswered()
    renewal.giveUp()
    expect((await answer).status).toBe(400)
  })

  it('concerns nothing but renewals', async () => {
    const renewal = createRenewal(outage().send)
    await expect(renewal.fetch('https://school.example/storage/v1/object/a')).rejects.toThrow(
      'Failed to fetch',
    )
  })
})
