import { z } from 'zod'

/** All columns of the table, in the order that it has at first. */
export const columnIds = [
  'pair',
  'about',
  'school',
  'factors',
  'score',
  'quality',
  'embedding',
  'geometry',
  'age',
  'symmetry',
  'skin_tone',
  'expression',
  'reactions',
  'connection',
  'model',
  'found',
] as const
export type ColumnId = (typeof columnIds)[number]

const columnIdSchema = z.enum(columnIds)

/** How this browser shows the table. */
export const tableViewSchema = z.object({
  /** All columns, also those that are not shown, in their order. */
  order: z.array(columnIdSchema),
  shown: z.array(columnIdSchema),
  density: z.enum(['comfortable', 'compact']),
})
export type TableView = z.infer<typeof tableViewSchema>

export const defaultView: TableView = {
  order: [...columnIds],
  shown: ['pair', 'about', 'school', 'factors', 'score', 'found'],
  density: 'comfortable',
}

/** What stands beside the detail pane, which says the rest, where the window has no room for more. */
const besideDetail: readonly ColumnId[] = ['pair', 'factors', 'score']

/** The columns to draw, in order. The pair is always among them: a row without names is nobody's. */
export function shownColumns(view: TableView, isNarrow: boolean): ColumnId[] {
  return orderOf(view).filter(
    (id) => id === 'pair' || (view.shown.includes(id) && (!isNarrow || besideDetail.includes(id))),
  )
}

/** All columns in their order; those that a newer version has brought stand last. */
export function orderOf({ order }: Pick<TableView, 'order'>): ColumnId[] {
  const kept = [...new Set(order)]
  return [...kept, ...columnIds.filter((id) => !kept.includes(id))]
}

/** Shows a column or hides it. */
export function withShown(view: TableView, id: ColumnId, isShown: boolean): TableView {
  const others = view.shown.filter((other) => other !== id)
  return { ...view, shown: isShown ? [...others, id] : others }
}

/** Moves a column by places: −1 towards the front. At an end it stays. */
export function withMoved(view: TableView, id: ColumnId, by: -1 | 1): TableView {
  const order = orderOf(view)
  const from = order.indexOf(id)
  const to = from + by
  if (to < 0 || to >= order.length) return { ...view, order }
  const moved = order.toSpliced(from, 1).toSpliced(to, 0, id)
  return { ...view, order: moved }
}
