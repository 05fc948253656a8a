import type { ColumnType, Generated, GeneratedAlways } from 'kysely'
import type { CreatedAt, Nullable, NullableTimestamp } from './column-types'
import type { QueueColumns } from './queue-tables'

/** One row at most: the space that embeddings are searched in. Empty until the first photo is analysed. */
export interface ActiveModelTable {
  id: Generated<number>
  pack: string
  embedding_model: string
  since: CreatedAt
}

export type SwitchStateValue = 'running' | 'paused' | 'completed' | 'cancelled'

/** Planned re-embeddings. One at most is running or paused. */
export interface ModelSwitchesTable {
  id: Generated<string>
  state: Generated<SwitchStateValue>
  /** Null where nothing was analysed before. */
  from_pack: Nullable<string>
  from_model: Nullable<string>
  to_pack: string
  to_model: string
  planned_faces: Generated<number>
  planned_celebrities: Generated<number>
  planned_photos: Generated<number>
  /** What came of it; null until it is completed. */
  switched_faces: Nullable<number>
  switched_celebrities: Nullable<number>
  switched_photos: Nullable<number>
  left_out: Nullable<number>
  rescored: Nullable<number>
  /** Jobs of `match_jobs`, queued at `ended_at` to search anew. */
  searches: Nullable<number>
  started_by: Nullable<string>
  started_at: CreatedAt
  paused_at: NullableTimestamp
  ended_by: Nullable<string>
  ended_at: NullableTimestamp
}

/** An analysis in the space to come, of a face, of a celebrity or of a further photo of one. */
export interface StagedAnalysesTable {
  id: GeneratedAlways<string>
  switch_id: string
  face_id: Nullable<string>
  celebrity_id: Nullable<string>
  photo_id: Nullable<string>
  /** The photo that was analysed; where the row names another by now, this counts for nothing. */
  image_path: string
  embedding: string
  /** The other columns of an analysis, by their names. */
  analysis: ColumnType<Record<string, unknown>, string, string>
  staged_at: CreatedAt
}

/** The queue of a re-embedding, and of further photos, which are analysed by the models of today. */
export interface EmbeddingJobsTable extends QueueColumns {
  /** Null for a further photo that no switch is about. */
  switch_id: Nullable<string>
  face_id: Nullable<string>
  /** Also of a further photo. */
  celebrity_id: Nullable<string>
  photo_id: Nullable<string>
  /** The person whose face it is. */
  owner_id: Nullable<string>
}
