import { createRows, type Rows } from './rows'
import type { Steps } from './types'

/** Who resembles whom, kept while a few come and go: a decision costs a look at what it changed, not at all pairs. */
export interface Neighbourhood<T> {
  /** From now on these are there and no others. */
  update: (members: readonly { member: T; embedding: Float32Array }[]) => Steps<void>
  /** Those from the least cosine on, the nearest first; {@link mostNeighbours} at most. */
  of: (member: T) => readonly Neighbour<T>[]
}

export interface Neighbour<T> {
  member: T
  cosine: number
}

/** Of one member. Thousands of frames of one film would be millions of pairs. */
const mostNeighbours = 24

/** Rows compared between two pauses. */
const rowsAtOnce = 8192

interface List<T> {
  near: Neighbour<T>[]
  /** There may be more. */
  isFull: boolean
}

/** @param least cosine */
export function createNeighbourhood<T>(least: number): Neighbourhood<T> {
  let rows: Rows<T> | null = null
  const lists = new Map<T, List<T>>()

  /** Behind those that are as near. */
  const put = (to: T, member: T, cosine: number) => {
    const list = lists.get(to)
    if (!list) return
    const { near } = list
    let place = near.length
    while (place > 0 && near[place - 1].cosine < cosine) place -= 1
    if (place < mostNeighbours) near.splice(place, 0, { member, cosine })
    else list.isFull = true
    if (near.length <= mostNeighbours) return
    near.pop()
    list.isFull = true
  }
  const remove = (gone: ReadonlySet<T>): T[] => {
    for (const member of gone) {
      lists.delete(member)
      rows?.remove(member)
    }
    return [...lists].flatMap(([member, list]) => {
      const left = list.near.filter((neighbour) => !gone.has(neighbour.member))
      const isShort = list.isFull && left.length < list.near.length
      list.near = left
      return isShort ? [member] : []
    })
  }

  return {
    *update(members) {
      rows ??= yield* createRows<T>(members.map(({ embedding }) => embedding))
      const embeddings = new Map(members.map(({ member, embedding }) => [member, embedding]))
      const gone = new Set([...lists.keys()].filter((member) => !embeddings.has(member)))
      const short = gone.size > 0 ? remove(gone) : []
      yield
      let added = 0
      for (const { member, embedding } of members) {
        if (lists.has(member)) continue
        lists.set(member, { near: [], isFull: false })
        yield* rows.above(embedding, least, (other, cosine) => {
          put(member, other, cosine)
          put(other, member, cosine)
        })
        rows.add(member, embedding)
        added += 1
        if (added % Math.max(1, Math.min(32, Math.floor(rowsAtOnce / lists.size))) === 0) yield
      }
      for (const member of short) {
        const embedding = embeddings.get(member)
        if (!embedding) continue
        lists.set(member, { near: [], isFull: false })
        yield
        yield* rows.above(embedding, least, (other, cosine) => {
          if (other !== member) put(member, other, cosine)
        })
      }
    },
    of: (member) => lists.get(member)?.near ?? [],
  }
}
