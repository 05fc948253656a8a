import { describe, expect, it } from 'vitest'
import { consoleUrl, isConsole, isOwn, isWebAddress, mayHave, retryUrl } from './addresses'

describe('addresses', () => {
  it.each([
    [consoleUrl, true],
    ['app://semblance/console/jobs?status=failed', true],
    [retryUrl, false],
    ['app://semblance/site/', false],
    ['app://elsewhere/console/', false],
    ['https://semblance/console/', false],
    ['javascript:alert(1)', false],
    ['', false],
  ])('%s is the console: %s', (url, expected) => expect(isConsole(url)).toBe(expected))

  it.each([
    'app://semblance.example/',
    'http://semblance/',
    'file:///app://semblance/',
    'app://user@elsewhere/semblance',
  ])('%s is not ours', (url) => expect(isOwn(url)).toBe(false))

  it.each([
    ['https://example.org/a?b#c', true],
    ['http://127.0.0.1:47100/console/', true],
    ['file:///etc/passwd', false],
    ['https://user:password@example.org/', false],
    ['https://user@example.org/', false],
    ['javascript:alert(1)', false],
    ['ms-calculator:', false],
    ['smb://server/share', false],
    ['example.org', false],
  ])('%s may be handed to the system: %s', (url, expected) => expect(isWebAddress(url)).toBe(expected))

  it('grants the network to our own pages and nothing else to anybody', () => {
    expect(mayHave('loopback-network', consoleUrl)).toBe(true)
    expect(mayHave('loopback-network', 'app://semblance')).toBe(true)
    expect(mayHave('loopback-network', 'https://example.org/')).toBe(false)
    for (const permission of [
      'media',
      'geolocation',
      'notifications',
      'openExternal',
      'clipboard-read',
      'usb',
    ]) {
      expect(mayHave(permission, consoleUrl)).toBe(false)
    }
  })
})
