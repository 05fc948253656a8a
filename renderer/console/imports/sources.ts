import { extensionOf } from '../../../core/model/photo-formats'
import { desktopBridge } from '../../rpc/desktop'
import { acceptedImages } from '../../rpc/upload'
import type { FoundFile } from '../photos/dropped-files'

/** What an import is made of: paths that the host reads itself, or files that this window sends. */
export type Sources =
  | { kind: 'paths'; paths: readonly string[] }
  | { kind: 'files'; files: readonly FoundFile[]; leftOut: number }

/** What is worth sending: photos, and what describes or packs them. */
const sentExtensions = new Set([
  ...acceptedImages.map((extension) => extension.slice(1)),
  ...['zip', 'csv', 'tsv', 'json'],
])

/** Files to send; what can't belong to an import is left out before anything is sent. */
export function sourcesOfFiles(files: readonly FoundFile[]): Sources {
  const sent = files.filter(({ file }) => sentExtensions.has(extensionOf(file.name)))
  return { kind: 'files', files: sent, leftOut: files.length - sent.length }
}

/**
 * Where the dropped things lie, where this is the desktop window and all of them are folders, ZIP or CSV files: then the
 * host reads them in place. Null for anything else. Call it in the event itself.
 */
export function droppedPaths(transfer: DataTransfer): Sources | null {
  const bridge = desktopBridge()
  if (!bridge) return null
  const items = [...transfer.items].filter((item) => item.kind === 'file')
  const paths = items.map((item) => {
    const file = item.getAsFile()
    if (!file) return ''
    const isFolder = item.webkitGetAsEntry()?.isDirectory ?? false
    return isFolder || /\.(zip|csv|tsv)$/i.test(file.name) ? bridge.pathOf(file) : ''
  })
  return paths.length > 0 && paths.every(Boolean) ? { kind: 'paths', paths } : null
}

/** How an import of these is called at first. */
export function nameOf(sources: Sources, now: Date): string {
  if (sources.kind === 'paths') return fileName(sources.paths[0] ?? '')
  const tops = new Set(sources.files.map(({ path }) => path.split('/')[0] ?? ''))
  const [only = ''] = tops
  if (tops.size === 1) return only
  return `${sources.files.length} photos of ${now.toLocaleDateString('en', { day: 'numeric', month: 'long', year: 'numeric' })}`
}

/** The last part of a path of any system. */
export function fileName(path: string): string {
  return path.split(/[\\/]/).filter(Boolean).at(-1) ?? path
}

let offered: Sources | null = null

/** Hands what was dropped on another screen to the screen of a new import. */
export function offerSources(sources: Sources): void {
  offered = sources
}

/** What another screen has handed over. */
export function offeredSources(): Sources | null {
  return offered
}

/** It has been taken. */
export function forgetOffered(): void {
  offered = null
}
