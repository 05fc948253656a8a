import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { placeWindow, readWindowState, writeWindowState } from './window-state'

const main = { x: 0, y: 25, width: 1920, height: 1055 }
const right = { x: 1920, y: 0, width: 1280, height: 1024 }
const state = { x: 2000, y: 100, width: 1100, height: 800, maximized: false }

describe('placeWindow', () => {
  it('opens where it was', () => {
    expect(placeWindow(state, [main, right])).toEqual(state)
    const overTheEdge = { ...state, x: -1100 + 120 }
    expect(placeWindow(overTheEdge, [main])).toEqual(overTheEdge)
  })

  it.each([
    ['its screen is gone', state],
    ['too little of it shows', { ...state, x: -1100 + 119 }],
    ['its title is above the screen', { ...state, x: 0, y: 24 }],
    ['its title is below the screen', { ...state, x: 0, y: 1080 - 31 }],
  ])('opens in the middle, as large as it was, when %s', (_why, saved) => {
    expect(placeWindow(saved, [main])).toEqual({ width: 1100, height: 800, maximized: false })
  })

  it('fits the screen, but is never too small to work in', () => {
    expect(placeWindow(null, [main])).toEqual({ width: 1440, height: 900, maximized: false })
    expect(placeWindow(null, [right])).toEqual({ width: 1280, height: 900, maximized: false })
    expect(placeWindow(null, [{ x: 0, y: 0, width: 800, height: 600 }])).toMatchObject({
      width: 1024,
      height: 700,
    })
  })

  it('stays maximized on another screen', () => {
    expect(placeWindow({ ...state, maximized: true }, [main])).toMatchObject({ maximized: true })
  })
})

describe('window state file', () => {
  let folder: string
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'semblance-window-'))))
  afterEach(() => rmSync(folder, { recursive: true }))

  it('reads what it wrote', () => {
    const file = join(folder, 'window.json')
    writeWindowState(file, state)
    expect(readWindowState(file)).toEqual(state)
  })

  it.each([
    '',
    '{',
    '[]',
    '{"x":0}',
    JSON.stringify({ ...state, width: 10 }),
    JSON.stringify({ ...state, x: 'left' }),
  ])('takes %j for none', (text) => {
    const file = join(folder, 'window.json')
    writeFileSync(file, text)
    expect(readWindowState(file)).toBeNull()
  })

  it('takes a missing file for none, and closes without a place to write', () => {
    const file = join(folder, 'gone', 'window.json')
    expect(readWindowState(file)).toBeNull()
    writeWindowState(file, state)
    expect(() => readFileSync(file)).toThrow()
  })
})
