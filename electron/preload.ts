// The page gets one MessagePort to the host and nothing else of this process.
import { ipcRenderer } from 'electron/renderer'

ipcRenderer.on('port', (event) => window.postMessage('port', '*', event.ports))
