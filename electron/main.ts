import { accessSync, constants, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { app, Menu } from 'electron/main'
import { readConfig } from '../core/host/config'
import { appPaths } from '../core/host/paths'
import { serveChooser } from './chooser'
import { harden } from './hardening'
import { createHostProcess, type HostProcess } from './host-process'
import { noticePage } from './notice-page'
import { registerScheme, serveScheme } from './protocol'
import { type ConsoleWindow, openWindow } from './window'

/**
 * The window's own state lies in the data directory, so that each has its own window. One that can't be written is the
 * host's to report: then the usual place serves.
 */
function chooseUserData(): void {
  try {
    const folder = join(readConfig().home, 'desktop')
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    accessSync(folder, constants.W_OK)
    app.setPath('userData', folder)
  } catch {
    return
  }
}

function showWindow(host: HostProcess): ConsoleWindow {
  const paths = appPaths()
  const window = openWindow({
    preload: paths.preload,
    icon: join(paths.root, 'resources', 'icon.png'),
    stateFile: join(app.getPath('userData'), 'window.json'),
    host,
  })
  window.follow(host.state())
  return window
}

/** Quits once the host has closed; until then it holds the data directory. */
function closeHostFirst(host: HostProcess): void {
  let closed = false
  app.on('before-quit', (event) => {
    if (closed) return
    event.preventDefault()
    void host.close().then(() => {
      closed = true
      app.quit()
    })
  })
}

async function run(): Promise<void> {
  await app.whenReady()
  const paths = appPaths()
  let window: ConsoleWindow | null = null
  const host = createHostProcess({
    entry: paths.entries.hostProcess,
    onState: (state) => window?.follow(state),
  })
  serveScheme({
    pages: paths.renderer,
    notice: () => {
      const state = host.state()
      return state.phase === 'ready' ? '' : noticePage(state)
    },
    supabaseUrl: () => {
      const state = host.state()
      return state.phase === 'ready' ? state.supabaseUrl : null
    },
    hostUrl: () => {
      const state = host.state()
      return state.phase === 'ready' ? state.url : null
    },
  })
  harden()
  serveChooser()
  Menu.setApplicationMenu(
    Menu.buildFromTemplate([
      { role: 'fileMenu' },
      { role: 'editMenu' },
      { role: 'viewMenu' },
      { role: 'windowMenu' },
    ]),
  )
  closeHostFirst(host)
  host.start()
  window = showWindow(host)
  app.on('second-instance', () => window?.focus())
  app.on('window-all-closed', () => app.quit())
}

// Under --no-sandbox (root, containers) there is none to enable, and asking for it ends every page's process.
if (!app.commandLine.hasSwitch('no-sandbox')) app.enableSandbox()
registerScheme()
chooseUserData()
if (app.requestSingleInstanceLock()) void run()
else {
  process.stderr.write('Semblance is open already: its window comes to the front.\n')
  app.quit()
}
