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

  it('shows photos that only the host itself has, and lets pages do nothing else there', () => {
    const policy = contentPolicy('https://school.example', 'http://127.0.0.1:47100/')
    expect(directive(policy, 'img-src')).toEqual([
      "'self'",
      'data:',
      'blob:',
      'https://school.example',
      'http://127.0.0.1:47100',
    ])
    expect(directive(policy, 'connect-src')).not.toContain('http://127.0.0.1:47100')
    expect(contentPolicy('http://127.0.0.1:1', 'http://127.0.0.1:1')).toBe(
      contentPolicy('http://127.0.0.1:1'),
    )
  })

  it('lets them reach nothing but themselves while there is no host', () => {
    expect(directive(contentPolicy(null), 'connect-src')).toEqual(["'self'"])
    expect(directive(contentPolicy(null), 'default-src')).toEqual(["'none'"])
  })

  it('runs no code but files of our own', () => {
    expect(directive(contentPolicy('http://127.0.0.1:1'), 'script-src')).toEqual(["'self'"])
  })
})
