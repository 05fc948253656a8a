import type { Generated, GeneratedAlways } from 'kysely'
import type { DetectedGender } from '../model/face'
import type { CreatedAt, Json, Nullable, NullableTimestamp } from './column-types'

/** The columns of `celebrities` that say where a photo comes from. */
export interface ProvenanceColumns {
  licence: Nullable<string>
  source: Nullable<string>
  /** 64 zeros and ones. */
  perceptual_hash: Nullable<string>
  import_id: Nullable<string>
}

/** Imports that were published. */
export interface CelebrityImportsTable {
  /** As in the staging area of the machine it came from. */
  id: string
  name: string
  host_name: Nullable<string>
  state: Generated<'publishing' | 'published' | 'undoing' | 'undone'>
  created_by: Nullable<string>
  created_at: CreatedAt
  ended_at: NullableTimestamp
  undone_by: Nullable<string>
  undone_at: NullableTimestamp
}

/** Photos of a celebrity besides the one that they are known by. */
export interface CelebrityPhotosTable extends ProvenanceColumns {
  id: Generated<string>
  celebrity_id: string
  image_path: string
  image_hash: Nullable<string>
  thumbnail_path: Nullable<string>
  view_path: Nullable<string>
  /** The columns of `celebrities` that an analysis writes, by name, without the embedding. */
  analysis: Json<Record<string, unknown>>
  quality_score: Nullable<number>
  embedding: Nullable<string>
  embedding_model: Nullable<string>
  created_at: CreatedAt
}

/** What a published file became. */
export interface CelebrityImportItemsTable {
  import_id: string
  /** The file's id in the staging area. A bigint, so text. */
  item: string
  outcome: 'new_celebrity' | 'further_photo' | 'replaces_photo'
  celebrity_id: string
  photo_id: Nullable<string>
  image_hash: string
  /** In the bucket; null once an undo has removed it. */
  image_path: Nullable<string>
  change_id: Nullable<string>
  /** Null until it is. */
  published_at: NullableTimestamp
  undone_at: NullableTimestamp
  kept_reason: Nullable<string>
}

export type CelebrityChangeKind =
  | 'add'
  | 'edit'
  | 'merge'
  | 'replace_photo'
  | 'add_photo'
  | 'remove_photo'
  | 'trash'
  | 'import'
  | 'distinguish'

/** Every change of the gallery by a person, with what takes it back. */
export interface CelebrityChangesTable {
  id: GeneratedAlways<string>
  group_id: string
  celebrity_id: string
  kind: CelebrityChangeKind
  changed_by: Nullable<string>
  changed_at: CreatedAt
  before: Json<Record<string, unknown>>
  after: Json<Record<string, unknown>>
  image_paths: Generated<string[]>
  purge_at: NullableTimestamp
  purged_at: NullableTimestamp
  undone_by: Nullable<string>
  undone_at: NullableTimestamp
  /** The group that this one does again. */
  redo_of: Nullable<string>
}

/** Of each celebrity what lists filter and sort by, kept by trigger. */
export interface CelebrityFactsTable {
  id: string
  /** The beginning of the name, in small letters. */
  name_key: string
  created_at: Date
  category: Nullable<string>
  gender: Nullable<DetectedGender>
  age: Nullable<number>
  quality_score: Nullable<number>
  expression: Nullable<string>
  /** In words; null before the analysis. */
  skin_tone: Nullable<string>
  licence: Nullable<string>
  embedding_model: Nullable<string>
  import_id: Nullable<string>
  is_analyzed: boolean
  has_bio: boolean
  has_source: boolean
  /** Name, imported name and bio, in small letters. */
  search_text: string
}

/** Two that look alike and are two; a before b. */
export interface CelebrityDistinctionsTable {
  celebrity_a_id: string
  celebrity_b_id: string
  decided_by: Nullable<string>
  decided_at: CreatedAt
}
