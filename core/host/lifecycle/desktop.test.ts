import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { findDesktop } from './desktop'

describe('findDesktop', () => {
  let folder: string
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'semblance-desktop-'))))
  afterEach(() => rmSync(folder, { recursive: true }))

  const display = { DISPLAY: ':0' }
  const find = (options: Parameters<typeof findDesktop>[0]) =>
    findDesktop({
      environment: display,
      platform: 'linux',
      electronPackage: folder,
      uid: 1000,
      kernelSetting: () => null,
      ...options,
    })

  /** A package like electron's: version 45.0.0, and an installer with the given body. */
  function electronPackage(installer: string) {
    writeFileSync(join(folder, 'package.json'), '{"version":"45.0.0","type":"commonjs"}')
    writeFileSync(join(folder, 'install.js'), installer)
  }

  function runtime(version: string) {
    mkdirSync(join(folder, 'dist'))
    writeFileSync(join(folder, 'dist', 'electron'), '')
    writeFileSync(join(folder, 'dist', 'version'), version)
  }

  it('wants a display on Linux', async () => {
    expect(await find({ environment: {} })).toEqual({
      reason: expect.stringContaining('no display') as string,
    })
    expect(await find({ environment: {}, platform: 'darwin', electronPackage: null })).toEqual({
      reason: 'the package electron is not installed',
    })
  })

  it('takes the runtime that the environment names', async () => {
    const environment = { ...display, ELECTRON_OVERRIDE_DIST_PATH: folder }
    expect(await find({ environment })).toEqual({ reason: expect.stringContaining(folder) as string })
    writeFileSync(join(folder, 'electron'), '')
    expect(await find({ environment })).toEqual({ electron: join(folder, 'electron') })
  })

  it('takes an installed runtime without fetching', async () => {
    electronPackage('process.exit(9)')
    runtime('45.0.0')
    expect(await find({})).toEqual({ electron: join(folder, 'dist', 'electron') })
  })

  it('fetches where there is none, or one of another version', async () => {
    electronPackage(
      `const fs = require('node:fs'); fs.mkdirSync(__dirname + '/dist', { recursive: true });
       fs.writeFileSync(__dirname + '/dist/electron', ''); fs.writeFileSync(__dirname + '/dist/version', '45.0.0')`,
    )
    runtime('44.9.9')
    const lines: string[] = []
    expect(await find({ progress: (line) => lines.push(line) })).toEqual({
      electron: join(folder, 'dist', 'electron'),
    })
    expect(lines).toEqual([expect.stringContaining('Fetching')])
  })

  it('says why fetching failed', async () => {
    electronPackage('console.error("Error: getaddrinfo ENOTFOUND example.test\\n  at x"); process.exit(1)')
    expect(await find({})).toEqual({ reason: expect.stringContaining('ENOTFOUND example.test') as string })
  })

  it('does not wait for ever', async () => {
    electronPackage('setInterval(() => {}, 1000)')
    expect(await find({ timeoutMs: 300 })).toEqual({
      reason: expect.stringContaining('no answer within') as string,
    })
  })

  it('knows where Chromium could not build its sandbox', async () => {
    electronPackage('process.exit(9)')
    runtime('45.0.0')
    const kernelSetting = (file: string) =>
      file === 'kernel/apparmor_restrict_unprivileged_userns' ? '1' : null
    const refused = {
      reason: expect.stringContaining('apparmor_restrict_unprivileged_userns is 1') as string,
    }
    expect(await find({ kernelSetting })).toEqual(refused)
    expect(await find({ kernelSetting, uid: 0 })).toHaveProperty('electron')
    expect(await find({ kernelSetting, platform: 'darwin' })).not.toEqual(refused)
  })

  it('does not take a half-unpacked runtime for a whole one', async () => {
    electronPackage('process.exit(0)')
    expect(await find({})).toEqual({ reason: 'the Electron runtime that was fetched is not complete' })
  })
})
