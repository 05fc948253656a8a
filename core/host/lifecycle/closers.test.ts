import { setTimeout as sleep } from 'node:timers/promises'
import pino from 'pino'
import { describe, expect, it } from 'vitest'
import { createClosers } from './closers'

const log = pino({ level: 'silent' })

describe('closing', () => {
  it('goes from the last part to the first, past what fails and what never ends', async () => {
    const closed: string[] = []
    const closers = createClosers(log)
    closers.add('first', () => closed.push('first'))
    closers.add('stuck', () => new Promise(() => closed.push('stuck')), { limitMs: 50 })
    closers.add('thrown', () => {
      closed.push('thrown')
      throw new Error('no')
    })
    closers.add('rejected', () => Promise.reject(new Error('no')))
    const began = performance.now()
    await closers.closeAll()
    expect(closed).toEqual(['thrown', 'stuck', 'first'])
    expect(performance.now() - began).toBeLessThan(1_000)
  })

  it('waits for what must be whole, however long it takes, and closes nothing twice', async () => {
    let written = 0
    const closers = createClosers(log)
    closers.add('data', () => sleep(100).then(() => (written += 1)), { limitMs: Infinity })
    await closers.closeAll()
    expect(written).toBe(1)
    await closers.closeAll()
    expect(written).toBe(1)
  })
})
