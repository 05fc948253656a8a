import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, afterEach, describe, expect, test } from 'vitest'
import { buildProgram, type BuiltProgram } from '../../tests/factories/child'
import { openDataDirectory, writeFileAtomic } from './data-directory'

let home: string
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'semblance-data-'))
})
afterEach(() => rmSync(home, { recursive: true, force: true }))

const lockOf = (path: string) => join(path, 'host.lock')

describe('the lock of a data directory', () => {
  test('a new directory belongs to its owner alone', async () => {
    const path = join(home, 'deep', 'inside')
    const directory = await openDataDirectory(path)
    expect(statSync(path).mode & 0o777).toBe(0o700)
    expect(statSync(lockOf(path)).mode & 0o777).toBe(0o600)
    await directory.release()
    expect(readdirSync(path)).toEqual([])
  })

  test('it is held once, also within a process, and free after release', async () => {
    const directory = await openDataDirectory(home)
    await expect(openDataDirectory(home)).rejects.toMatchObject({ code: 'CONFLICT' })
    await directory.release()
    await directory.release()
    const again = await openDataDirectory(home)
    await directory.release()
    await expect(openDataDirectory(home)).rejects.toMatchObject({ code: 'CONFLICT' })
    await again.release()
  })

  test('the refusal says who holds it, where, and what to do', async () => {
    const directory = await openDataDirectory(home)
    await directory.setUrl('http://127.0.0.1:4000')
    await expect(openDataDirectory(home)).rejects.toThrow(
      `Another Semblance, process ${process.pid} at http://127.0.0.1:4000, uses the data directory ${home}. Close it, or set SEMBLANCE_HOME to another directory.`,
    )
    await directory.release()
  })

  test('a lock of a later process with the same number is not that of the dead one', async () => {
    await openDataDirectory(home)
    const lock = JSON.parse(readFileSync(lockOf(home), 'utf8')) as Record<string, unknown>
    writeFileSync(lockOf(home), JSON.stringify({ ...lock, started: '1' }))
    const directory = await openDataDirectory(home)
    await directory.release()
    expect(readdirSync(home)).toEqual([])
  })

  test('a lock from before the computer started anew is stale', async () => {
    await openDataDirectory(home)
    const lock = JSON.parse(readFileSync(lockOf(home), 'utf8')) as Record<string, unknown>
    writeFileSync(lockOf(home), JSON.stringify({ ...lock, boot: 'another' }))
    await (await openDataDirectory(home)).release()
  })

  test('a lock of another computer is believed', async () => {
    await openDataDirectory(home)
    const lock = JSON.parse(readFileSync(lockOf(home), 'utf8')) as Record<string, unknown>
    writeFileSync(lockOf(home), JSON.stringify({ ...lock, hostname: 'attic', pid: 1 }))
    await expect(openDataDirectory(home)).rejects.toThrow('process 1 on the computer attic')
  })

  test('half a lock, left by a crash, is taken over once it is old', async () => {
    writeFileSync(lockOf(home), '{"nonce": "')
    const started = Date.now()
    const directory = await openDataDirectory(home)
    expect(Date.now() - started).toBeGreaterThan(3_000)
    await directory.release()
  }, 20_000)

  test('of many that find a dead lock at once, one has it', async () => {
    const dead = {
      nonce: '00000000-0000-4000-8000-000000000000',
      pid: 2 ** 22 + 7,
      started: '1',
      boot: null,
      url: null,
    }
    for (let round = 0; round < 10; round += 1) {
      const { hostname } = await import('node:os')
      writeFileSync(lockOf(home), JSON.stringify({ ...dead, hostname: hostname() }))
      const results = await Promise.allSettled(Array.from({ length: 12 }, () => openDataDirectory(home)))
      const holders = results.filter((result) => result.status === 'fulfilled')
      expect(holders).toHaveLength(1)
      for (const result of results) {
        if (result.status === 'rejected') expect(result.reason).toMatchObject({ code: 'CONFLICT' })
      }
      await holders[0].value.release()
      expect(readdirSync(home)).toEqual([])
    }
  })
})

describe('with another process', () => {
  let program: BuiltProgram
  beforeAll(async () => {
    program = await buildProgram('database-program.ts')
  })
  afterAll(() => program.remove())

  test('it is refused while the other runs, and taken over after kill -9', async () => {
    const other = program.start(['hold', home])
    const pid = await other.says('held')
    await expect(openDataDirectory(home)).rejects.toThrow(`process ${pid} at http://127.0.0.1:4111`)
    await other.kill9()
    const directory = await openDataDirectory(home)
    const third = program.start(['hold', home])
    expect(await third.says('refused')).toContain(`process ${process.pid}`)
    await directory.release()
  })

  test('of several processes that start on a dead lock, one alone holds it', async () => {
    const first = program.start(['hold', home])
    await first.says('held')
    await first.kill9()
    const starters = Array.from({ length: 5 }, () => program.start(['hold', home]))
    const said = await Promise.all(
      starters.map((starter) =>
        Promise.race([
          starter.says('held').then(() => 'held'),
          starter.says('refused').then(() => 'refused'),
        ]),
      ),
    )
    expect(said.filter((word) => word === 'held')).toHaveLength(1)
    for (const starter of starters) await starter.kill9()
  })

  test('a read-only directory is named, and so is the way out', async () => {
    chmodSync(home, 0o555)
    // The superuser may write everywhere.
    const asNobody = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {}
    const other = program.start(['hold', home], asNobody)
    const message = await other.says('refused')
    expect(message).toContain(`The data directory ${home} can't be written: this user may not write there.`)
    expect(message).toContain('SEMBLANCE_HOME')
  })

  test('so is one whose place is taken by a file', async () => {
    const file = join(home, 'file')
    writeFileSync(file, '')
    await expect(openDataDirectory(join(file, 'inside'))).rejects.toMatchObject({ code: 'UNAVAILABLE' })
    await expect(openDataDirectory(file)).rejects.toThrow("can't be written")
  })
})

describe('writeFileAtomic', () => {
  test('replaces a file, and leaves no draft behind', async () => {
    const path = join(home, 'settings.json')
    await writeFileAtomic(path, 'old')
    await writeFileAtomic(path, new Uint8Array([110, 101, 119]))
    expect(readFileSync(path, 'utf8')).toBe('new')
    expect(readdirSync(home)).toEqual(['settings.json'])
    expect(statSync(path).mode & 0o777).toBe(0o600)
  })

  test('a failure leaves the old file and no draft', async () => {
    await expect(writeFileAtomic(join(home, 'missing', 'a'), 'x')).rejects.toMatchObject({ code: 'ENOENT' })
    expect(readdirSync(home)).toEqual([])
  })
})
