import type { z } from 'zod'

/**
 * Reads a screen's filters from the URL. Each field stands for itself: one that its schema refuses (an old link, a
 * typing error) is left out or takes its default, and the others hold.
 */
export function parseFilters<S extends z.ZodObject>(schema: S, raw: Record<string, unknown>): z.infer<S> {
  const kept: Record<string, unknown> = {}
  const fields: Record<string, z.ZodType> = schema.shape
  for (const [name, field] of Object.entries(fields)) {
    const readings = [raw[name], asTyped(raw[name]), undefined]
    const value = readings.map((reading) => field.safeParse(reading)).find(({ success }) => success)?.data
    if (value !== undefined) kept[name] = value
  }
  return kept as z.infer<S>
}

/** The router reads `?search=123` as a number. */
function asTyped(value: unknown): unknown {
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : value
}

/** The URL's fields after a change: `undefined` takes a field out, and so does its default. */
export function mergeFilters<S extends z.ZodObject>(
  schema: S,
  current: Record<string, unknown>,
  change: Partial<z.infer<S>>,
): Partial<z.input<S>> {
  const defaults = parseFilters(schema, {}) as Record<string, unknown>
  const merged = { ...current, ...change }
  return Object.fromEntries(
    Object.entries(merged).filter(([name, value]) => value !== undefined && value !== defaults[name]),
  ) as Partial<z.input<S>>
}
