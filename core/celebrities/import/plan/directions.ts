import { embeddingLength } from '../../../model/face'
import type { Steps } from './types'
import { dot, normalized } from './vectors'

/** Directions that embeddings vary most in: a few of them tell most pairs of strangers apart. */

export const sketchLength = 64
const sampleSize = 256
const rounds = 3

/** Orthonormal, {@link sketchLength} of them: subspace iteration from fixed beginnings, so the same for the same sample. */
export function* principalDirections(sample: readonly Float32Array[]): Steps<Float32Array[]> {
  const step = Math.max(1, Math.floor(sample.length / sampleSize))
  const some = sample.filter((_, i) => i % step === 0).slice(0, sampleSize)
  let directions = yield* orthonormal(beginnings())
  for (let round = 0; round < rounds && some.length > 0; round += 1) {
    const turned: Float32Array[] = []
    for (const direction of directions) {
      turned.push(weighted(direction, some))
      yield
    }
    directions = yield* orthonormal(turned)
  }
  return directions
}

/** The covariance times a direction. */
function weighted(direction: Float32Array, sample: readonly Float32Array[]): Float32Array {
  const sum = new Float32Array(embeddingLength)
  for (const one of sample) {
    const weight = dot(direction, one)
    for (let i = 0; i < embeddingLength; i += 1) sum[i] += weight * one[i]
  }
  return sum
}

/** Gram and Schmidt, twice for the sake of single precision. What depends on the others is left out as zeros. */
function* orthonormal(vectors: readonly Float32Array[]): Steps<Float32Array[]> {
  const done: Float32Array[] = []
  for (const vector of vectors) {
    const rest = normalized(vector)
    for (const other of [...done, ...done]) {
      const weight = dot(rest, other)
      for (let i = 0; i < embeddingLength; i += 1) rest[i] -= weight * other[i]
    }
    done.push(dot(rest, rest) > 1e-6 ? normalized(rest) : new Float32Array(embeddingLength))
    if (done.length % 4 === 0) yield
  }
  return done
}

/** Fixed numbers without a pattern (a multiplicative congruence). */
function beginnings(): Float32Array[] {
  let state = 1
  return Array.from({ length: sketchLength }, () =>
    Float32Array.from({ length: embeddingLength }, () => {
      state = Math.imul(state, 48_271) & 0x7fffffff
      return state / 0x40000000 - 1
    }),
  )
}

/** The part of a unit vector in the directions, and the length of the rest. */
export function project(
  directions: readonly Float32Array[],
  embedding: Float32Array,
): { sketch: Float32Array; rest: number } {
  const sketch = Float32Array.from(directions, (direction) => dot(direction, embedding))
  return { sketch, rest: Math.sqrt(Math.max(0, dot(embedding, embedding) - dot(sketch, sketch))) }
}
