import { describe, expect, it } from 'vitest'
import { contentPolicy } from './content-policy'

const directive = (policy: string, name: string) =>
  policy
    .split('; ')
    .find((part) => part.startsWith(`${name} `))
    ?.split(' ')
    .slice(1)

describe('contentPolicy', () => {
  it('lets pages reach the Supabase of the host, its photos and its live changes', () => {
    const embedded = contentPolicy('http://127.0.0.1:47100')
    expect(directive(embedded, 'connect-src')).toEqual([
      "'self'",
      'http://127.0.0.1:47100',
      'ws://127.0.0.1:47100',
    ])
    expect(directive(embedded, 'img-src')).toEqual(["'self'", 'data:', 'blob:', 'http://127.0.0.1:47100'])
    const shared = contentPolicy('https://school.example/path?x')
    expect(directive(shared, 'connect-src')).toEqual([
      "'self'",
      'https://school.example',
      'wss://school.example',
    ])
  })

  it('lets them reach nothing but themselves while there is no host', () => {
    expect(directive(contentPolicy(null), 'connect-src')).toEqual(["'self'"])
    expect(directive(contentPolicy(null), 'default-src')).toEqual(["'none'"])
  })

  it('runs no code but files of our own', () => {
    expect(directive(contentPolicy('http://127.0.0.1:1'), 'script-src')).toEqual(["'self'"])
  })
})
