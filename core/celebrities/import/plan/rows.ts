import { embeddingLength } from '../../../model/face'
import { principalDirections, project, sketchLength } from './directions'
import type { Steps } from './types'

/** Unit vectors in one block of memory, to be compared with another one quickly and without loss. */
export interface Rows<T> {
  add: (member: T, embedding: Float32Array) => void
  remove: (member: T) => void
  /** Shows all from the least cosine on, in the order of their rows: of many frames of one film there are thousands. */
  above: (embedding: Float32Array, least: number, take: (member: T, cosine: number) => void) => Steps<void>
}

/** What single precision may err by. */
const error = 1e-4
const sketchesAtOnce = 4096
/** So few are compared sooner than the directions are found. */
const fewRows = 512

/**
 * A vector's part in the directions that a sample varies most in is compared first: whatever the rest is, it adds no more
 * than the product of the lengths of both rests (Cauchy and Schwarz), so who can't reach the cosine is left out unseen,
 * and nobody else.
 */
export function* createRows<T>(sample: readonly Float32Array[]): Steps<Rows<T>> {
  const directions = sample.length < fewRows ? [] : yield* principalDirections(sample)
  let capacity = Math.max(64, sample.length)
  let full = new Float32Array(capacity * embeddingLength)
  let sketches = new Float32Array(capacity * sketchLength)
  let rests = new Float32Array(capacity)
  const members: (T | undefined)[] = []
  const places = new Map<T, number>()
  const free: number[] = []

  const grow = () => {
    capacity *= 2
    full = enlarged(full, capacity * embeddingLength)
    sketches = enlarged(sketches, capacity * sketchLength)
    rests = enlarged(rests, capacity)
  }
  const add = (member: T, embedding: Float32Array) => {
    const place = free.pop() ?? members.length
    if (place >= capacity) grow()
    const { sketch, rest } = project(directions, embedding)
    full.set(embedding, place * embeddingLength)
    sketches.set(sketch, place * sketchLength)
    rests[place] = rest
    members[place] = member
    places.set(member, place)
  }
  const remove = (member: T) => {
    const place = places.get(member)
    if (place === undefined) return
    places.delete(member)
    members[place] = undefined
    free.push(place)
  }
  const above: Rows<T>['above'] = function* (embedding, least, take) {
    const { sketch, rest } = project(directions, embedding)
    for (let i = 0; i < members.length; i += 1) {
      if (i > 0 && i % sketchesAtOnce === 0) yield
      if (inner(sketch, sketches, i * sketchLength) + rest * rests[i] < least - error) continue
      const member = members[i]
      if (member === undefined) continue
      const cosine = inner(embedding, full, i * embeddingLength)
      if (cosine >= least) take(member, cosine)
    }
  }
  return { add, remove, above }
}

function enlarged(block: Float32Array, length: number): Float32Array<ArrayBuffer> {
  const larger = new Float32Array(length)
  larger.set(block)
  return larger
}

/** In one order for either argument, so that a pair has one cosine whichever side asks. */
function inner(a: Float32Array, block: Float32Array, from: number): number {
  let [s, t, u, v] = [0, 0, 0, 0]
  for (let i = 0; i < a.length; i += 4) {
    s += a[i] * block[from + i]
    t += a[i + 1] * block[from + i + 1]
    u += a[i + 2] * block[from + i + 2]
    v += a[i + 3] * block[from + i + 3]
  }
  return s + t + (u + v)
}
