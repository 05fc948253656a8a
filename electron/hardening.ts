import { shell } from 'electron/common'
import { app, session, type WebContents } from 'electron/main'
import { isConsole, isWebAddress, mayHave } from './addresses'

/** Refuses everything that our pages never need, whoever makes the contents. Call once, before the first window. */
export function harden(): void {
  session.defaultSession.setPermissionRequestHandler((_contents, permission, callback, details) =>
    callback(mayHave(permission, details.requestingUrl)),
  )
  session.defaultSession.setPermissionCheckHandler((_contents, permission, requester) =>
    mayHave(permission, requester),
  )
  session.defaultSession.setDevicePermissionHandler(() => false)
  app.on('web-contents-created', (_event, contents) => hardenContents(contents))
}

/** Keeps contents on the console; what wants another window goes to the system's browser. */
function hardenContents(contents: WebContents): void {
  const stay = (details: { url: string; preventDefault: () => void }) => {
    if (!isConsole(details.url)) details.preventDefault()
  }
  contents.on('will-navigate', stay)
  contents.on('will-frame-navigate', stay)
  contents.on('will-redirect', stay)
  contents.on('will-attach-webview', (event) => event.preventDefault())
  contents.setWindowOpenHandler(({ url }) => {
    openOutside(url)
    return { action: 'deny' }
  })
}

/** The one gate to the system's browser. */
function openOutside(url: string): void {
  if (isWebAddress(url)) void shell.openExternal(url)
}
