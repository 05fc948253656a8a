import { type Live, tableOf } from '../conformance/compare'

export interface Size {
  rows: number
  bytes: number
}

export const exclusive = 'exclusive, for an instant; waits at most 0.3 s at a time, then lets others pass'
export const writes = 'keeps writers out, for an instant; waits at most 0.3 s at a time'
export const nobody = 'keeps nobody out'
export const rows = 'rows of one batch of 200'

export const catalogueMs = 50

/** Rows as the planner knows them; where nobody counted, what the bytes suggest. */
export function sizeOf({ catalogue }: Live, name: string): Size {
  const table = tableOf(catalogue, name)
  if (!table) return { rows: 0, bytes: 0 }
  const { estimated_rows, bytes } = table
  return { rows: estimated_rows >= 0 ? estimated_rows : bytes / 500, bytes }
}

/** Reading a table once, 200 MB a second. */
export function scanMs({ bytes }: Size): number {
  return Math.round(20 + bytes / 200_000)
}

/** Rows a second as measured on two cores: HNSW 2,000, IVFFlat 20,000, a B-tree 500,000. */
export function indexMs(definition: string, { rows, bytes }: Size): number {
  const speed = definition.startsWith('hnsw') ? 2_000 : definition.startsWith('ivfflat') ? 20_000 : 500_000
  return Math.round(50 + (rows / speed) * 1000 + 2 * scanMs({ rows, bytes }))
}

/** Some 3,000 rows a second, batch by batch. */
export function backfillMs(count: number): number {
  return Math.round(50 + count / 3)
}
