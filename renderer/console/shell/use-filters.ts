import { useNavigate, useSearch } from '@tanstack/react-router'
import { useCallback, useMemo } from 'react'
import type { z } from 'zod'
import { mergeFilters, parseFilters } from './filters'

/** Changes some filters; `undefined` clears one. */
export type SetFilters<S extends z.ZodObject> = (change: Partial<z.infer<S>>) => void

/**
 * A screen's filters (and what is selected), kept in the URL: a link leads to the same view, and reloading keeps it.
 * Fields should be optional or have a default.
 *
 * @example const [filters, setFilters] = useFilters(searchSchema)
 */
export function useFilters<S extends z.ZodObject>(schema: S): readonly [z.infer<S>, SetFilters<S>] {
  const raw: Record<string, unknown> = useSearch({ strict: false })
  const navigate = useNavigate()
  const filters = useMemo(() => parseFilters(schema, raw), [schema, raw])
  const setFilters = useCallback(
    (change: Partial<z.infer<S>>) => {
      void navigate({
        to: '.',
        // The router knows no screen by its schema: what a change may hold is checked by the type above.
        search: ((current: Record<string, unknown>) => mergeFilters(schema, current, change)) as never,
        // Walking a list with the arrow keys must not fill the history.
        replace: true,
      })
    },
    [navigate, schema],
  )
  return [filters, setFilters]
}
