import type { PoolClient } from 'pg'

type Client = Pick<PoolClient, 'query'>

/**
 * What an adoption notes in the database: `kept`, what of somebody else's it left in place of one of ours, and
 * `building`, an index that it began. An invalid index of that name is a leftover of ours, and nobody else's.
 */
export type JournalState = 'kept' | 'building'

/** The statement that makes the journal; running it again changes nothing. */
export const createJournal = `create table if not exists semblance.adoption (
  object text primary key,
  state text not null check (state in ('kept', 'building')),
  note text not null,
  noted_at timestamptz not null default now()
)`

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
