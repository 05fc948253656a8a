import { ORPCError } from '@orpc/client'
import { describe, expect, it } from 'vitest'
import { authorized, tokenHeaders, type Link } from './authorization'

/** A host that lets in one token alone, each time when it is asked or from some time on. */
function hostOf(valid: string, fromCall = 1) {
  const seen: unknown[] = []
  const link: Link = {
    call: (_path, _input, { context }) => {
      seen.push(tokenHeaders({ context }).authorization)
      if (context['token'] === valid && seen.length >= fromCall) return Promise.resolve('in')
      return Promise.reject(new ORPCError('UNAUTHORIZED'))
    },
  }
  return { link, seen }
}

const options = { context: {} }

describe('calls with a token', () => {
  it('go out once more with the next one where the first had ended', async () => {
    const { link, seen } = hostOf('new')
    let token = 'old'
    const renewed = (refused: string) => {
      token = 'new'
      return Promise.resolve(refused === 'old')
    }
    const calls = authorized(link, { getToken: () => Promise.resolve(token), renewed })
    expect(await calls.call(['jobs'], {}, options)).toBe('in')
    expect(seen).toEqual(['Bearer old', 'Bearer new'])
  })

  it('are refused where there is no other', async () => {
    const { link, seen } = hostOf('new')
    const tokens = { getToken: () => Promise.resolve('old'), renewed: () => Promise.resolve(false) }
    await expect(authorized(link, tokens).call(['jobs'], {}, options)).rejects.toMatchObject({
      code: 'UNAUTHORIZED',
    })
    expect(seen).toEqual(['Bearer old'])
  })

  describe('that nobody can renew', () => {
    const away = new Error('Supabase is away.')
    const tokens = { getToken: () => Promise.resolve('old'), renewed: () => Promise.reject(away) }

    it('go out once more with it: the host may have met the outage only now', async () => {
      const { link, seen } = hostOf('old', 2)
      expect(await authorized(link, tokens).call(['imports'], {}, options)).toBe('in')
      expect(seen).toEqual(['Bearer old', 'Bearer old'])
    })

    it('are not let in where the host refuses still, and say who is away', async () => {
      const { link, seen } = hostOf('new')
      await expect(authorized(link, tokens).call(['imports'], {}, options)).rejects.toBe(away)
      expect(seen).toEqual(['Bearer old', 'Bearer old'])
    })

    it('fail with what the host says the second time', async () => {
      const conflict = new ORPCError('CONFLICT')
      const answers = [new ORPCError('UNAUTHORIZED'), conflict]
      const link: Link = { call: () => Promise.reject(answers.shift() ?? new Error('Asked too often.')) }
      await expect(authorized(link, tokens).call(['imports'], {}, options)).rejects.toBe(conflict)
    })
  })

  it('of nobody are not asked for one', async () => {
    const { link, seen } = hostOf('new')
    const tokens = {
      getToken: () => Promise.resolve(undefined),
      renewed: () => Promise.reject(new Error('There is nothing to renew.')),
    }
    await expect(authorized(link, tokens).call(['jobs'], {}, options)).rejects.toMatchObject({
      code: 'UNAUTHORIZED',
    })
    expect(seen).toEqual([undefined])
  })
})
