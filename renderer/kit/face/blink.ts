/** Changes between two pictures a second that one may choose. */
export const blinkRates = [0.5, 1, 2] as const

/**
 * Changes a second that are never exceeded, whatever is asked for. WCAG 2.3.1 allows three flashes a second, each of
 * them two changes; this stays at half of that, because the pictures fill a large part of the screen.
 */
const greatestRate = 2.5

/** Milliseconds that a picture stands, for a wished number of changes a second (> 0). */
export function blinkInterval(changesPerSecond: number): number {
  return 1000 / Math.min(greatestRate, Math.max(0.1, changesPerSecond))
}
