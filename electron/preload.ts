// The page gets one MessagePort to the host, where dropped files lie, and the system's chooser; nothing else of this
// process.
import { contextBridge, ipcRenderer, webUtils } from 'electron/renderer'

ipcRenderer.on('port', (event) => window.postMessage('port', '*', event.ports))

contextBridge.exposeInMainWorld('semblance', {
  // Gives a path for a file that a person has handed to the page, and for no other.
  pathOf: (file: File) => webUtils.getPathForFile(file),
  choose: (kind: unknown) => ipcRenderer.invoke('choose', kind),
})
