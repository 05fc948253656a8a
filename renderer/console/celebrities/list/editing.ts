import { createContext, useContext } from 'react'

/** The fields that the table itself can edit, in the order in which Tab goes through them. */
export const cellFields = ['name', 'category', 'gender', 'licence'] as const
export type CellField = (typeof cellFields)[number]

export interface EditedCell {
  id: string
  field: CellField
}

export interface Editing {
  cell: EditedCell | null
  begin: (cell: EditedCell) => void
  /** Ends it; by a key, the focus goes back to the table. */
  end: (isByKey: boolean) => void
  /** Undefined for whoever may not edit. */
  save: ((cell: EditedCell, text: string) => void) | undefined
  /** What was saved and is not on the screen yet. */
  saving: (EditedCell & { text: string }) | null
}

const nothing: Editing = {
  cell: null,
  begin: () => undefined,
  end: () => undefined,
  save: undefined,
  saving: null,
}

export const EditingContext = createContext<Editing>(nothing)

export function useEditing(): Editing {
  return useContext(EditingContext)
}

/** The cell that Tab leads to among the columns that are shown; undefined at an end. */
export function nextField(
  field: CellField,
  shown: readonly string[],
  isBackwards: boolean,
): CellField | undefined {
  const fields = cellFields.filter((one) => shown.includes(one))
  return fields[fields.indexOf(field) + (isBackwards ? -1 : 1)]
}
