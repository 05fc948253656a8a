import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'

type Triple = readonly [number, number, number]
type Matrix = readonly [Triple, Triple, Triple]

const multiply = (matrix: Matrix, vector: Triple): Triple =>
  matrix.map((row) => row[0] * vector[0] + row[1] * vector[1] + row[2] * vector[2]) as unknown as Triple

/** Ottosson, https://bottosson.github.io/posts/oklab/ */
const labToCones: Matrix = [
  [1, 0.3963377774, 0.2158037573],
  [1, -0.1055613458, -0.0638541728],
  [1, -0.0894841775, -1.291485548],
]
const conesToRgb: Matrix = [
  [4.0767416621, -3.3077115913, 0.2309699292],
  [-1.2684380046, 2.6097574011, -0.3413193965],
  [-0.0041960863, -0.7034186147, 1.707614701],
]
const rgbToCones: Matrix = [
  [0.4122214708, 0.5363325363, 0.0514459929],
  [0.2119034982, 0.6806995451, 0.1073969566],
  [0.0883024619, 0.2817188376, 0.6299787005],
]
const conesToLab: Matrix = [
  [0.2104542553, 0.793617785, -0.0040720468],
  [1.9779984951, -2.428592205, 0.4505937099],
  [0.0259040371, 0.7827717662, -0.808675766],
]
/** Machado, Oliveira and Fernandes 2009, severity 1, on linear sRGB. */
const eyes: Record<string, Matrix> = {
  usual: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  protanopic: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deuteranopic: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  tritanopic: [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
}

const css = readFileSync(join(import.meta.dirname, '../tokens.css'), 'utf8')

/** A token of a theme as linear sRGB. */
function token(theme: string, name: string): Triple {
  const block = css.slice(theme === 'dark' ? css.indexOf("[data-theme='dark']") : 0)
  const match = new RegExp(`--${name}: oklch\\(([\\d.]+) ([\\d.]+) ([\\d.]+)\\)`).exec(block)
  const [lightness = NaN, chroma = NaN, hue = NaN] = (match ?? []).slice(1).map(Number)
  const angle = (hue * Math.PI) / 180
  const cones = multiply(labToCones, [lightness, chroma * Math.cos(angle), chroma * Math.sin(angle)])
  return multiply(conesToRgb, cones.map((value) => value ** 3) as unknown as Triple)
}

function seenBy(kind: string, rgb: Triple): Triple {
  const matrix = eyes[kind] ?? eyes['usual']
  const seen = multiply(matrix, rgb).map((value) => Math.max(0, value)) as unknown as Triple
  return multiply(conesToLab, multiply(rgbToCones, seen).map(Math.cbrt) as unknown as Triple)
}

const luminance = ([r, g, b]: Triple) => 0.2126 * r + 0.7152 * g + 0.0722 * b

describe.each(['light', 'dark'])('the lines of charts, %s', (theme) => {
  const names = ['chart-1', 'chart-2', 'chart-3']

  it.each(Object.keys(eyes))('are told apart by %s eyes', (kind) => {
    const seen = names.map((name) => seenBy(kind, token(theme, name)))
    for (const [i, one] of seen.entries()) {
      for (const other of seen.slice(i + 1)) {
        // Just noticeable is about 0.02.
        expect(Math.hypot(...one.map((value, axis) => value - (other[axis] ?? 0)))).toBeGreaterThan(0.11)
      }
    }
  })

  it('stand out from the panel', () => {
    const panel = luminance(token(theme, 'panel'))
    for (const name of names) {
      const line = luminance(token(theme, name))
      const contrast = (Math.max(line, panel) + 0.05) / (Math.min(line, panel) + 0.05)
      expect(contrast).toBeGreaterThanOrEqual(3)
    }
  })
})
