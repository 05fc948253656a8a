import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { _electron, type ElectronApplication, type Page } from 'playwright'
import { testSkip } from '../../factories/requirements'
import { type Home, hostEnvironment, root } from './directories'

/** The folder of the Electron runtime. */
export const electronRuntime =
  process.env.ELECTRON_OVERRIDE_DIST_PATH ?? join(root, 'node_modules', 'electron', 'dist')
const executable = join(electronRuntime, process.platform === 'win32' ? 'electron.exe' : 'electron')

const hasDisplay = () =>
  process.platform !== 'linux' || Boolean(process.env.DISPLAY ?? process.env.WAYLAND_DISPLAY)
const hasXvfb = () => spawnSync('Xvfb', ['-help']).error === undefined

/** For `describe.skipIf`. */
export function lacksDesktop(): boolean {
  if (!existsSync(executable)) {
    return testSkip('an Electron runtime', `${executable} is not there; set ELECTRON_OVERRIDE_DIST_PATH`)
  }
  if (hasDisplay() || hasXvfb()) return false
  return testSkip('a display', 'DISPLAY is not set and there is no Xvfb')
}

/** A display for windows: the one that is there, else a virtual one until `close`. */
export async function openDisplay(): Promise<{ name: string | undefined; close: () => void }> {
  if (hasDisplay()) return { name: process.env.DISPLAY, close: () => undefined }
  const server = spawn('Xvfb', ['-displayfd', '1', '-screen', '0', '1440x900x24', '-nolisten', 'tcp'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  return { name: `:${await firstLine(server)}`, close: () => server.kill() }
}

function firstLine(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = ''
    child.stdout?.on('data', (chunk: Buffer) => {
      text += chunk.toString()
      if (text.includes('\n')) resolve(text.trim())
    })
    child.once('error', reject)
    child.once('exit', (code) => reject(new Error(`Xvfb ended with ${code}`)))
  })
}

/**
 * Starts the desktop app on a data directory.
 * @param extra Variables beside those of `hostEnvironment`.
 */
export function launchDesktop(
  home: Home,
  display: string | undefined,
  extra: NodeJS.ProcessEnv = {},
): Promise<ElectronApplication> {
  const environment = Object.entries({ ...hostEnvironment(home), ...extra, DISPLAY: display }).filter(
    (entry): entry is [string, string] => entry[1] !== undefined,
  )
  return _electron.launch({ executablePath: executable, args: [root], env: Object.fromEntries(environment) })
}

/** Chooses a folder in the system's chooser, which no test can press: it answers at once. */
export async function chooseNatively(app: ElectronApplication, page: Page, path: string): Promise<void> {
  await app.evaluate(({ dialog }, chosen) => {
    dialog.showOpenDialog = () => Promise.resolve({ canceled: false, filePaths: [chosen] })
  }, path)
  await page.getByRole('button', { name: 'Choose a folder…' }).click()
  await page.getByText('Read where it is.').waitFor()
}

/** Drops folders and files of the disk on a place of the page, as a hand does. */
export async function dropFromDisk(page: Page, selector: string, ...paths: string[]): Promise<void> {
  const box = await page.locator(selector).first().boundingBox()
  if (!box) throw new Error(`There is nothing to drop on: ${selector}`)
  const session = await page.context().newCDPSession(page)
  const at = { x: box.x + box.width / 2, y: box.y + box.height / 2 }
  const data = { items: [], files: paths, dragOperationsMask: 1 }
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const) {
    await session.send('Input.dispatchDragEvent', { type, ...at, data })
  }
  await session.detach()
}
