import { factorsOf, scoreOf, type ScoredFace } from '../../../matching/factors'
import type { Weights } from '../../../model/weights'
import type { NewPhoto } from './photos'
import { dot } from '../plan/vectors'

export interface Scorer {
  /** Photos of the face's own model whose score reaches the least, the best first. */
  above: (
    face: { face: ScoredFace & { embedding: Float32Array }; model: string | null },
    least: number,
  ) => { photo: NewPhoto; score: number }[]
}

/** More than a cosine of single precision errs by. */
const error = 1e-4

/** Scores as the database does; what plainly falls short is told from the cheap factors and a plain cosine. */
export function createScorer(photos: readonly NewPhoto[], weights: Weights): Scorer {
  return {
    above({ face, model }, least) {
      const found: { photo: NewPhoto; score: number }[] = []
      for (const photo of photos) {
        if (photo.model !== model) continue
        const cheap = factorsOf({ ...face, embedding: null }, { ...photo.face, embedding: null })
        const embedding = Math.min(1, Math.max(0, dot(face.embedding, photo.face.embedding)) + error)
        const most = scoreOf({ ...cheap, embedding }, weights)
        if (most === null || most < least) continue
        const score = scoreOf(factorsOf(face, photo.face), weights)
        if (score !== null && score >= least) found.push({ photo, score })
      }
      return found.toSorted((a, b) => b.score - a.score || a.photo.fileId - b.photo.fileId)
    },
  }
}
