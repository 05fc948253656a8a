import { isDocumented } from '../conformance/check'
import { tableOf } from '../conformance/compare'
import { objectKey, type SchemaObject } from '../conformance/schema-object'
import { flattenBooleans } from '../conformance/boolean'
import { checkAsWritten, identifier, literal } from '../conformance/text'
import type { Decisions, PlanContext } from './model'

/** What becomes of something that stands there and is not as ours: nearly always nothing. */
export function decideDifferent(
  object: SchemaObject,
  actual: SchemaObject | null,
  context: PlanContext,
  decisions: Decisions,
): void {
  const key = objectKey(object)
  const from = context.reference.addedBy.get(key) ?? ''
  const keep = (why: string) => decisions.kept.push({ object: key, why })
  const block = (why: string) => decisions.blockers.push(`${key}: ${why}`)
  const mend = (title: string, statements: string[]) =>
    decisions.mending.push({ title, table: object.table ?? '', statements, from })
  const differs = `it is ${actual?.definition ?? '?'}, expected ${object.definition}`

  switch (object.kind) {
    case 'storage':
      return void mend(`storage of ${object.name}`, object.create)
    case 'check':
      return decideCheck(object, actual, context, decisions)
    case 'foreign key':
      if (actual?.definition === `${object.definition} (not valid)` && !isDocumented(object)) {
        const name = identifier(actual.name.split(' on ')[0])
        return void mend(`validate ${key}`, [`alter table ${object.table ?? ''} validate constraint ${name}`])
      }
      return decideForeignKey(object, actual, decisions)
    case 'index':
      if (actual?.definition === `${object.definition} (invalid)`) {
        if (context.begun.has(object.name)) decisions.missing.push(object)
        else block('an invalid index of that name stands there. Drop it, or build it anew.')
      } else if (isDocumented(object) || !object.definition.startsWith('unique'))
        keep(`left as it is: ${differs}`)
      else block(differs)
      return
    case 'column':
      if (actual?.definition.split(' ')[0] === object.definition.split(' ')[0] || isDocumented(object)) {
        decisions.warnings.push(`${key} is left as it is: ${differs}`)
        keep(differs)
      } else block(`a column of that name and another type stands there: ${differs}`)
      return
    case 'policy':
      return void keep('a policy of that name stands there')
    case 'trigger':
      return isSameJob(object, context)
        ? void keep('a trigger of that name does its job')
        : void block('a trigger of that name does something else. Rename it.')
    case 'function': {
      const returns = /\bRETURNS .*? LANGUAGE\b/
      const isTheirs =
        object.schema === 'public' &&
        returns.exec(actual?.definition ?? '')?.[0] === returns.exec(object.definition)?.[0]
      return isTheirs
        ? void keep('a function of that name and arguments stands there; Semblance uses it')
        : void block(
            "a function of that name and arguments stands there, which is not Semblance's. Rename it.",
          )
    }
    case 'extension':
      return void block(
        `it is in the schema ${actual?.definition ?? '?'}. Run: alter extension ${identifier(object.name)} set schema extensions`,
      )
    default:
      return void block(differs)
  }
}

/** A list of values may grow, in one statement and under its own name; anything else is somebody's decision. */
function decideCheck(
  object: SchemaObject,
  actual: SchemaObject | null,
  context: PlanContext,
  decisions: Decisions,
): void {
  const key = objectKey(object)
  const name = actual?.name.split(' on ')[0] ?? ''
  const isUnproved = actual?.definition === `${object.definition} (not valid)`
  const [wanted, standing] = [checkAsWritten(object.definition), checkAsWritten(actual?.definition ?? '')]
  const table = object.table ?? ''
  const from = context.reference.addedBy.get(key) ?? ''
  const validate = `alter table ${table} validate constraint ${identifier(name)}`
  if (isUnproved) {
    decisions.mending.push({ title: `validate ${key}`, table, statements: [validate], from })
  } else if (standing.length > 1 && wanted.length > 1 && standing.every((value) => wanted.includes(value))) {
    const definition = object.definition.replace(/ NOT VALID$/, '')
    const replace = `alter table ${table} drop constraint ${identifier(name)}, add constraint ${identifier(name)} ${definition} not valid`
    const more = wanted.filter((value) => !standing.includes(value)).join(', ')
    decisions.mending.push({
      title: `widen ${name} of ${table} by ${more}`,
      table,
      statements: [replace],
      from,
    })
    decisions.mending.push({ title: `validate ${name} of ${table}`, table, statements: [validate], from })
  } else if (isDocumented(object)) {
    decisions.kept.push({ object: key, why: `left as it is: ${actual?.definition ?? ''}` })
  } else {
    decisions.blockers.push(
      `${key}: it is ${actual?.definition ?? '?'} and can't be widened to ${object.definition}`,
    )
  }
}

/** The key stays. Where it keeps a row from being deleted, a trigger deletes what points at it before the key looks. */
function decideForeignKey(object: SchemaObject, actual: SchemaObject | null, decisions: Decisions): void {
  const rule = /on delete (no action|restrict|cascade|set null|set default)/.exec(
    actual?.definition ?? '',
  )?.[1]
  const why = `stands with "on delete ${rule ?? '?'}"`
  decisions.kept.push({ object: objectKey(object), why })
}

function isSameJob(object: SchemaObject, { live, reference }: PlanContext): boolean {
  const name = object.name.split(' on ')[0]
  const theirs = tableOf(live.catalogue, object.table)?.triggers.find((one) => one.name === name)
  const ours = tableOf(reference.catalogue, object.table)?.triggers.find((one) => one.name === name)
  if (!theirs || !ours) return false
  const touches = /\bnew\.updated_at\s*(:=|=)/i
  return theirs.function === ours.function || (touches.test(theirs.source) && touches.test(ours.source))
}

/** On each parent whose keys would refuse: the trigger that does what our keys do by themselves. */
export function referencingTriggers({ live, reference }: PlanContext): SchemaObject[] {
  const parents = new Map<string, string[]>()
  for (const table of reference.catalogue.tables) {
    const full = `${table.schema}.${table.name}`
    for (const key of table.foreign_keys) {
      const standing = tableOf(live.catalogue, full)?.foreign_keys.find(
        (one) => one.references === key.references && one.columns.join() === key.columns.join(),
      )
      if (!standing || !['no action', 'restrict'].includes(standing.on_delete)) continue
      if (table.schema !== 'public' || !['cascade', 'set null'].includes(key.on_delete)) continue
      const list = parents.get(key.references) ?? []
      parents.set(key.references, [...list, full, key.columns[0], key.on_delete])
    }
  }
  return [...parents].map(([parent, list]) => {
    const [schema, table] = parent.split('.')
    const definition = `CREATE TRIGGER "A_semblance_delete_referencing" AFTER DELETE ON ${parent} FOR EACH ROW EXECUTE FUNCTION private.delete_referencing(${list.map(literal).join(', ')})`
    return {
      ...{
        kind: 'trigger',
        name: `A_semblance_delete_referencing on ${schema}.${table}`,
        schema,
        table: parent,
      },
      ...{
        definition: flattenBooleans(definition),
        create: [definition.replace('CREATE TRIGGER', 'CREATE OR REPLACE TRIGGER')],
      },
    }
  })
}
