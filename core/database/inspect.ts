import { aboutQuery, functionsQuery, tablesQuery, viewsQuery } from './inspect-queries'

/** What the live database holds, read from its catalogues, each list in a fixed order so that two can be compared. */
export interface SchemaInspection {
  /** As the server says it, such as "15.14". */
  version: string
  extensions: { name: string; schema: string; version: string }[]
  tables: TableInspection[]
  views: ViewInspection[]
  functions: FunctionInspection[]
}

export interface TableInspection {
  schema: string
  name: string
  /** Whether whoever asks may change the table. */
  owned: boolean
  /** The planner's estimate; -1 where nobody has counted yet. */
  estimated_rows: number
  /** Heap and TOAST, without indexes. */
  bytes: number
  comment: string | null
  row_level_security: boolean
  columns: ColumnInspection[]
  primary_key: string[] | null
  primary_key_name: string | null
  unique: { name: string; columns: string[]; definition: string }[]
  checks: { name: string; columns: string[]; definition: string; validated: boolean }[]
  foreign_keys: ForeignKeyInspection[]
  indexes: IndexInspection[]
  policies: PolicyInspection[]
  triggers: TriggerInspection[]
}

export interface IndexInspection {
  name: string
  unique: boolean
  method: string
  definition: string
  /** False while it is built, and after a concurrent build was interrupted. */
  valid: boolean
  /** Whether it belongs to a constraint of the same name. */
  constraint: boolean
}

export interface TriggerInspection {
  name: string
  /** `schema.name` */
  function: string
  enabled: boolean
  definition: string
  /** The function's body. */
  source: string
}

export interface ViewInspection {
  schema: string
  name: string
  materialized: boolean
  options: string[] | null
  definition: string
  comment: string | null
}

export interface ColumnInspection {
  name: string
  /** With its modifier, and without a schema: `vector(512)`, `timestamp with time zone`. */
  type: string
  /** The type as a statement needs it, with its schema where the search path lacks it. */
  declared_type: string
  nullable: boolean
  default: string | null
  /** The expression of a stored generated column. */
  generated: string | null
  identity: 'always' | 'by default' | null
  storage: 'plain' | 'main' | 'external' | 'extended'
  /** Whether its type is stored so unless somebody says otherwise. */
  storage_is_usual: boolean
  comment: string | null
}

export interface ForeignKeyInspection {
  name: string
  columns: string[]
  /** `schema.table` */
  references: string
  referenced_columns: string[]
  on_update: string
  on_delete: string
  definition: string
  validated: boolean
}

export interface PolicyInspection {
  name: string
  command: string
  permissive: boolean
  roles: string[]
  using: string | null
  check: string | null
}

export interface FunctionInspection {
  schema: string
  name: string
  arguments: string
  /** What tells two functions of one name apart. */
  argument_types: string
  /** Rises with the order in which functions were made. */
  ordinal: number
  returns: string
  language: string
  volatility: string
  security_definer: boolean
  /** Settings of its own, such as `search_path=""`. */
  settings: string[] | null
  definition: string
  /** The body; empty where it is written in SQL's own standard form, which only `definition` has. */
  source: string
}

/** Runs one statement, such as a client of `pg` does. */
export type Query = (text: string, values: unknown[]) => Promise<{ rows: unknown[] }>

/**
 * Reads tables, views, functions and all that belongs to them; what belongs to an extension is left out.
 *
 * @param schemas which to list; `public` and our own where not given
 */
export async function inspectSchema(
  query: Query,
  schemas: readonly string[] = ['public', 'private', 'semblance'],
): Promise<SchemaInspection> {
  const list = async <T>(text: string) => (await query(text, [schemas])).rows as T[]
  const [about] = (await query(aboutQuery, [])).rows as Pick<SchemaInspection, 'version' | 'extensions'>[]
  return {
    version: about.version,
    extensions: about.extensions,
    tables: await list<TableInspection>(tablesQuery),
    views: await list<SchemaInspection['views'][number]>(viewsQuery),
    functions: await list<FunctionInspection>(functionsQuery),
  }
}
