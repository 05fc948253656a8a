import { useCallback, useState } from 'react'
import type { z } from 'zod'

function remembered<T>(key: string, schema: z.ZodType<T>, initial: T): T {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(key) ?? 'null')
    const parsed = schema.safeParse(stored)
    return parsed.success ? parsed.data : initial
  } catch {
    return initial
  }
}

/**
 * A setting of this browser, kept under `key`. What another version has written, and the schema refuses, gives way to
 * `initial`.
 */
export function useStored<T>(key: string, schema: z.ZodType<T>, initial: T): [T, (value: T) => void] {
  const [value, setValue] = useState(() => remembered(key, schema, initial))
  const change = useCallback(
    (next: T) => {
      setValue(next)
      try {
        localStorage.setItem(key, JSON.stringify(next))
      } catch {
        // A browser that keeps nothing still shows what was asked for.
      }
    },
    [key],
  )
  return [value, change]
}
