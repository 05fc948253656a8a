import { z } from 'zod'

/** All columns of the table, in the order that it has at first. */
export const columnIds = [
  'name',
  'category',
  'gender',
  'age',
  'expression',
  'quality',
  'state',
  'licence',
  'added',
] as const
export type ColumnId = (typeof columnIds)[number]

export const columnLabels: Record<ColumnId, string> = {
  name: 'Name',
  category: 'Category',
  gender: 'Gender',
  age: 'Age',
  expression: 'Expression',
  quality: 'Quality',
  state: 'State',
  licence: 'Licence',
  added: 'Added',
}

/** How this browser shows the table. */
export const tableViewSchema = z.object({
  shown: z.array(z.enum(columnIds)),
  density: z.enum(['comfortable', 'compact']),
})
export type TableView = z.infer<typeof tableViewSchema>

export const defaultView: TableView = {
  shown: ['name', 'category', 'gender', 'age', 'quality', 'state', 'licence', 'added'],
  density: 'comfortable',
}

/** What stands beside the detail pane, which says the rest, where the window has no room for more. */
const besideDetail: readonly ColumnId[] = ['name', 'category', 'quality']

/** The columns to draw, in order. The name is always among them: a row without one is nobody's. */
export function shownColumns({ shown }: TableView, isNarrow: boolean): ColumnId[] {
  return columnIds.filter(
    (id) => id === 'name' || (shown.includes(id) && (!isNarrow || besideDetail.includes(id))),
  )
}

/** Shows a column or hides it. */
export function withShown(view: TableView, id: ColumnId, isShown: boolean): TableView {
  const others = view.shown.filter((other) => other !== id)
  return { ...view, shown: isShown ? [...others, id] : others }
}
