import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { _electron, type ElectronApplication } from 'playwright'
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

/** Starts the desktop app on a data directory. */
export function launchDesktop(home: Home, display: string | undefined): Promise<ElectronApplication> {
  const environment = Object.entries({ ...hostEnvironment(home), DISPLAY: display }).filter(
    (entry): entry is [string, string] => entry[1] !== undefined,
  )
  return _electron.launch({ executablePath: executable, args: [root], env: Object.fromEntries(environment) })
}
