import type { TableInspection, TriggerInspection } from '../inspect'
import { type Catalogue, platformSchemas } from './catalogue'
import { objectsOf } from './objects'
import { objectKey, type SchemaObject, type SchemaObjects } from './schema-object'
import { squeeze } from './text'

/** A live database, ready to be asked whether something stands in it. */
export interface Live {
  catalogue: Catalogue
  objects: SchemaObjects
}

/** How an object of the migrations stands in a live database. */
export interface Standing {
  state: 'stands' | 'different' | 'missing'
  /** What stands there by that name, or in its place. */
  actual: SchemaObject | null
  /** Why something of another name counts as it. */
  because: string | null
}

export function liveOf(catalogue: Catalogue): Live {
  return { catalogue, objects: objectsOf(catalogue) }
}

export function tableOf({ tables }: Catalogue, table: string | null): TableInspection | undefined {
  return tables.find(({ schema, name }) => `${schema}.${name}` === table)
}

/** Somebody's trigger that does the job of one of ours, by what the body of its function says. */
const jobs: { table: string; event: RegExp; does: RegExp }[] = [
  { table: 'auth.users', event: /AFTER INSERT\b/, does: /insert\s+into\s+(public\.)?"?profiles\b/i },
  { table: 'public.faces', event: /AFTER INSERT\b/, does: /insert\s+into\s+(public\.)?"?match_jobs\b/i },
  {
    table: 'public.faces',
    event: /AFTER INSERT\b/,
    does: /update\s+(public\.)?"?profiles\b[\s\S]*default_face_id/i,
  },
  { table: 'auth.users', event: /AFTER DELETE\b/, does: /delete\s+from\s+(public\.)?"?profiles\b/i },
]
const touchesUpdatedAt = /\bnew\.updated_at\s*(:=|=)|moddatetime/i

/** The trigger of a live table that does what one of ours does, under whatever name. */
export function triggerInPlaceOf(
  ours: TriggerInspection,
  table: TableInspection,
): TriggerInspection | undefined {
  const full = `${table.schema}.${table.name}`
  const others = table.triggers.filter((other) => other.enabled && other.name !== ours.name)
  const sameFunction = others.find(
    (other) => other.function === ours.function && eventOf(other.definition) === eventOf(ours.definition),
  )
  if (sameFunction) return sameFunction
  if (ours.function === 'private.touch_updated_at') {
    const event = /BEFORE (INSERT|UPDATE)\b/.exec(ours.definition)?.[0] ?? ''
    return others.find(
      (other) =>
        other.definition.includes(event) && touchesUpdatedAt.test(`${other.source} ${other.function}`),
    )
  }
  const job = jobs.find(
    (one) => one.table === full && one.event.test(ours.definition) && one.does.test(ours.source),
  )
  return job && others.find((other) => job.event.test(other.definition) && job.does.test(other.source))
}

/** `BEFORE INSERT OR UPDATE …` with its arguments, without names. */
function eventOf(definition: string): string {
  return squeeze(definition).replace(/^CREATE (CONSTRAINT )?TRIGGER ("[^"]+"|\S+) /, '')
}

/** Looks for an object: by its name, and where two names can mean the same, by what it does. */
export function standingOf(object: SchemaObject, expected: Catalogue, live: Live): Standing {
  const named = live.objects.get(objectKey(object))
  const missing: Standing = { state: 'missing', actual: null, because: null }
  // The usual way; whoever chose another for their column had a reason.
  if (object.isUsual) return named ? { state: 'stands', actual: named, because: null } : missing
  if (named?.definition === object.definition) return { state: 'stands', actual: named, because: null }
  const inPlace = sameUnderAnotherName(object, expected, live)
  if (inPlace) return inPlace
  if (object.kind === 'role' || object.kind === 'sequence')
    return named ? { state: 'stands', actual: named, because: null } : missing
  return named ? { state: 'different', actual: named, because: null } : missing
}

function sameUnderAnotherName(object: SchemaObject, expected: Catalogue, live: Live): Standing | null {
  const stands = (actual: SchemaObject | null, because: string): Standing => ({
    state: 'stands',
    actual,
    because,
  })
  const others = () => [...live.objects.values()].filter((one) => one.table === object.table)
  switch (object.kind) {
    case 'check':
    case 'unique':
    case 'foreign key':
    case 'index': {
      const same = others().find((one) => one.kind === object.kind && one.definition === object.definition)
      if (same) return stands(same, `stands as ${same.name}`)
      if (object.kind !== 'unique') return differentlyKept(object, others())
      const written = `unique btree (${object.columns?.join(', ') ?? ''})`
      const index = others().find((one) => one.kind === 'index' && one.definition === written)
      return index ? stands(index, `stands as the unique index ${index.name}`) : null
    }
    case 'trigger': {
      const table = tableOf(live.catalogue, object.table)
      const ours = tableOf(expected, object.table)?.triggers.find(
        ({ name }) => object.name === `${name} on ${object.table ?? ''}`,
      )
      const theirs = table && ours && triggerInPlaceOf(ours, table)
      return theirs ? stands(null, `the trigger ${theirs.name} does its job`) : null
    }
    case 'publication':
      return live.catalogue.publications.some(({ tables }) => tables === null)
        ? stands(null, 'the publication has all tables')
        : null
    default:
      return null
  }
}

/** A key over the same columns, or a check of the same columns, that says something else. */
function differentlyKept(object: SchemaObject, others: SchemaObject[]): Standing | null {
  if (object.kind === 'index') return null
  const columns = object.columns?.toSorted().join()
  const target = object.kind === 'foreign key' ? object.definition.split(' on delete ')[0] : null
  const actual = others.find(
    (one) =>
      one.kind === object.kind &&
      one.columns?.toSorted().join() === columns &&
      (target === null || one.definition.startsWith(`${target} on delete `)),
  )
  return actual ? { state: 'different', actual, because: null } : null
}

/**
 * Auth, Storage and Realtime keep their own tables and functions: where those stand, only our triggers, policies and
 * rows in them are our business, and where nobody but the platform may make any, a missing one isn't.
 *
 * @param expected what the migrations make of an empty database
 * @param made keys of what an adoption made there: that is ours to the last grant
 */
export function isPlatforms(
  object: SchemaObject,
  { catalogue, objects }: Live,
  expected: Catalogue,
  made: ReadonlySet<string>,
): boolean {
  const { kind, schema, table, name } = object
  if (schema === null || !platformSchemas.includes(schema)) return false
  if (kind === 'trigger' || kind === 'policy' || kind === 'row') return false
  const home = catalogue.schemas.find((one) => one.name === schema)
  if (home === undefined || made.has(objectKey(object)) || made.has(`table ${table ?? ''}`)) return false
  if (!home.creatable || kind === 'schema' || objects.has(objectKey(object))) return true
  if (kind !== 'grant' || table !== null) return kind !== 'table' && tableOf(catalogue, table) !== undefined
  // Whoever is to use what we make in a schema, or call a function of ours, needs the right to.
  const called = / on (function .+) to /.exec(name)?.[1]
  if (called !== undefined) return objects.has(called) && !made.has(called)
  return !expected.tables.some((one) => {
    const full = `${one.schema}.${one.name}`
    return one.schema === schema && (made.has(`table ${full}`) || !tableOf(catalogue, full))
  })
}
