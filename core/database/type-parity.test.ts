import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createTestDatabase, postgresAvailable, type TestDatabase } from '../../tests/factories/database'
import { sql } from 'kysely'

const available = await postgresAvailable()

/** An expression, a value for its parameter, and what JavaScript gets. */
const values: [expression: string, parameter: unknown, expected: unknown][] = [
  ['$1::int2', 7, 7],
  ['$1::int8', '9007199254740993', '9007199254740993'],
  ['$1::numeric', '1.10', '1.10'],
  ['$1::float8', 0.1, 0.1],
  ['$1::float4', 1.5, 1.5],
  ['$1::bool', true, true],
  ['$1::text', 'naïve ☂ 🙂 \\ " \' \n', 'naïve ☂ 🙂 \\ " \' \n'],
  ['$1::text', null, null],
  ['$1::uuid', '3f0c1f0e-8d53-4a53-9d3c-0a3a4a1d2c11', '3f0c1f0e-8d53-4a53-9d3c-0a3a4a1d2c11'],
  ['$1::bytea', Buffer.from([0, 1, 255, 92]), Buffer.from([0, 1, 255, 92])],
  ['$1::bytea', new Uint8Array([3, 2, 1]), Buffer.from([3, 2, 1])],
  ['$1::timestamptz', new Date('2026-03-29T01:30:00.123Z'), new Date('2026-03-29T01:30:00.123Z')],
  ['$1::timestamptz', '2026-03-29T03:30:00.5+02:00', new Date('2026-03-29T01:30:00.500Z')],
  ['$1::timestamp', '2026-03-29 10:00:00', new Date(2026, 2, 29, 10)],
  ['$1::date', '2026-03-29', new Date(2026, 2, 29)],
  ['$1::jsonb', { a: [1, null, 'x'], b: { c: true } }, { a: [1, null, 'x'], b: { c: true } }],
  ['$1::jsonb', '"text"', 'text'],
  ['$1::jsonb', JSON.stringify([1, 2]), [1, 2]],
  ['$1::json', 'null', null],
  ['$1::float8[]', [0.25, -1e-7, 3], [0.25, -1e-7, 3]],
  [
    '$1::int4[]',
    [
      [1, 2],
      [3, 4],
    ],
    [
      [1, 2],
      [3, 4],
    ],
  ],
  ['$1::int8[]', ['1', '2'], ['1', '2']],
  ['$1::text[]', ['a', 'b,c', '"d"', null, ''], ['a', 'b,c', '"d"', null, '']],
  ['$1::uuid[]', ['3f0c1f0e-8d53-4a53-9d3c-0a3a4a1d2c11'], ['3f0c1f0e-8d53-4a53-9d3c-0a3a4a1d2c11']],
  ['$1::timestamptz[]', [new Date(0)], [new Date(0)]],
  ['$1::extensions.vector', '[0.5,-1,2]', '[0.5,-1,2]'],
  ['$1::inet', '10.0.0.1', '10.0.0.1'],
  ['$1::interval', '2 hours', expect.objectContaining({ hours: 2 })],
  ['row($1::int, 2)', 1, '(1,2)'],
]

describe('the same values come back from both engines', () => {
  const engines = available ? (['pglite', 'postgres'] as const) : (['pglite'] as const)
  const opened = new Map<string, TestDatabase>()
  beforeAll(async () => {
    for (const engine of engines) opened.set(engine, await createTestDatabase(engine))
  })
  afterAll(async () => {
    for (const { close } of opened.values()) await close()
  })

  test.each(values)('%s of %j', async (expression, parameter, expected) => {
    for (const engine of engines) {
      const { database } = opened.get(engine)!
      const [before, after] = expression.split('$1')
      const { rows } = await database.asService((tx) =>
        sql<{ value: unknown }>`select ${sql.raw(before)}${parameter}${sql.raw(after)} as value`.execute(tx),
      )
      expect(rows[0].value, engine).toEqual(expected)
      if (Buffer.isBuffer(expected)) expect(Buffer.isBuffer(rows[0].value), engine).toBe(true)
    }
  })

  test('megabytes pass in both directions', async () => {
    const bytes = Buffer.alloc(5_000_000, 'semblance')
    for (const engine of engines) {
      const { rows } = await opened
        .get(engine)!
        .database.asService((tx) => sql<{ value: Buffer }>`select ${bytes}::bytea as value`.execute(tx))
      expect(rows[0].value.equals(bytes), engine).toBe(true)
    }
  })
})
