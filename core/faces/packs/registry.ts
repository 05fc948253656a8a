import { spawn } from 'node:child_process'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { SemblanceError } from '../../model/errors'

/** npm's own retries would keep an offline machine waiting for more than a minute before it is told so. */
const fewRetries = ['--fetch-retries=1', '--fetch-retry-mintimeout=1000']

/**
 * Hands the path of a package's tarball to `use` and removes it afterwards. The registry's own client fetches it, so
 * that the user's registry, proxy and credentials hold; it also checks the registry's digest.
 * @param directory an existing folder to keep the tarball in meanwhile; the system's own where not given
 * @throws SemblanceError UNAVAILABLE, where the client or the registry can't be reached or lacks the version
 */
export async function withPackage<T>(
  specifier: string,
  use: (tarball: string) => Promise<T>,
  options: { signal?: AbortSignal | undefined; directory?: string | undefined } = {},
): Promise<T> {
  const directory = await mkdtemp(join(options.directory ?? tmpdir(), 'package-'))
  try {
    await packInto(directory, specifier, options.signal)
    const tarball = (await readdir(directory)).find((name) => name.endsWith('.tgz'))
    if (!tarball) throw unavailable(specifier, 'the registry client left no tarball')
    return await use(join(directory, tarball))
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
}

/** A shell is what finds npm on Windows, where it is a script; the arguments are the manifest's own, not a user's. */
function packInto(directory: string, specifier: string, signal?: AbortSignal): Promise<void> {
  const shell = process.platform === 'win32'
  return new Promise((resolve, reject) => {
    const child = spawn('npm', ['pack', specifier, '--ignore-scripts', '--loglevel=error', ...fewRetries], {
      cwd: directory,
      shell,
      signal,
      stdio: ['ignore', 'ignore', 'pipe'],
      windowsHide: true,
    })
    let errors = ''
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      errors = (errors + text).slice(-4000)
    })
    child.on('error', (error: NodeJS.ErrnoException) => {
      if (error.name === 'AbortError') reject(error)
      else reject(unavailable(specifier, `npm could not be started (${error.code ?? error.message})`, error))
    })
    child.on('close', (code) => {
      if (code === 0) resolve()
      else reject(unavailable(specifier, reasonOf(errors)))
    })
  })
}

function reasonOf(errors: string): string {
  const code = /code (E[A-Z0-9_]+)/.exec(errors)?.[1]
  const lines = errors
    .split('\n')
    .filter((line) => line.startsWith('npm error') && !/A complete log/.test(line))
  const text = (lines[1] ?? lines[0] ?? 'no reason given').replace(/^npm error\s*/, '')
  return code ? `${code}: ${text}` : text
}

const unavailable = (specifier: string, detail: string, cause?: Error) =>
  new SemblanceError(
    'UNAVAILABLE',
    `${specifier} could not be fetched from the package registry: ${detail}.`,
    { detail },
    { cause },
  )
