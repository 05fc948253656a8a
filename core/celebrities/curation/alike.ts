import { sql } from 'kysely'
import type { Database } from '../../database/connect'
import type { Curator, Tx } from './changes'

/** Pairs of celebrities who may be one person, found exactly: each is compared with each, once for as long as they stay. */

export interface Pair {
  a: string
  b: string
  /** -1..1 */
  cosine: number
}

/** From this cosine two photos are taken for the same person's, as an import does by default. */
export const samePersonCosine = 0.5

/** So many are compared with all others in one statement: some tenths of a second among 10,000. */
const blockSize = 250

interface Known {
  /** What each one's embedding was when it was compared, by id. */
  prints: Map<string, string>
  pairs: Pair[]
}

interface Memory {
  known: Known
  /** Whoever is comparing just now. */
  running: Promise<Known> | null
}

/** What a host has found out about its database: comparing all anew would take seconds each time. */
const memories = new WeakMap<Database, Memory>()

/**
 * All pairs at or over {@link samePersonCosine}, of one space each, the most alike first. The first call on a host
 * compares every celebrity with every other; later ones those alone whose photo is another since.
 */
export async function alikePairs(database: Database, transaction: Curator['transaction']): Promise<Pair[]> {
  const memory = memories.get(database) ?? { known: { prints: new Map(), pairs: [] }, running: null }
  memories.set(database, memory)
  // Whoever comes meanwhile waits for what is under way, and then looks for what has changed since.
  while (memory.running) await memory.running.catch(() => undefined)
  memory.running = catchUp(transaction, memory.known)
  try {
    memory.known = await memory.running
    return memory.known.pairs
  } finally {
    memory.running = null
  }
}

async function catchUp(transaction: Curator['transaction'], { prints, pairs }: Known): Promise<Known> {
  const now = await transaction(readPrints)
  const stale = [...now.keys()].filter((id) => prints.get(id) !== now.get(id))
  const isStale = new Set(stale)
  const kept = pairs.filter(({ a, b }) => now.has(a) && now.has(b) && !isStale.has(a) && !isStale.has(b))
  const found = [...kept]
  const seen = new Set<string>()
  for (let start = 0; start < stale.length; start += blockSize) {
    const block = stale.slice(start, start + blockSize)
    for (const pair of await transaction((tx) => compareBlock(tx, block, stale.length === now.size))) {
      const key = `${pair.a} ${pair.b}`
      if (!seen.has(key)) found.push(pair)
      seen.add(key)
    }
  }
  return {
    prints: now,
    pairs: found.toSorted((x, y) => y.cosine - x.cosine || (x.a + x.b < y.a + y.b ? -1 : 1)),
  }
}

/** Something short that is another for another embedding: its signs and length, and its space. */
async function readPrints(tx: Tx): Promise<Map<string, string>> {
  const { rows } = await sql<{ id: string; print: string }>`
    select c.id, md5(concat_ws(' ', c.embedding_model, c.embedding_norm, c.embedding_signs)) as print
    from public.celebrities as c where c.embedding is not null order by c.id`.execute(tx)
  return new Map(rows.map(({ id, print }) => [id, print]))
}

/** @param isWhole all are compared: each pair is looked at from one side alone */
async function compareBlock(tx: Tx, ids: string[], isWhole: boolean): Promise<Pair[]> {
  await sql`set local jit = off`.execute(tx)
  const { rows } = await sql<Pair>`
    with block as materialized (
      select c.id, c.embedding, c.embedding_norm, c.embedding_model
      from public.celebrities as c where c.id = any (${ids}::uuid[]) and c.embedding_norm > 0
    )
    select least(b.id, o.id) as a, greatest(b.id, o.id) as b,
      -(b.embedding operator(extensions.<#>) o.embedding) / (b.embedding_norm * o.embedding_norm) as cosine
    from public.celebrities as o
    join block as b on b.embedding_model = o.embedding_model and ${isWhole ? sql`o.id > b.id` : sql`o.id <> b.id`}
    where o.embedding_norm > 0
      and -(b.embedding operator(extensions.<#>) o.embedding)
        >= ${sql.lit(samePersonCosine)} * b.embedding_norm * o.embedding_norm`.execute(tx)
  return rows
}
