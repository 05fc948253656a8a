import { spawn } from 'node:child_process'
import openInBrowser from 'open'
import { findDesktop } from '../lifecycle/desktop'
import type { Config } from '../config'
import { logFile } from '../log'
import { exitCodes, type Output } from '../output'
import { appPaths } from '../paths'
import { runAgain, runHost } from '../lifecycle/restarts'
import { endWhateverWaits, untilAskedToStop } from '../lifecycle/signals'

/** Runs the host until it is told to stop. With `open`, the console comes up: in a window, else in the browser. */
export async function start({ open }: { open: boolean }, config: Config, output: Output): Promise<number> {
  if (open) {
    const desktop = await findDesktop({ progress: output.say })
    if ('electron' in desktop) {
      output.say('Opening the console in its own window.')
      return runDesktop(desktop.electron)
    }
    output.say(`Opening the console in the browser, because ${desktop.reason}.`)
  }
  let { host, changed } = await runHost({ say: output.say })
  const ready = {
    url: host.url,
    console: `${host.url}/console/`,
    home: config.home,
    log: logFile(config.home),
  }
  if (output.json) process.stdout.write(`${JSON.stringify(ready)}\n`)
  output.say(`Ready. Console: ${ready.console}  Log: ${ready.log}  Stop with Ctrl-C.`)
  // Without a desktop session there is nothing that could show a browser; the address stands in the terminal.
  if (open && canShowBrowser()) void openInBrowser(ready.console).catch(() => undefined)
  const stopped = untilAskedToStop().then(() => 'stopped' as const)
  while ((await Promise.race([stopped, changed])) === 'changed') {
    output.say('The connection was changed. Starting again…')
    const port = Number(new URL(host.url).port)
    await host.close()
    ;({ host, changed } = await runAgain({ say: output.say, home: config.home, port }))
    output.say(`Ready again. Console: ${host.url}/console/`)
  }
  output.say('Stopping…')
  await host.close()
  endWhateverWaits()
  return exitCodes.ok
}

function canShowBrowser(): boolean {
  const { CI, DISPLAY, WAYLAND_DISPLAY } = process.env
  if (CI) return false
  return process.platform !== 'linux' || Boolean(DISPLAY ?? WAYLAND_DISPLAY)
}

/** The desktop app is a process of its own that runs the host inside; it ends when its window is closed. */
function runDesktop(electron: string): Promise<number> {
  // Root can't use Chromium's sandbox: a container or a test machine.
  const flags = process.getuid?.() === 0 ? ['--no-sandbox'] : []
  // A process group of its own: Ctrl-C would reach it twice, and the second one ends it before the host has closed.
  const detached = process.platform !== 'win32'
  const child = spawn(electron, [appPaths().root, ...flags], { stdio: 'inherit', detached })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.once(signal, () => child.kill(signal))
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', (code) => resolve(code ?? exitCodes.failed))
  })
}
