import { readFile } from 'node:fs/promises'
import { extname, join, normalize, sep } from 'node:path'

/** The origin of the desktop window, which serves the pages itself (electron/main.ts). */
export const desktopOrigin = 'app://semblance'

/** A built file, ready to be answered with. */
export interface Page {
  body: Uint8Array<ArrayBuffer>
  type: string
  /** For `cache-control`. */
  caching: string
}

const contentTypes: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
  '.json': 'application/json',
}

/**
 * Reads what a path of the built pages stands for: a file, or a page for every path below it that names no file
 * (`/console/jobs` is the console, which shows its jobs).
 * @param root The folder with `console/`, `site/` and `assets/`.
 * @param pathname As in a URL, percent-encoded.
 * @returns Null where there is nothing, or where the path leads out of the folder.
 */
export async function readPage(root: string, pathname: string): Promise<Page | null> {
  const file = locate(root, pathname)
  if (!file) return null
  try {
    const body = new Uint8Array(await readFile(file))
    const type = contentTypes[extname(file)] ?? 'application/octet-stream'
    // Built assets carry a hash in their name; pages do not.
    const caching = extname(file) === '.html' ? 'no-cache' : 'public, max-age=31536000, immutable'
    return { body, type, caching }
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    if (code === 'ENOENT' || code === 'EISDIR' || code === 'ENOTDIR') return null
    throw error
  }
}

function locate(root: string, pathname: string): string | null {
  let path: string
  try {
    path = decodeURIComponent(pathname)
  } catch {
    return null
  }
  if (path.includes('\0')) return null
  const page = /^\/(console|site)\//.exec(path)
  const file = normalize(join(root, page && !extname(path) ? `${page[1]}/index.html` : path))
  return file.startsWith(root + sep) ? file : null
}
