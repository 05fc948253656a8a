import { objectKey, type SchemaObject } from '../conformance/schema-object'
import { literal } from '../conformance/text'
import * as estimate from './estimate'
import type { Decisions, PlanContext, PlanStep } from './model'

/** What steps are made with. */
export interface StepTools {
  context: PlanContext
  decisions: Decisions
  /** Tables that the plan makes itself. */
  madeTables: ReadonlySet<string>
  /** Takes those that pass out of what is still missing. */
  take: (test: (object: SchemaObject) => boolean) => SchemaObject[]
  /** The migrations that add them. */
  origins: (objects: SchemaObject[]) => string[]
  add: (step: Omit<PlanStep, 'estimateMs'> & { estimateMs?: number }) => void
}

/** What is different and can be mended without touching anything of somebody else's. */
export function mendingSteps({ add, context: { live }, decisions }: StepTools): void {
  const storage = decisions.mending.filter(({ title }) => title.startsWith('storage of '))
  for (const table of new Set(storage.map((one) => one.table))) {
    const own = storage.filter((one) => one.table === table)
    const statements = own.flatMap((one) => one.statements)
    const title = `storage of ${own.length} columns of ${table}, for rows to come`
    const from = [...new Set(own.map((one) => one.from))].sort()
    add({ title, kind: 'transaction', statements, lock: estimate.exclusive, from })
  }
  for (const mended of decisions.mending.filter((one) => !storage.includes(one))) {
    const { title, table, statements, from } = mended
    const isValidation = title.startsWith('validate')
    add({
      ...{ title, kind: 'transaction', statements, from: [from] },
      lock: isValidation ? estimate.nobody : estimate.exclusive,
      ...(isValidation ? { estimateMs: estimate.scanMs(estimate.sizeOf(live, table)) } : {}),
    })
  }
}

/** Constraints: added unproved in an instant, then validated while everybody goes on. */
export function constraintSteps(
  { add, take, origins, madeTables, context: { live } }: StepTools,
  kind: 'check' | 'foreign key',
): void {
  const objects = take((object) => object.kind === kind)
  for (const object of objects.filter(({ table }) => !madeTables.has(table ?? ''))) {
    const [make, validate] = object.create
    const own = { kind: 'transaction' as const, from: origins([object]) }
    const estimateMs = estimate.scanMs(estimate.sizeOf(live, object.table ?? ''))
    add({ ...own, title: objectKey(object), statements: [make], lock: estimate.exclusive })
    const title = `validate ${objectKey(object)}`
    add({ ...own, title, statements: [validate], lock: estimate.nobody, estimateMs })
  }
  for (const name of madeTables) {
    const own = objects.filter(({ table }) => table === name)
    const statements = own.flatMap(({ create }) => create)
    const title = `${own.length} ${kind}s of the new table ${name}`
    add({ title, kind: 'transaction', statements, lock: estimate.writes, from: origins(own) })
  }
}

/** Indexes, built concurrently; what an interrupted build left is removed first. */
export function indexSteps({ add, take, origins, context: { live } }: StepTools): void {
  for (const object of take(({ kind }) => kind === 'index' || kind === 'unique')) {
    const name =
      object.kind === 'index' ? object.name : `${object.schema ?? ''}.${object.name.split(' on ')[0]}`
    const standing = live.catalogue.tables.flatMap((table) =>
      table.indexes.map((index) => ({ table, index })),
    )
    const leftover = standing.find(
      ({ table, index }) => `${table.schema}.${index.name}` === name && !index.valid,
    )
    const [create, ...attach] = object.create
    add({
      ...{ title: objectKey(object), kind: 'separate', from: origins([object]) },
      statements: [
        `insert into semblance.adoption (object, state, note) values (${literal(name)}, 'building', '') on conflict do nothing`,
        ...(leftover ? [`drop index concurrently ${name}`] : []),
        create,
        ...attach,
        `delete from semblance.adoption where object = ${literal(name)} and state = 'building'`,
      ],
      lock: estimate.nobody,
      estimateMs: estimate.indexMs(object.definition, estimate.sizeOf(live, object.table ?? '')),
    })
  }
}
