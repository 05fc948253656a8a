import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { freshHome, type Home, hostEnvironment, root } from './harness/directories'

let home: Home
beforeAll(async () => {
  home = await freshHome()
})
afterAll(() => home.remove())

it.each(['scripts/semblance.mjs', 'out/main/cli.js'])('%s says nothing on stderr but its own', (file) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(root, file), 'schema', '--json'], {
    env: hostEnvironment(home),
    encoding: 'utf8',
  })
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  expect(() => JSON.parse(stdout) as unknown).not.toThrow()
})
