import { describe, expect, it } from 'vitest'
import type { Database } from '../../database/connect'
import type { ProjectFinding } from '../../supabase/project'
import { createHealth } from './health'

// Not real: the project, which answers as it is told to.

const database = { engine: 'pglite', onOutage: () => () => undefined } as unknown as Database
const supabase = { url: 'https://school.example', publishableKey: 'p', secretKey: null } as never

/** A host's eye on a project, which it has looked at once. */
async function watched(finding: ProjectFinding) {
  let now = finding
  let looks = 0
  const probe = () => {
    looks += 1
    return Promise.resolve(now)
  }
  const health = createHealth({ database, services: { probe }, supabase, onChange: () => undefined })
  await expect.poll(() => health.states()[0]?.state).not.toBe('unknown')
  return { health, looks: () => looks, becomes: (next: ProjectFinding) => (now = next) }
}

const gone: ProjectFinding = { kind: 'away', message: 'It can’t be reached.' }

describe('whether anybody could renew a session', () => {
  it('is found out at once, not by the next look', async () => {
    const { health, becomes } = await watched({ kind: 'ok' })
    expect(await health.authAway()).toBe(false)
    becomes(gone)
    expect(await health.authAway()).toBe(true)
    health.close()
  })

  it('is somebody again as soon as one has asked', async () => {
    const { health, becomes, looks } = await watched(gone)
    const before = looks()
    becomes({ kind: 'ok' })
    await health.authAway()
    expect(looks()).toBeGreaterThan(before)
    await expect.poll(() => health.authAway()).toBe(false)
    health.close()
  })

  it.each([
    ['Storage alone is away', { kind: 'away', message: 'HTTP 503', hasAuth: true }, false],
    ['Auth knows the key no more', { kind: 'wrong_key', message: 'HTTP 401' }, false],
    ['something else answers in its place', { kind: 'no_project', message: 'A page.' }, true],
  ] as const)('where %s', async (_name, finding, isAway) => {
    const { health } = await watched(finding)
    expect(health.states()[0]?.state).toBe('away')
    expect(await health.authAway()).toBe(isAway)
    health.close()
  })

  it('is this host, where there is no project', async () => {
    const health = createHealth({
      ...{ database, services: { probe: null }, supabase: null, onChange: () => undefined },
    })
    expect(await health.authAway()).toBe(false)
    health.close()
  })
})
