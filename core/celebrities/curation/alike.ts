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

/** About how long one statement may take: nobody waits longer for the connection, or for an embedded database. */
const usualMs = 150
const blockSize = { least: 5, most: 2000 }

/** What a host has found out about its database: comparing all anew would take seconds each time. */
interface Memory {
  /** What each one's embedding was when it was compared, by id. */
  prints: Map<string, string>
  /** The most alike first. */
  pairs: Pair[]
  /** Whoever compares a block just now. */
  turn: Promise<unknown>
  /** Pairs that are compared in a millisecond, as the last block went. */
  speed: number
}

const memories = new WeakMap<object, Memory>()

function memoryOf(database: Database): Memory {
  const known = memories.get(database)
  if (known) return known
  const memory: Memory = { prints: new Map(), pairs: [], turn: Promise.resolve(), speed: 1000 }
  memories.set(database, memory)
  return memory
}

/** Pairs that were compared, of those that there were to compare. */
export interface AlikeProgress {
  compared: number
  total: number
}

/** All pairs at or over {@link samePersonCosine}, of one space each, the most alike first: see {@link compareAll}. */
export async function alikePairs(
  database: Database,
  transaction: Curator['transaction'],
  signal?: AbortSignal,
): Promise<Pair[]> {
  const comparing = compareAll(database, transaction, { signal })
  while (!(await comparing.next()).done);
  signal?.throwIfAborted()
  return memoryOf(database).pairs
}

/**
 * Compares every celebrity with every other, and later those alone whose photo is another since: a block after another,
 * each in a short transaction of its own. Whoever stops on the way leaves what is compared to the next; several do it
 * together.
 */
export async function* compareAll(
  database: Database,
  transaction: Curator['transaction'],
  { signal, statementMs = usualMs }: { signal?: AbortSignal | undefined; statementMs?: number } = {},
): AsyncGenerator<AlikeProgress, void> {
  const memory = memoryOf(database)
  const now = await transaction(readPrints)
  memory.pairs = memory.pairs.filter(({ a, b }) => now.has(a) && now.has(b))
  for (const id of memory.prints.keys()) if (!now.has(id)) memory.prints.delete(id)
  let compared = 0
  while (!signal?.aborted) {
    const turn = memory.turn.then(() => compareNext(transaction, { memory, now, statementMs }))
    memory.turn = turn.catch(() => undefined)
    const next = await turn
    if (!next) return
    compared += next.compared
    yield { compared, total: compared + next.left }
  }
}

/** Compares the next block; undefined where nobody is left. */
async function compareNext(
  transaction: Curator['transaction'],
  { memory, now, statementMs }: { memory: Memory; now: ReadonlyMap<string, string>; statementMs: number },
): Promise<{ compared: number; left: number } | undefined> {
  const stale = [...now.keys()].filter((id) => memory.prints.get(id) !== now.get(id))
  if (stale.length === 0) return undefined
  const fresh = now.size - stale.length
  // Where all who are left come after all who are compared, as on the first walk, each pair is looked at from one side.
  const isWalk = [...now.keys()].slice(fresh).every((id, at) => id === stale[at])
  const others = isWalk ? fresh + 1 : now.size
  const size = Math.round((memory.speed * statementMs) / others)
  const block = stale.slice(0, Math.min(blockSize.most, Math.max(blockSize.least, size)))
  const started = performance.now()
  const found = await transaction((tx) => compareBlock(tx, block, isWalk))
  const isOfBlock = new Set(block)
  const kept = memory.pairs.filter(({ a, b }) => !isOfBlock.has(a) && !isOfBlock.has(b))
  const unique = new Map(found.map((pair) => [`${pair.a} ${pair.b}`, pair]))
  memory.pairs = [...kept, ...unique.values()].toSorted(
    (x, y) => y.cosine - x.cosine || (x.a + x.b < y.a + y.b ? -1 : 1),
  )
  for (const id of block) memory.prints.set(id, now.get(id) ?? '')
  const pairs = (count: number, before: number) =>
    isWalk ? count * before + (count * (count - 1)) / 2 : count * (now.size - 1)
  const compared = pairs(block.length, fresh)
  memory.speed = Math.max(100, compared / (performance.now() - started))
  return { compared, left: pairs(stale.length - block.length, fresh + block.length) }
}

/** Something short that is another for another embedding: its signs and length, and its space. */
async function readPrints(tx: Tx): Promise<Map<string, string>> {
  const { rows } = await sql<{ id: string; print: string }>`
    select c.id, md5(concat_ws(' ', c.embedding_model, c.embedding_norm, c.embedding_signs)) as print
    from public.celebrities as c where c.embedding is not null order by c.id`.execute(tx)
  return new Map(rows.map(({ id, print }) => [id, print]))
}

/** @param isWalk with those alone who come before them */
async function compareBlock(tx: Tx, ids: string[], isWalk: boolean): Promise<Pair[]> {
  await sql`set local jit = off`.execute(tx)
  const { rows } = await sql<Pair>`
    with block as materialized (
      select c.id, c.embedding, c.embedding_norm, c.embedding_model
      from public.celebrities as c where c.id = any (${ids}::uuid[]) and c.embedding_norm > 0
    )
    select least(b.id, o.id) as a, greatest(b.id, o.id) as b,
      -(b.embedding operator(extensions.<#>) o.embedding) / (b.embedding_norm * o.embedding_norm) as cosine
    from public.celebrities as o
    join block as b on b.embedding_model = o.embedding_model and ${isWalk ? sql`o.id < b.id` : sql`o.id <> b.id`}
    where o.embedding_norm > 0
      and -(b.embedding operator(extensions.<#>) o.embedding)
        >= ${sql.lit(samePersonCosine)} * b.embedding_norm * o.embedding_norm`.execute(tx)
  return rows
}
