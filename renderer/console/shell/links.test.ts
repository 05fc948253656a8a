import { linkOptions } from '@tanstack/react-router'
import { describe, expect, it } from 'vitest'
import type { ScreenPath } from './screens'

// These fail in `npm run typecheck`: where a wrong link is no error of type, its @ts-expect-error is one.
describe('links between screens', () => {
  it('lead to screens, with what they are searched for', () => {
    const id = '2f1c1f6e-6a0a-4d7e-9d3e-0c2f1a0b9d11'
    const links = [
      linkOptions({ to: '/overview' }),
      linkOptions({ to: '/jobs', search: { tab: 'jobs', status: 'failed', id } }),
      // @ts-expect-error There is no such screen.
      linkOptions({ to: '/celebrity', search: {} }),
      // @ts-expect-error The screen reads no such field.
      linkOptions({ to: '/jobs', search: { stauts: 'failed' } }),
      // @ts-expect-error The field has no such value.
      linkOptions({ to: '/jobs', search: { status: 'broken' } }),
      // @ts-expect-error The field is one of another screen.
      linkOptions({ to: '/people', search: { lookalike: id } }),
      // @ts-expect-error The screen is searched for nothing.
      linkOptions({ to: '/settings', search: { id } }),
    ]
    // @ts-expect-error Nor may what leads to a screen by a variable.
    const path: ScreenPath = '/celebrity'
    expect([links.length, path]).toEqual([7, '/celebrity'])
  })
})
