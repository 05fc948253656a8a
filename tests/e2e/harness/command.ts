import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Home, hostEnvironment, root } from './directories'

/** Runs `semblance …` to its end, or for a minute. */
export async function semblance(
  home: Home,
  environment: NodeJS.ProcessEnv,
  ...args: string[]
): Promise<{ code: number | null; output: string }> {
  const child = spawn(process.execPath, [join(root, 'scripts', 'semblance.mjs'), ...args], {
    env: { ...hostEnvironment(home), ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => (output += text))
  }
  const late = sleep(60_000, undefined, { ref: false }).then(() => child.kill('SIGKILL'))
  const [code] = (await Promise.race([once(child, 'close'), late.then(() => [null])])) as [number | null]
  return { code, output }
}
