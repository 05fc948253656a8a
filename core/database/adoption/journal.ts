import type { PoolClient } from 'pg'
import { platformSchemas } from '../conformance/catalogue'
import { objectKey, type SchemaObject } from '../conformance/schema-object'
import { literal } from '../conformance/text'

type Client = Pick<PoolClient, 'query'>

/**
 * What an adoption notes in the database: `kept`, what of somebody else's it left in place of one of ours;
 * `building`, an index that it began: an invalid index of that name is a leftover of ours, and nobody else's; `made`, what
 * it made in a schema of the platform: finished after an interruption, and checked ever after.
 */
export type JournalState = 'kept' | 'building' | 'made'

/** The statements that make the journal, or widen one of before; running them again changes nothing. */
export const createJournal = [
  `create table if not exists semblance.adoption (
  object text primary key,
  state text not null,
  note text not null,
  noted_at timestamptz not null default now()
)`,
  'alter table semblance.adoption drop constraint if exists adoption_state_check',
  `alter table semblance.adoption add constraint adoption_state_check check (state in ('kept', 'building', 'made'))`,
]

/** The statement that notes what is made in a schema of the platform; it belongs in the transaction that makes it. */
export function noteMade(object: SchemaObject): string[] {
  if (object.schema === null || !platformSchemas.includes(object.schema)) return []
  return [
    `insert into semblance.adoption (object, state, note) values (${literal(objectKey(object))}, 'made', '') on conflict do nothing`,
  ]
}

/** Keys of what an adoption made in the schemas of the platform. */
export async function madeObjects(client: Client): Promise<Set<string>> {
  return new Set(
    (await readJournal(client)).filter(({ state }) => state === 'made').map(({ object }) => object),
  )
}

/** Object key → why it was left. */
export async function keptObjects(client: Client): Promise<Map<string, string>> {
  return new Map(
    (await readJournal(client)).filter(({ state }) => state === 'kept').map((one) => [one.object, one.note]),
  )
}

/** Names of the indexes (`schema.name`) that an adoption began to build. */
export async function begunIndexes(client: Client): Promise<Set<string>> {
  return new Set(
    (await readJournal(client)).filter(({ state }) => state === 'building').map(({ object }) => object),
  )
}

async function readJournal(client: Client): Promise<{ object: string; state: JournalState; note: string }[]> {
  const { rows } = await client.query<{ there: boolean }>(
    `select exists (
       select from pg_catalog.pg_tables where schemaname = 'semblance' and tablename = 'adoption'
     ) as there`,
  )
  if (!rows[0]?.there) return []
  return (
    await client.query<{ object: string; state: JournalState; note: string }>(
      'select object, state, note from semblance.adoption order by object',
    )
  ).rows
}
