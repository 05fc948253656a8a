const separator = /([\\/]|\.[a-z0-9]{1,5}$)/i

/** The parts of a path of any system, and what stands between and behind them, in order: an ending is read by itself. */
export function pathParts(path: string): { text: string; isSeparator: boolean }[] {
  return path
    .split(separator)
    .map((text, place) => ({ text, isSeparator: place % 2 === 1 }))
    .filter(({ text }) => text !== '')
}

const [leftToRight, asItIs, end] = ['\u2066', '\u2068', '\u2069']

/**
 * A path for a title, which knows no elements: marks keep its parts in order, from left to right, where some are written
 * from right to left.
 */
export function pathTitle(path: string): string {
  const parts = pathParts(path).map(({ text, isSeparator }) =>
    isSeparator ? text : `${asItIs}${text}${end}`,
  )
  return `${leftToRight}${parts.join('')}${end}`
}
