import { ORPCError } from '@orpc/client'
import { describe, expect, it } from 'vitest'
import { authorized, tokenHeaders, type Link } from './authorization'

/** A host that lets in one token alone. */
function hostOf(valid: string) {
  const seen: unknown[] = []
  const link: Link = {
    call: (_path, _input, { context }) => {
      seen.push(tokenHeaders({ context }).authorization)
      if (context['token'] === valid) return Promise.resolve('in')
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
