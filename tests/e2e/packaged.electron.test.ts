import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Browser, chromium, type Page } from 'playwright'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { electronRuntime, lacksDesktop, openDisplay } from './harness/desktop'
import { freePort, freshHome, hostEnvironment, type Home, root } from './harness/directories'
import { createFirstAdmin } from './harness/steps'

/**
 * Real: electron-builder with the committed configuration, and the application that it packs. The runtime is the one of
 * the tests, and there is no installer: those tools come from outside.
 */
describe.skipIf(process.platform !== 'linux' || lacksDesktop())('the packed application', () => {
  const folder = mkdtempSync(join(tmpdir(), 'semblance-packed-'))
  const application = join(folder, 'linux-unpacked')
  let home: Home
  let display: Awaited<ReturnType<typeof openDisplay>>
  let running: ChildProcess | undefined
  let browser: Browser | undefined
  let page: Page

  beforeAll(async () => {
    const runtime = join(folder, 'runtime')
    cpSync(electronRuntime, runtime, { recursive: true })
    rmSync(join(runtime, 'resources', 'default_app.asar'), { force: true })
    const packed = spawnSync(
      join(root, 'node_modules', '.bin', 'electron-builder'),
      ['--linux', 'dir', `-c.electronDist=${runtime}`, `-c.directories.output=${folder}`],
      { cwd: root, encoding: 'utf8' },
    )
    if (packed.status !== 0) throw new Error(`${packed.stdout}${packed.stderr}`)
    home = await freshHome()
    display = await openDisplay()
  })
  afterAll(async () => {
    await browser?.close()
    if (running && running.exitCode === null) {
      running.kill('SIGKILL')
      await once(running, 'exit')
    }
    display?.close()
    home?.remove()
    rmSync(folder, { recursive: true, force: true })
  })

  it('brings what the system must load beside the archive, for this platform alone', () => {
    const unpacked = join(application, 'resources', 'app.asar.unpacked', 'node_modules')
    const libraries = join(unpacked, 'onnxruntime-node', 'bin', 'napi-v6')
    expect(existsSync(join(libraries, 'linux', process.arch, 'libonnxruntime.so.1'))).toBe(true)
    expect(existsSync(join(libraries, 'win32'))).toBe(false)
    expect(existsSync(join(unpacked, '@img'))).toBe(true)
  })

  it('opens its window, its database and its archive, and lets the first person in', async () => {
    // Its inspector is switched off by a fuse, so Playwright comes in by the pages' own.
    const port = await freePort()
    const flags = [`--remote-debugging-port=${port}`, ...(process.getuid?.() === 0 ? ['--no-sandbox'] : [])]
    running = spawn(join(application, 'semblance'), flags, {
      env: { ...hostEnvironment(home), DISPLAY: display.name },
      stdio: 'ignore',
    })
    await expect
      .poll(
        () =>
          fetch(`http://127.0.0.1:${port}/json/version`).then(
            ({ ok }) => ok,
            () => false,
          ),
        { timeout: 60_000 },
      )
      .toBe(true)
    browser = await chromium.connectOverCDP(`http://127.0.0.1:${port}`)
    const context = browser.contexts()[0]
    if (!context) throw new Error('The browser has no context.')
    page = context.pages()[0] ?? (await context.waitForEvent('page'))
    await page.waitForURL('app://semblance/console/**', { timeout: 120_000 })
    await createFirstAdmin(page)
  })

  it('sets up the models with its own libraries', async () => {
    await page.getByText('Worker idle').waitFor({ timeout: 120_000 })
  })

  it('closes when it is told to', async () => {
    if (!running) throw new Error('It does not run.')
    const ended = once(running, 'exit')
    running.kill('SIGTERM')
    expect(await ended).toEqual([0, null])
  })
})
