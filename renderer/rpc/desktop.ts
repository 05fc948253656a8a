/** What the desktop window's preload hands to the page (electron/preload.ts). */
interface DesktopBridge {
  /** Where a file or folder that was dropped or chosen lies; '' for one that lies on no disk. */
  pathOf: (file: File) => string
  /** The system's chooser; no path where it was closed. */
  choose: (kind: 'folder' | 'archive') => Promise<string[]>
}

declare global {
  interface Window {
    semblance?: DesktopBridge
  }
}

/** Null in a browser, which tells nobody where files lie. */
export function desktopBridge(): DesktopBridge | null {
  return window.semblance ?? null
}

/** Whether the page came from this very machine, whose host may be told a path. */
export function isOnHostMachine(): boolean {
  return desktopBridge() !== null || /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(window.location.hostname)
}
