import { BrowserWindow, MessageChannelMain, nativeTheme, screen } from 'electron/main'
import { desktopOrigin } from '../core/host/http/pages'
import { consoleUrl, formerUrl, isConsole, retryUrl } from './addresses'
import type { HostProcess, HostState } from './host-process'
import { noticePath } from './protocol'
import { minimumSize, placeWindow, readWindowState, writeWindowState } from './window-state'

interface Options {
  preload: string
  icon: string
  /** The file that remembers where the window was. */
  stateFile: string
  host: HostProcess
}

export interface ConsoleWindow {
  /** Shows what the host's state calls for: the console, or a notice. */
  follow(state: HostState): void
  focus(): void
}

/** The colours of the pages' background (`--app` in renderer/kit/tokens.css), so that opening does not flash. */
const background = { light: '#f7f7f8', dark: '#0e0f11' }

/** Opens the window of the console. */
export function openWindow({ preload, icon, stateFile, host }: Options): ConsoleWindow {
  const screens = [screen.getPrimaryDisplay(), ...screen.getAllDisplays()].map((display) => display.workArea)
  const { maximized, ...bounds } = placeWindow(readWindowState(stateFile), screens)
  const window = new BrowserWindow({
    ...bounds,
    minWidth: minimumSize.width,
    minHeight: minimumSize.height,
    title: 'Semblance',
    icon,
    show: false,
    autoHideMenuBar: true,
    backgroundColor: nativeTheme.shouldUseDarkColors ? background.dark : background.light,
    webPreferences: {
      preload,
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      spellcheck: false,
    },
  })
  if (maximized) window.maximize()
  window.once('ready-to-show', () => window.show())
  window.on('close', () => {
    writeWindowState(stateFile, { ...window.getNormalBounds(), maximized: window.isMaximized() })
  })
  return attach(window, host)
}

function attach(window: BrowserWindow, host: HostProcess): ConsoleWindow {
  const { webContents } = window
  /** The Supabase that the shown console was allowed to talk to. */
  let shownFor: string | null = null

  // A navigation that another one overtakes rejects; what counts is the last one.
  const show = (url: string) => void window.loadURL(url).catch(() => undefined)

  function connect(): void {
    const { port1, port2 } = new MessageChannelMain()
    host.connect(port1)
    webContents.postMessage('port', null, [port2])
  }

  // After a reload the page has lost its port, too.
  webContents.on('did-finish-load', () => {
    if (isConsole(webContents.getURL())) connect()
  })
  // Refused there (hardening.ts), so that will-navigate never comes.
  webContents.on('will-frame-navigate', ({ url }) => {
    if (url === retryUrl) host.start()
    if (url === formerUrl) host.restoreFormer()
  })
  webContents.on('render-process-gone', (_event, { reason }) => {
    if (reason !== 'clean-exit' && reason !== 'killed') webContents.reload()
  })

  return {
    follow(state) {
      if (window.isDestroyed()) return
      if (state.phase === 'ready') {
        // A console that waits for the host goes on where it was; a new address needs a new content policy.
        if (shownFor === state.supabaseUrl) connect()
        else show(consoleUrl)
        shownFor = state.supabaseUrl
      } else if (shownFor === null || state.phase === 'failed') {
        shownFor = null
        show(desktopOrigin + noticePath)
      }
    },
    focus() {
      if (window.isMinimized()) window.restore()
      window.show()
      window.focus()
    },
  }
}
