/** Numbers and times as people read them. English, one style everywhere; `–` where nothing is known. */

export const unknown = '–'

/** Between a number and its unit: no line may end there. */
const space = '\u00a0'

const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 })

/** `12,345` */
export function formatCount(value: number): string {
  return whole.format(value)
}

/** `1 person`, `2 people`: the count with the fitting word. */
export function formatAmount(value: number, one: string, many = `${one}s`): string {
  return `${formatCount(value)} ${value === 1 ? one : many}`
}

/** A share in 0..1 as `87 %`, or with `digits` decimals. */
export function formatPercent(value: number | null | undefined, digits = 0): string {
  return value === null || value === undefined ? unknown : `${(value * 100).toFixed(digits)}${space}%`
}

/** A number with `digits` decimals (2), and a minus sign as wide as a plus. */
export function formatNumber(value: number | null | undefined, digits = 2): string {
  if (value === null || value === undefined) return unknown
  const text = value.toFixed(digits)
  if (!text.startsWith('-')) return text
  return Number(text) === 0 ? text.slice(1) : `−${text.slice(1)}`
}

/** Bytes in powers of 1000: `512 B`, `1.5 kB`, `23 MB`. */
export function formatBytes(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB']
  let value = bytes
  let unit = 0
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000
    unit += 1
  }
  return `${unit === 0 || value >= 9.95 ? Math.round(value) : value.toFixed(1)}${space}${units[unit]}`
}

/** A span of time in milliseconds, at most two units: `85 ms`, `4.2 s`, `3 min 5 s`, `2 h 10 min`, `3 d 4 h`. */
export function formatDuration(milliseconds: number): string {
  const ms = Math.max(0, milliseconds)
  if (ms < 999.5) return `${Math.round(ms)}${space}ms`
  if (ms < 9950) return `${(ms / 1000).toFixed(1)}${space}s`
  const seconds = Math.round(ms / 1000)
  if (seconds < 60) return `${seconds}${space}s`
  if (seconds < 3600) return twoUnits(Math.floor(seconds / 60), 'min', seconds % 60, 's')
  const minutes = Math.round(seconds / 60)
  if (minutes < 24 * 60) return twoUnits(Math.floor(minutes / 60), 'h', minutes % 60, 'min')
  const hours = Math.round(minutes / 60)
  return twoUnits(Math.floor(hours / 24), 'd', hours % 24, 'h')
}

function twoUnits(large: number, largeUnit: string, small: number, smallUnit: string): string {
  const first = `${large}${space}${largeUnit}`
  return small === 0 ? first : `${first} ${small}${space}${smallUnit}`
}

/** How long ago (or until) in one unit: `now`, `12 s ago`, `in 5 min`, `3 d ago`; older than 30 days as a date. */
export function formatRelative(date: Date, now: Date): string {
  const seconds = Math.round((now.getTime() - date.getTime()) / 1000)
  const distance = Math.abs(seconds)
  if (distance < 3) return 'now'
  if (distance >= 30 * 86_400) return formatDate(date)
  const text =
    distance < 60
      ? `${distance} s`
      : distance < 3600
        ? `${Math.floor(distance / 60)} min`
        : distance < 86_400
          ? `${Math.floor(distance / 3600)} h`
          : `${Math.floor(distance / 86_400)} d`
  return seconds > 0 ? `${text} ago` : `in ${text}`
}

/** `4 Mar 2026` in the reader's time zone. */
export function formatDate(date: Date): string {
  return `${date.getDate()} ${date.toLocaleString('en', { month: 'short' })} ${date.getFullYear()}`
}

/** `4 Mar 2026, 18:05` in the reader's time zone. */
export function formatDateTime(date: Date): string {
  return `${formatDate(date)}, ${formatClock(date).slice(0, 5)}`
}

/** `18:05:09` in the reader's time zone. */
export function formatClock(date: Date): string {
  return [date.getHours(), date.getMinutes(), date.getSeconds()]
    .map((value) => value.toString().padStart(2, '0'))
    .join(':')
}

/** `skin_tone` → `Skin tone`. */
export function formatLabel(name: string): string {
  const words = name.replaceAll('_', ' ')
  return words.charAt(0).toUpperCase() + words.slice(1)
}
