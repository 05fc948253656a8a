export type ObjectKind =
  | 'role'
  | 'membership'
  | 'schema'
  | 'extension'
  | 'type'
  | 'sequence'
  | 'table'
  | 'column'
  | 'storage'
  | 'function'
  | 'view'
  | 'check'
  | 'unique'
  | 'foreign key'
  | 'index'
  | 'trigger'
  | 'row-level security'
  | 'policy'
  | 'grant'
  | 'publication'
  | 'row'

/** One thing that a migration can make. */
export interface SchemaObject {
  kind: ObjectKind
  /** Unique within its kind, and readable: `public.faces.geometry`. */
  name: string
  schema: string | null
  /** `schema.table` of what belongs to a table. */
  table: string | null
  /** What two of the same name are compared by, on any version of PostgreSQL. */
  definition: string
  /** The statements that make it. */
  create: string[]
  /** Nothing that was asked for: so a type is stored unless somebody says otherwise. */
  isUsual?: boolean
  /** Its columns, of a key or a check. */
  columns?: string[]
}

export type SchemaObjects = Map<string, SchemaObject>

export function objectKey({ kind, name }: Pick<SchemaObject, 'kind' | 'name'>): string {
  return `${kind} ${name}`
}
