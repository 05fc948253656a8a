import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'
import { type Home, hostEnvironment, root } from './directories'

export interface RunningHost {
  url: string
  /** The address of the console. */
  console: string
  pid: number
  /** Milliseconds from the command to the line that says it is ready. */
  startedIn: number
  /** Everything that it has said so far. */
  output: () => string
  /** As Ctrl-C does it. Gives the exit code. */
  stop: () => Promise<number | null>
  /** As a power cut does it. */
  kill: () => Promise<void>
}

/**
 * Starts `semblance start --json` as a newcomer's shell would, and waits until it is ready.
 * @param environment Variables beside those of `hostEnvironment`.
 */
export async function startHost(home: Home, environment: NodeJS.ProcessEnv = {}): Promise<RunningHost> {
  const began = Date.now()
  const child = spawn(process.execPath, [join(root, 'scripts', 'semblance.mjs'), 'start', '--json'], {
    env: { ...hostEnvironment(home), ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => (output += text))
  }
  const ready = await readyLine(child, () => output)
  return {
    ...ready,
    pid: child.pid ?? 0,
    startedIn: Date.now() - began,
    output: () => output,
    stop: () => end(child, 'SIGINT'),
    kill: () => end(child, 'SIGKILL').then(() => undefined),
  }
}

function readyLine(child: ChildProcess, output: () => string): Promise<{ url: string; console: string }> {
  return new Promise((resolve, reject) => {
    child.stdout?.on('data', () => {
      const line = output()
        .split('\n')
        .find((text) => text.startsWith('{"url"'))
      if (line) resolve(JSON.parse(line) as { url: string; console: string })
    })
    child.once('error', reject)
    child.once('exit', (code) =>
      reject(new Error(`The host ended with ${code} before it was ready:\n${output()}`)),
    )
  })
}

function end(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve(child.exitCode)
  return new Promise((resolve) => {
    child.once('exit', (code) => resolve(code))
    child.kill(signal)
  })
}
