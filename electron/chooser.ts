import { BrowserWindow, dialog, ipcMain, type OpenDialogOptions } from 'electron/main'
import { isConsole } from './addresses'

const choosers: Record<string, OpenDialogOptions> = {
  folder: { title: 'Choose a folder of photos', properties: ['openDirectory'] },
  archive: {
    title: 'Choose a ZIP or CSV file',
    properties: ['openFile', 'multiSelections'],
    filters: [{ name: 'ZIP and CSV files', extensions: ['zip', 'csv'] }],
  },
}

/** Lets the console open the system's chooser: what a person chooses there is all that it learns. */
export function serveChooser(): void {
  ipcMain.handle('choose', async (event, kind: unknown) => {
    const window = BrowserWindow.fromWebContents(event.sender)
    const options = choosers[String(kind)]
    if (!window || !options || !isConsole(event.senderFrame?.url ?? '')) return []
    const { canceled, filePaths } = await dialog.showOpenDialog(window, options)
    return canceled ? [] : filePaths
  })
}
