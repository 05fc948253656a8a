import type { ColumnType, GeneratedAlways } from 'kysely'
import type { CreatedAt, Nullable, NullableTimestamp } from './column-types'

/** Kept by trigger from `matches` and `faces`. */
export interface MatchFactsTable {
  /** Of the match. */
  id: string
  similarity_score: number
  created_at: Date
  embedding: number | null
  geometry: number | null
  age: number | null
  symmetry: number | null
  skin_tone: number | null
  expression: number | null
  least_quality: number | null
  /** Of both sides; null where they are of two. */
  embedding_model: string | null
  school_a: string | null
  school_b: string | null
}

export type ScoreReasonValue = 'found' | 'reanalysis' | 'settings' | 'rescore' | 'recompute'

/** Kept by trigger; of one match or one lookalike. */
export interface MatchScoresTable {
  id: GeneratedAlways<string>
  match_id: Nullable<string>
  celebrity_match_id: Nullable<string>
  score: number
  /** In the order of `factorNames`. */
  weights: Nullable<number[]>
  why: ScoreReasonValue
  at: CreatedAt
}

/** Written by `private.remove_matches` and `private.undo_removals` alone. */
export interface MatchRemovalsTable {
  id: string
  batch_id: string
  match_id: string
  face_a_id: Nullable<string>
  face_b_id: Nullable<string>
  profile_a_id: string
  profile_b_id: string
  similarity_score: number
  reason: string
  removed_by: Nullable<string>
  removed_at: Date
  /** How many rows of each table went with the match. */
  contents: ColumnType<Record<string, number>, string, string>
  /** Read by the database's own functions alone: it holds what the two wrote. */
  snapshot: ColumnType<unknown, string | null, string | null>
  /** Null as well where a photo was erased. */
  restorable: GeneratedAlways<boolean>
  undone_at: NullableTimestamp
  undone_by: Nullable<string>
}
