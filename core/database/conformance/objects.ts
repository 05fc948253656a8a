import type { TableInspection } from '../inspect'
import { flattenBooleans } from './boolean'
import type { Catalogue, Grant } from './catalogue'
import { objectKey, type SchemaObject, type SchemaObjects } from './schema-object'
import { columnDefinition, columnObjects, constraintObjects, indexObjects } from './table-objects'
import { identifier, literal, normalizeView, qualified, squeeze } from './text'

/** Everything that a catalogue holds, one object each, in an order in which it can be made. */
export function objectsOf(catalogue: Catalogue): SchemaObjects {
  const list = [
    ...serverObjects(catalogue),
    ...typeObjects(catalogue),
    ...catalogue.tables.filter(isOurs).flatMap(tableObjects),
    ...functionObjects(catalogue),
    ...viewObjects(catalogue),
    ...catalogue.tables.filter(isOurs).flatMap(behaviourObjects),
    ...catalogue.grants.filter(({ object }) => !object.startsWith('semblance.')).map(grantObject),
    ...publicationObjects(catalogue),
    ...rowObjects(catalogue),
  ]
  return new Map(list.map((object) => [objectKey(object), object]))
}

/** What the runner of migrations keeps for itself is no migration's work. */
function isOurs({ schema, name }: TableInspection): boolean {
  return !(schema === 'semblance' && (name === 'migrations' || name === 'adoption'))
}

function serverObjects({ roles, memberships, schemas, extensions }: Catalogue): SchemaObject[] {
  const nowhere = { schema: null, table: null, definition: '' }
  return [
    ...roles.map(({ name, options, settings }): SchemaObject => {
      const set = (settings ?? []).map((setting) => {
        const [key, ...value] = setting.split('=')
        return `alter role ${identifier(name)} set ${key} to ${literal(value.join('='))}`
      })
      return {
        ...nowhere,
        kind: 'role',
        name,
        create: [`create role ${identifier(name)} ${options}`, ...set],
      }
    }),
    ...memberships.map(({ role, member }): SchemaObject => ({
      ...nowhere,
      ...{ kind: 'membership', name: `${member} in ${role}` },
      create: [`grant ${identifier(role)} to ${identifier(member)}`],
    })),
    ...schemas.map(({ name, comment }): SchemaObject => ({
      ...{ ...nowhere, kind: 'schema', name, schema: name },
      create: [
        `create schema ${identifier(name)}`,
        ...(comment === null ? [] : [`comment on schema ${identifier(name)} is ${literal(comment)}`]),
      ],
    })),
    ...extensions.map(({ name, schema }): SchemaObject => ({
      ...{ ...nowhere, kind: 'extension', name, definition: schema },
      create: [`create extension ${identifier(name)} with schema ${identifier(schema)}`],
    })),
  ]
}

function typeObjects({ types, sequences }: Catalogue): SchemaObject[] {
  return [
    ...types.map(({ schema, name, labels }): SchemaObject => ({
      ...{ kind: 'type', name: `${schema}.${name}`, schema, table: null, definition: labels.join(', ') },
      create: [`create type ${qualified(schema, name)} as enum (${labels.map(literal).join(', ')})`],
    })),
    ...sequences.map(({ schema, name, definition }): SchemaObject => ({
      ...{ kind: 'sequence', name: `${schema}.${name}`, schema, table: null, definition },
      create: [`create sequence ${qualified(schema, name)} ${definition}`],
    })),
  ]
}

function tableObjects(table: TableInspection): SchemaObject[] {
  const { schema, name, columns, primary_key, primary_key_name, comment } = table
  const full = `${schema}.${name}`
  const relation = qualified(schema, name)
  const key =
    primary_key === null
      ? []
      : [
          `constraint ${identifier(primary_key_name ?? `${name}_pkey`)} primary key (${primary_key.map(identifier).join(', ')})`,
        ]
  const lines = [...columns.map(columnDefinition), ...key]
  const remarks = [
    ...(comment === null ? [] : [`comment on table ${relation} is ${literal(comment)}`]),
    ...columns.flatMap((column) =>
      column.comment === null
        ? []
        : [`comment on column ${relation}.${identifier(column.name)} is ${literal(column.comment)}`],
    ),
  ]
  return [
    {
      ...{ kind: 'table', name: full, schema, table: full, definition: '' },
      create: [`create table ${relation} (\n  ${lines.join(',\n  ')}\n)`, ...remarks],
    },
    ...columnObjects(table),
    ...constraintObjects(table),
    ...indexObjects(table),
  ]
}

