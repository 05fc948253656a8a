import { spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

/** How long fetching the Electron runtime may take. It is some 110 MB. */
const fetchTimeoutMs = 60_000

export interface DesktopOptions {
  environment?: NodeJS.ProcessEnv
  platform?: NodeJS.Platform
  /** The folder of the `electron` package; null where it is not installed. */
  electronPackage?: string | null
  /** Told what takes long, in a line for a person. */
  progress?: (line: string) => void
  timeoutMs?: number
}

/**
 * Finds an Electron runtime that can open a window here, fetching the one of the `electron` package when it is
 * installed without (its first use is what fetches it).
 * @returns The path of its executable, or the reason, for a person, why there will be no window.
 */
export async function findDesktop(options: DesktopOptions = {}): Promise<{ electron: string } | { reason: string }> {
  const { environment = process.env, platform = process.platform } = options
  if (platform === 'linux' && !environment.DISPLAY && !environment.WAYLAND_DISPLAY) {
    return { reason: 'there is no display (neither DISPLAY nor WAYLAND_DISPLAY is set)' }
  }
  const override = environment.ELECTRON_OVERRIDE_DIST_PATH
  if (override) {
    const electron = join(override, executableName(platform))
    if (existsSync(electron)) return { electron }
    return { reason: `ELECTRON_OVERRIDE_DIST_PATH holds no Electron runtime (${electron} is missing)` }
  }
  const folder = options.electronPackage === undefined ? electronPackage() : options.electronPackage
  if (!folder) return { reason: 'the package electron is not installed' }
  return installedRuntime(folder, platform) ?? (await fetchRuntime(folder, platform, options))
}

function executableName(platform: NodeJS.Platform): string {
  if (platform === 'darwin') return 'Electron.app/Contents/MacOS/Electron'
  return platform === 'win32' ? 'electron.exe' : 'electron'
}

function electronPackage(): string | null {
  try {
    return dirname(createRequire(import.meta.url).resolve('electron/package.json'))
  } catch {
    return null
  }
}

function installedRuntime(folder: string, platform: NodeJS.Platform): { electron: string } | null {
  const electron = join(folder, 'dist', executableName(platform))
  // The version is unpacked with the rest; a fetch that was cut off leaves another one, or none.
  const version = join(folder, 'dist', 'version')
  if (!existsSync(electron) || !existsSync(version)) return null
  const { version: wanted } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { version: string }
  return readFileSync(version, 'utf8').trim().replace(/^v/, '') === wanted ? { electron } : null
}

async function fetchRuntime(
  folder: string,
  platform: NodeJS.Platform,
  { environment = process.env, progress = () => {}, timeoutMs = fetchTimeoutMs }: DesktopOptions,
): Promise<{ electron: string } | { reason: string }> {
  progress('Fetching the Electron runtime for the desktop window, once (about 110 MB)…')
  const problem = await runInstaller(join(folder, 'install.js'), environment, timeoutMs)
  if (problem) return { reason: `the Electron runtime could not be fetched (${problem})` }
  return (
    installedRuntime(folder, platform) ?? { reason: 'the Electron runtime that was fetched is not complete' }
  )
}

/** @returns Null when it went well, else what went wrong in a few words. */
function runInstaller(script: string, environment: NodeJS.ProcessEnv, timeoutMs: number): Promise<string | null> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [script], {
      env: environment,
      stdio: ['ignore', 'ignore', 'pipe'],
      timeout: timeoutMs,
    })
    let errors = ''
    child.stderr.setEncoding('utf8').on('data', (text: string) => (errors = (errors + text).slice(0, 4000)))
    child.on('error', (error) => resolve(error.message))
    child.on('close', (code, signal) => {
      if (code === 0) resolve(null)
      else if (signal) resolve(`no answer within ${Math.round(timeoutMs / 1000)} s`)
      else resolve(errors.split('\n').find((line) => line.trim())?.trim() ?? `exit code ${code}`)
    })
  })
}
