import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { postgresAvailable } from '../factories/database'
import { startProxy } from '../factories/proxy'
import { connect, signInAsAdmin } from './harness/client'
import { freshHome } from './harness/directories'
import { type RunningHost, startHost } from './harness/host'
import { type RunningProject, startProject } from './harness/project'

/** Real: everything, in processes of their own; a proxy stands before the database, and the project is killed or halted. */
describe.skipIf(!(await postgresAvailable()))('a host that is told to stop', () => {
  let project: RunningProject

  beforeAll(async () => {
    project = await startProject()
    await signInAsAdmin(project.host().url)
  })
  afterAll(() => project.close())

  async function withHost(
    look: (host: RunningHost, proxy: Awaited<ReturnType<typeof startProxy>>) => Promise<void>,
  ) {
    const proxy = await startProxy(project.databaseUrl)
    const home = await freshHome()
    const host = await startHost(home, {
      ...project.environment(),
      SEMBLANCE_DATABASE_URL: proxy.urlThrough(project.databaseUrl),
    })
    try {
      // Until live updates are heard, and the connections for them are made.
      await sleep(2_000)
      await look(host, proxy)
    } finally {
      await host.kill()
      await proxy.close()
      home.remove()
    }
  }

  async function expectItStops(host: RunningHost): Promise<void> {
    const began = performance.now()
    const code = await Promise.race([host.stop(), sleep(40_000, 'it runs on', { ref: false })])
    expect(code).toBe(0)
    expect(performance.now() - began).toBeLessThan(20_000)
  }

  it('ends soon while its database and its project refuse connections', async () => {
    await withHost(async (host, proxy) => {
      await project.kill()
      await proxy.refuse()
      try {
        const away = async () =>
          (await connect(host.url).overview.health()).filter(({ state }) => state === 'away').length
        await expect.poll(away, { timeout: 60_000, interval: 500 }).toBe(2)
        await expectItStops(host)
      } finally {
        await project.restart()
      }
    })
  })

  it.each([
    ['nobody has noticed yet', 0],
    ['it is known', 25_000],
  ])('ends soon while nothing that it asks answers, and %s', async (_, noticedAfterMs) => {
    await withHost(async (host, proxy) => {
      const { pid } = project.host()
      process.kill(pid, 'SIGSTOP')
      try {
        proxy.stall()
        await sleep(noticedAfterMs)
        await expectItStops(host)
      } finally {
        process.kill(pid, 'SIGCONT')
      }
    })
  })
})
