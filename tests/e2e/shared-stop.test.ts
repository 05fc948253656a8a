import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { postgresAvailable } from '../factories/database'
import { type Proxy, startProxy } from '../factories/proxy'
import { connect, signInAsAdmin } from './harness/client'
import { freshHome } from './harness/directories'
import { type RunningHost, startHost } from './harness/host'
import { type RunningProject, startProject } from './harness/project'

const soon = { timeout: 60_000, interval: 500 }

/**
 * Real: everything, in processes of their own; a proxy stands before the database, and the project is killed or halted.
 * All of it is waiting, which several can do at once: each has a project of its own.
 */
describe.skipIf(!(await postgresAvailable()))('a host that is told to stop', { concurrent: true }, () => {
  async function withHost(
    look: (host: RunningHost, project: RunningProject, proxy: Proxy) => Promise<void>,
  ): Promise<void> {
    const project = await startProject()
    const proxy = await startProxy(project.databaseUrl)
    const home = await freshHome()
    try {
      await signInAsAdmin(project.host().url)
      const host = await startHost(home, {
        ...project.environment(),
        SEMBLANCE_DATABASE_URL: proxy.urlThrough(project.databaseUrl),
      })
      try {
        const admin = await signInAsAdmin(host.url)
        // Live updates are heard, and the connections for them are made.
        await expect.poll(async () => (await admin.servers.current()).changes, soon).not.toBeNull()
        await look(host, project, proxy)
      } finally {
        await host.kill()
      }
    } finally {
      await proxy.close()
      home.remove()
      await project.close()
    }
  }

  const awayOf = async (host: RunningHost) =>
    (await connect(host.url).overview.health()).filter(({ state }) => state === 'away').length

  async function expectItStops(host: RunningHost): Promise<void> {
    const began = performance.now()
    const code = await Promise.race([host.stop(), sleep(40_000, 'it runs on', { ref: false })])
    expect(code).toBe(0)
    expect(performance.now() - began).toBeLessThan(20_000)
  }

  it('ends soon while its database and its project refuse connections', () =>
    withHost(async (host, project, proxy) => {
      await project.kill()
      await proxy.refuse()
      await expect.poll(() => awayOf(host), soon).toBe(2)
      await expectItStops(host)
    }))

  it.each([['nobody has noticed yet'], ['it is known']])(
    'ends soon while nothing that it asks answers, and %s',
    (known) =>
      withHost(async (host, project, proxy) => {
        const { pid } = project.host()
        process.kill(pid, 'SIGSTOP')
        try {
          proxy.stall()
          if (known === 'it is known') await expect.poll(() => awayOf(host), soon).toBe(2)
          await expectItStops(host)
        } finally {
          process.kill(pid, 'SIGCONT')
        }
      }),
  )
})
