import type { ColumnInspection, TableInspection } from '../inspect'
import { flattenBooleans } from './boolean'
import type { SchemaObject } from './schema-object'
import { identifier, indexAsWritten, literal, normalizeDefault, qualified, squeeze } from './text'

/** A column as `create table` and `add column` take it. */
export function columnDefinition(column: ColumnInspection): string {
  const { name, declared_type, nullable, default: value, generated, identity } = column
  return [
    ...[identifier(name), declared_type],
    ...(generated === null ? [] : [`generated always as (${generated}) stored`]),
    ...(identity === null ? [] : [`generated ${identity} as identity`]),
    ...(value === null ? [] : [`default ${value}`]),
    ...(nullable ? [] : ['not null']),
  ].join(' ')
}

export function columnObjects({ schema, name, columns }: TableInspection): SchemaObject[] {
  const table = `${schema}.${name}`
  const relation = qualified(schema, name)
  return columns.flatMap((column): SchemaObject[] => {
    const { type, nullable, generated, identity, storage, storage_is_usual, comment } = column
    const own = { schema, table, name: `${table}.${column.name}` }
    const target = `${relation}.${identifier(column.name)}`
    const value = normalizeDefault(column.default)
    return [
      {
        ...{ ...own, kind: 'column' },
        definition: [
          type,
          ...(nullable ? [] : ['not null']),
          ...(value === null ? [] : [`default ${value}`]),
          ...(generated === null ? [] : [`generated as ${squeeze(generated)}`]),
          ...(identity === null ? [] : [`identity ${identity}`]),
        ].join(' '),
        create: [
          `alter table ${relation} add column ${columnDefinition(column)}`,
          ...(comment === null ? [] : [`comment on column ${target} is ${literal(comment)}`]),
        ],
      },
      {
        ...{ ...own, kind: 'storage', definition: storage, isUsual: storage_is_usual },
        create: [`alter table ${relation} alter column ${identifier(column.name)} set storage ${storage}`],
      },
    ]
  })
}

export function constraintObjects({
  schema,
  name,
  checks,
  unique,
  foreign_keys,
}: TableInspection): SchemaObject[] {
  const table = `${schema}.${name}`
  const relation = qualified(schema, name)
  const make = (constraint: string, definition: string) => [
    `alter table ${relation} add constraint ${identifier(constraint)} ${definition.replace(/ NOT VALID$/, '')} not valid`,
    `alter table ${relation} validate constraint ${identifier(constraint)}`,
  ]
  return [
    ...checks.map((check): SchemaObject => ({
      ...{ kind: 'check', name: `${check.name} on ${table}`, schema, table, columns: check.columns },
      definition: `${flattenBooleans(check.definition.replace(/ NOT VALID$/, ''))}${check.validated ? '' : ' (not valid)'}`,
      create: make(check.name, check.definition),
    })),
    ...unique.map((one): SchemaObject => ({
      ...{ kind: 'unique', name: `${one.name} on ${table}`, schema, table, columns: one.columns },
      definition: squeeze(one.definition),
      create: [
        `create unique index concurrently ${identifier(one.name)} on ${relation} (${one.columns.map(identifier).join(', ')})`,
        `alter table ${relation} add constraint ${identifier(one.name)} unique using index ${identifier(one.name)}`,
      ],
    })),
    ...foreign_keys.map((key): SchemaObject => ({
      ...{ kind: 'foreign key', name: `${key.name} on ${table}`, schema, table, columns: key.columns },
      definition: `(${key.columns.join(', ')}) references ${key.references} (${key.referenced_columns.join(', ')}) on delete ${key.on_delete}${key.validated ? '' : ' (not valid)'}`,
      create: make(key.name, key.definition),
    })),
  ]
}

export function indexObjects({ schema, name, indexes }: TableInspection): SchemaObject[] {
  const table = `${schema}.${name}`
  return indexes
    .filter((index) => !index.constraint)
    .map((index) => ({
      ...{ kind: 'index', name: `${schema}.${index.name}`, schema, table },
      definition: `${indexAsWritten(index.definition, index.unique)}${index.valid ? '' : ' (invalid)'}`,
      create: [index.definition.replace(/^CREATE (UNIQUE )?INDEX /, 'create $1index concurrently ')],
    }))
}
