import { describe, expect, it } from 'vitest'
import { probeProject } from './project'

const access = { publishableKey: 'sb_publishable_of_nobody', secretKey: null }

/** Real: fetch itself, which refuses some ports before it asks anybody. */
describe('a project that cannot be asked', () => {
  it.each([
    ['http://127.0.0.1:6000', /port.*fetch refuses.*another port/],
    ['http://127.0.0.1:1', /port.*fetch refuses.*another port/],
    ['http://127.0.0.1:2', /nothing answers there/],
  ])('at %s is away, in a sentence', async (url, words) => {
    const finding = await probeProject({ ...access, url })
    expect(finding).toMatchObject({
      kind: 'away',
      message: expect.stringMatching(words) as string,
    })
  })
})
