import { readFileSync, writeFileSync } from 'node:fs'
import { z } from 'zod'

export const minimumSize = { width: 1024, height: 700 }
const usualSize = { width: 1440, height: 900 }

const windowStateSchema = z.object({
  x: z.number().int(),
  y: z.number().int(),
  width: z.number().int().min(minimumSize.width),
  height: z.number().int().min(minimumSize.height),
  maximized: z.boolean(),
})
export type WindowState = z.infer<typeof windowStateSchema>

/** In the pixels of the desktop, all screens together. */
export interface Rectangle {
  x: number
  y: number
  width: number
  height: number
}

/** How much of the title bar must lie on a screen so that the window can be grabbed. */
const grip = { width: 120, height: 32 }

/**
 * Where the window opens: where it was, as far as that is on a screen that is still there, else in the middle (no `x`).
 * @param screens The work areas of the screens; the first is the main one.
 */
export function placeWindow(
  saved: WindowState | null,
  screens: Rectangle[],
): Partial<Rectangle> & { maximized: boolean } {
  if (saved && screens.some((screen) => showsTitle(screen, saved))) return saved
  const main = screens[0] ?? { ...usualSize, x: 0, y: 0 }
  const size = saved ?? usualSize
  return {
    width: Math.max(minimumSize.width, Math.min(size.width, main.width)),
    height: Math.max(minimumSize.height, Math.min(size.height, main.height)),
    maximized: saved?.maximized ?? false,
  }
}

function showsTitle(screen: Rectangle, { x, y, width }: Rectangle): boolean {
  const shown = Math.min(x + width, screen.x + screen.width) - Math.max(x, screen.x)
  return shown >= grip.width && y >= screen.y && y + grip.height <= screen.y + screen.height
}

/** @returns Null where there is none, or none that makes sense. */
export function readWindowState(file: string): WindowState | null {
  try {
    return windowStateSchema.parse(JSON.parse(readFileSync(file, 'utf8')))
  } catch {
    return null
  }
}

/** Losing this costs somebody a drag of the mouse: a disk that is full must not stop the window from closing. */
export function writeWindowState(file: string, state: WindowState): void {
  try {
    writeFileSync(file, JSON.stringify(state))
  } catch {
    return
  }
}
