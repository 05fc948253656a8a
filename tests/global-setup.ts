import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'

/**
 * Builds what the tests of a project start as threads or processes, unless it is up to date:
 * the worker entries for unit tests, the whole application for end-to-end tests.
 */
export default function setup(project: TestProject): void {
  const root = join(import.meta.dirname, '..')
  const target = project.name.startsWith('e2e') ? 'app' : 'workers'
  const built = spawnSync(
    process.execPath,
    [join(root, 'scripts', 'build.mjs'), target, '--if-stale', '--quiet'],
    { cwd: root, encoding: 'utf8' },
  )
  if (built.status !== 0)
    throw new Error(`Building ${target} for the tests failed:\n${built.stdout}${built.stderr}`)
}
