import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { freshHome, type Home, hostEnvironment, root } from './harness/directories'

let home: Home
beforeAll(async () => {
  home = await freshHome()
})
afterAll(() => home.remove())

const semblance = (args: readonly string[], { path } = home, file = 'scripts/semblance.mjs') =>
  spawnSync(process.execPath, [join(root, file), ...args], {
    env: hostEnvironment({ ...home, path }),
    encoding: 'utf8',
  })

it.each([
  ...['jobs now', 'rescore', 'schema', 'second-factor', 'packs plan starter'],
  ...['migrate --check', 'import --list', 'import --resume 7b1c2f8e-4a35-4d55-9c1c-3f1d2a6b8e90'],
])('%s makes no database where there is none', (command) => {
  const path = join(home.path, 'elsewhere')
  const { status, stdout } = semblance([...command.split(' '), '--json'], { ...home, path })
  expect({ status, error: (JSON.parse(stdout) as { error: unknown }).error }).toMatchObject({
    status: 3,
    error: { code: 'UNAVAILABLE', message: expect.stringContaining(`no database in ${path}.`) as string },
  })
  expect(existsSync(path)).toBe(false)
})

it.each(['scripts/semblance.mjs', 'out/main/cli.js'])('%s says nothing on stderr but its own', (file) => {
  if (!existsSync(join(home.path, 'database'))) expect(semblance(['migrate']).status).toBe(0)
  const { status, stdout, stderr } = semblance(['schema', '--json'], home, file)
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  expect(() => JSON.parse(stdout) as unknown).not.toThrow()
})

it.each([
  [['nonsense', '--json'], "unknown command 'nonsense'"],
  [['jobs', 'list', '--limit', 'many', '--json'], "'many' is invalid. Give a whole number."],
  [['worker', '--drian', '--json'], "unknown option '--drian' (Did you mean --drain?)"],
])('a wrong call, %j, is told in JSON where that is asked for', (command, message) => {
  const { status, stdout, stderr } = semblance(command)
  expect({ status, stderr, told: JSON.parse(stdout) as unknown }).toEqual({
    ...{ status: 2, stderr: '' },
    told: { error: { code: 'BAD_REQUEST', message: expect.stringContaining(message) as string } },
  })
})

it('worker says that an operator has it paused, which outlasts its restart', async () => {
  writeFileSync(join(home.path, 'worker.json'), JSON.stringify({ paused: true }))
  const worker = spawn(process.execPath, [join(root, 'scripts/semblance.mjs'), 'worker'], {
    env: hostEnvironment(home),
  })
  const gone = once(worker, 'close')
  try {
    const said = await new Promise<string>((resolve, reject) => {
      let text = ''
      worker.stderr.setEncoding('utf8').on('data', (part: string) => {
        text += part
        if (text.includes('until somebody resumes it')) resolve(text)
      })
      worker.on('close', () => reject(new Error(text)))
    })
    expect(said).toContain('Paused by an operator until somebody resumes it, also after a restart.')
  } finally {
    worker.kill()
    await gone
  }
})
