import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { appPaths, appVersion } from './paths'

describe('appPaths', () => {
  let folder: string
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'semblance-paths-'))))
  afterEach(() => rmSync(folder, { recursive: true }))

  it('finds the source tree from where it is written', () => {
    const paths = appPaths()
    const manifest = JSON.parse(readFileSync(join(paths.root, 'package.json'), 'utf8')) as {
      name: string
      version: string
    }
    expect(manifest.name).toBe('semblance')
    expect(appVersion(paths)).toBe(manifest.version)
  })

  it.each(['out/main', 'out/main/chunks'])('finds the application from %s of a build', (built) => {
    const root = join(folder, 'resources', 'app.asar')
    mkdirSync(join(root, built), { recursive: true })
    writeFileSync(join(root, 'package.json'), '{"version":"1.2.3"}')
    const paths = appPaths(join(root, built))
    expect(paths.root).toBe(root)
    expect(appVersion(paths)).toBe('1.2.3')
    expect(paths.migrations).toBe(join(root, 'migrations'))
    expect(paths.entries.faceWorker).toBe(join(root, 'out', 'main', 'face-worker.js'))
  })

  it('says where it looked when there is nothing', () => {
    expect(() => appPaths(folder)).toThrow(folder)
  })
})
