import { spawn } from 'node:child_process'
import { existsSync, readFileSync, statSync } from 'node:fs'
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
  /** The user's number; undefined where there is none (Windows). */
  uid?: number
  /** Reads a setting of the Linux kernel; null where there is no such file. */
  kernelSetting?: (file: string) => string | null
}

/**
 * Finds an Electron runtime that can open a window here, fetching the one of the `electron` package when it is
 * installed without (its first use is what fetches it).
 * @returns The path of its executable, or the reason, for a person, why there will be no window.
 */
export async function findDesktop(
  options: DesktopOptions = {},
): Promise<{ electron: string } | { reason: string }> {
  const { environment = process.env, platform = process.platform } = options
  if (platform === 'linux' && !environment.DISPLAY && !environment.WAYLAND_DISPLAY) {
    return { reason: 'there is no display (neither DISPLAY nor WAYLAND_DISPLAY is set)' }
  }
  const found = await findRuntime(environment, platform, options)
  if ('reason' in found || platform !== 'linux') return found
  const problem = sandboxProblem(found.electron, options)
  return problem ? { reason: problem } : found
}

async function findRuntime(
  environment: NodeJS.ProcessEnv,
  platform: NodeJS.Platform,
  options: DesktopOptions,
): Promise<{ electron: string } | { reason: string }> {
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

/**
 * Chromium ends at once where it can't build its sandbox. It needs user namespaces, which some distributions keep from
 * programs that were not installed as a package, or else its helper, owned by root with the set-user-ID bit.
 */
function sandboxProblem(electron: string, options: DesktopOptions): string | null {
  const { uid = process.getuid?.(), kernelSetting = readKernelSetting } = options
  // For root there is no sandbox at all (see runDesktop in commands/start.ts).
  if (uid === 0) return null
  const helper = statSync(join(dirname(electron), 'chrome-sandbox'), { throwIfNoEntry: false })
  if (helper?.uid === 0 && helper.mode & 0o4000) return null
  const refusals = [
    ['kernel/unprivileged_userns_clone', '0'],
    ['kernel/apparmor_restrict_unprivileged_userns', '1'],
    ['user/max_user_namespaces', '0'],
  ] as const
  const refusal = refusals.find(([file, value]) => kernelSetting(file) === value)
  if (!refusal) return null
  const wanted = `${join(dirname(electron), 'chrome-sandbox')} is not root's with mode 4755`
  return `Chromium's sandbox is not possible here: ${refusal.join(' is ')}, and ${wanted}`
}

function readKernelSetting(file: string): string | null {
  try {
    return readFileSync(join('/proc/sys', file), 'utf8').trim()
  } catch {
    return null
  }
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
  const { version: wanted } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
    version: string
  }
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
function runInstaller(
  script: string,
  environment: NodeJS.ProcessEnv,
  timeoutMs: number,
): Promise<string | null> {
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
      else
        resolve(
          errors
            .split('\n')
            .find((line) => line.trim())
            ?.trim() ?? `exit code ${code}`,
        )
    })
  })
}
