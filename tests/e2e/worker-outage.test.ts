import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { createEmptyDatabase, postgresAvailable } from '../factories/database'
import { startProxy } from '../factories/proxy'
import { freshHome, hostEnvironment, root } from './harness/directories'

const soon = { timeout: 120_000, interval: 100 }

// Real: all of it, in a process of its own; a proxy stands before the database.
it.skipIf(!(await postgresAvailable()))(
  'a worker says in a line that its database is away, and in a line that it is back',
  async () => {
    const database = await createEmptyDatabase()
    const proxy = await startProxy(database.url)
    const home = await freshHome()
    const worker = spawn(process.execPath, [join(root, 'scripts/semblance.mjs'), 'worker'], {
      env: { ...hostEnvironment(home), SEMBLANCE_DATABASE_URL: proxy.urlThrough(database.url) },
    })
    const gone = once(worker, 'close')
    let said = ''
    worker.stderr.setEncoding('utf8').on('data', (part: string) => (said += part))
    try {
      await expect.poll(() => said, soon).toContain('Working.')
      await proxy.refuse()
      await expect.poll(() => said, soon).toContain('tried again by itself')
      await proxy.heal()
      await expect.poll(() => said, soon).toContain('Working again.')
    } finally {
      worker.kill()
      await gone
      await proxy.close()
      await database.drop()
    }
    const [, after = ''] = said.split('Stop with Ctrl-C.\n')
    expect(after.split('\n')).toEqual([
      expect.stringMatching(/^The database .*reached/),
      'Working again.',
      '',
    ])
    const log = readFileSync(join(home.path, 'host.log'), 'utf8')
    home.remove()
    expect(log).toContain('The queue could not be read')
    expect(log).toContain('"stack"')
  },
)