function functionObjects({ functions }: Catalogue): SchemaObject[] {
  // One in SQL's standard form is parsed when it is made and must find what it calls: after the others, in their order.
  const ordered = functions.toSorted(
    (a, b) => Number(a.source === '') - Number(b.source === '') || a.ordinal - b.ordinal,
  )
  return ordered.map((one) => ({
    ...{ kind: 'function', schema: one.schema, table: null },
    name: `${one.schema}.${one.name}(${one.argument_types})`,
    definition: one.source === '' ? flattenBooleans(one.definition) : squeeze(one.definition),
    create: [one.definition.replace(/^CREATE OR REPLACE /, 'CREATE ').trim()],
  }))
}

function viewObjects({ views }: Catalogue): SchemaObject[] {
  return views.map(({ schema, name, materialized, options, definition, comment }) => {
    const relation = qualified(schema, name)
    const settings = options ? ` with (${options.join(', ')})` : ''
    return {
      ...{ kind: 'view', name: `${schema}.${name}`, schema, table: `${schema}.${name}` },
      definition: `${settings}${normalizeView(definition)}`,
      create: [
        `create ${materialized ? 'materialized ' : ''}view ${relation}${settings} as\n${definition.trim().replace(/;$/, '')}`,
        ...(comment === null ? [] : [`comment on view ${relation} is ${literal(comment)}`]),
      ],
    }
  })
}

/** What a table does by itself and lets others do: triggers, row-level security, policies. */
function behaviourObjects({
  schema,
  name,
  row_level_security,
  triggers,
  policies,
}: TableInspection): SchemaObject[] {
  const table = `${schema}.${name}`
  const relation = qualified(schema, name)
  const own = { schema, table }
  return [
    ...triggers.map((trigger): SchemaObject => ({
      ...{ ...own, kind: 'trigger', name: `${trigger.name} on ${table}` },
      definition: `${flattenBooleans(trigger.definition)}${trigger.enabled ? '' : ' (disabled)'}`,
      create: [trigger.definition],
    })),
    ...(row_level_security
      ? [
          {
            ...{ ...own, kind: 'row-level security' as const, name: table, definition: 'on' },
            create: [`alter table ${relation} enable row level security`],
          },
        ]
      : []),
    ...policies.map((policy): SchemaObject => {
      const roles = policy.roles.map((role) => (role === 'public' ? role : identifier(role))).join(', ')
      const text = squeeze(
        `as ${policy.permissive ? 'permissive' : 'restrictive'} for ${policy.command} to ${roles}` +
          (policy.using === null ? '' : ` using (${policy.using})`) +
          (policy.check === null ? '' : ` with check (${policy.check})`),
      )
      return {
        ...{ ...own, kind: 'policy', name: `${policy.name} on ${table}`, definition: flattenBooleans(text) },
        create: [`create policy ${identifier(policy.name)} on ${relation} ${text}`],
      }
    }),
  ]
}

function grantObject({ kind, object, column, grantee, privilege }: Grant): SchemaObject {
  const right = column === null ? privilege : `${privilege} (${identifier(column)})`
  const what = kind === 'column' || kind === 'table' ? `table ${object}` : `${kind} ${object}`
  const text = `${right} on ${what} to ${grantee === 'public' ? grantee : identifier(grantee)}`
  const [schema] = object.split('.')
  return {
    ...{ kind: 'grant', name: text, schema, definition: '' },
    table: kind === 'function' || kind === 'schema' ? null : object,
    create: [`grant ${text}`],
  }
}

function publicationObjects({ publications }: Catalogue): SchemaObject[] {
  return publications.flatMap(({ name, tables }) =>
    (tables ?? []).map((table) => ({
      ...{ kind: 'publication', name: `${table} in ${name}`, schema: null, table, definition: '' },
      create: [`alter publication ${identifier(name)} add table ${table}`],
    })),
  )
}

function rowObjects({ rows }: Catalogue): SchemaObject[] {
  return rows.flatMap(({ table, key, rows: list }) =>
    list.map((row) => ({
      ...{ kind: 'row', schema: table.split('.')[0], table, definition: '' },
      name: `${table} ${key.map((column) => String(row[column])).join(', ')}`,
      create: [insertRow(table, row)],
    })),
  )
}

/** By its own columns alone, so that those of somebody else's take their default. */
function insertRow(table: string, row: Record<string, unknown>): string {
  const columns = Object.keys(row)
    .filter((column) => row[column] !== null)
    .map(identifier)
    .join(', ')
  const record = `jsonb_populate_record(null::${table}, ${literal(JSON.stringify(row))})`
  return `insert into ${table} (${columns}) select ${columns} from ${record} on conflict do nothing`
}
