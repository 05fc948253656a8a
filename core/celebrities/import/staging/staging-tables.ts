import type { Generated, GeneratedAlways } from 'kysely'
import type { CreatedAt, Json, Nullable, NullableTimestamp } from '../../../database/column-types'
import type { Box, DetectedGender, FaceAttributes } from '../../../model/face'
import type { StoredQualityComponents } from '../../../model/quality'
import type { ImportRules, ImportState, Outcome, OutcomeCode } from '../../contract-import-schemas'

/** The staging area's own tables (migrations/staging). Ids of files and people are bigints, read as text. */

/** Where a file's bytes are. */
export type Locator =
  /** `bytes` is the path in base64 where it is no text: then `path` is only shown. */
  | { in: 'folder'; path: string; bytes?: string }
  /**
   * A file inside of a ZIP: where its local header begins, its bytes as they are packed and unpacked, how they are
   * packed (0 not at all, 8 deflate), and the CRC-32 of what comes out. A path that is not absolute is that of an
   * uploaded ZIP.
   */
  | {
      in: 'zip'
      path: string
      entry: string
      at: number
      packed: number
      size: number
      method: number
      crc: number
    }
  /** Uploaded: its name in the import's own folder of uploads. */
  | { in: 'staging'; name: string }

/** What a source says of a file. */
export interface Given {
  name: string | null
  bio: string | null
  category: string | null
  gender: DetectedGender | null
  licence: string | null
  source: string | null
}

/** What a file was compared with. */
export interface Reference {
  file_id?: number
  celebrity_id?: string
  photo_id?: string | null
  /** The gallery row's `seen` at the plan. */
  seen?: string
  cosine?: number
  bits_apart?: number
}

export interface ImportsTable {
  id: Generated<string>
  name: string
  source_path: Nullable<string>
  source_kind: 'folder' | 'zip' | 'csv' | 'upload'
  state: Generated<ImportState>
  paused: Generated<boolean>
  problem: Nullable<string>
  default_licence: Nullable<string>
  default_source: Nullable<string>
  default_category: Nullable<string>
  default_gender: Nullable<DetectedGender>
  /** What differs from the defaults of the contract. */
  rules: Json<Partial<ImportRules>>
  created_by: Nullable<string>
  created_at: CreatedAt
  scanned_at: NullableTimestamp
  analyzed_at: NullableTimestamp
  published_at: NullableTimestamp
  published_by: Nullable<string>
  revision: Generated<string>
  planned_revision: Nullable<string>
  planned_at: NullableTimestamp
  /** Publishing has given files back to a person since it began. */
  held_back: Generated<boolean>
  undone_by: Nullable<string>
  /** While it is undone: the state that it had before. */
  undone_from: Nullable<ImportState>
  /** Published from another machine, and here only while it is undone. */
  is_elsewhere: Generated<boolean>
}

export interface FilesTable {
  id: GeneratedAlways<string>
  import_id: string
  path: string
  locator: Json<Locator>
  bytes: Nullable<string>
  modified_at: NullableTimestamp
  name_original: Nullable<string>
  name: Nullable<string>
  bio: Nullable<string>
  category: Nullable<string>
  gender: Nullable<DetectedGender>
  licence: Nullable<string>
  source: Nullable<string>
  /** As the source had it, once a person has described it otherwise. */
  given: Json<Given>
  state: Generated<'found' | 'analyzed' | 'rejected'>
  attempts: Generated<number>
  reason_code: Nullable<OutcomeCode>
  reason: Nullable<string>
  image_hash: Nullable<string>
  /** Where the file in the source is more than its picture. */
  source_hash: Nullable<string>
  /** 64 zeros and ones. */
  perceptual_hash: Nullable<string>
  width: Nullable<number>
  height: Nullable<number>
  embedding_model: Nullable<string>
  analyzed_at: NullableTimestamp
  person_id: Nullable<string>
  face_index: Nullable<number>
  outcome: Nullable<Outcome>
  outcome_code: Nullable<OutcomeCode>
  outcome_reason: Nullable<string>
  outcome_reference: Json<Reference>
  published_at: NullableTimestamp
  published_celebrity: Nullable<string>
  changed_reason: Nullable<string>
}

export interface FoundFacesTable {
  file_id: string
  face_index: number
  attributes: Json<FaceAttributes>
  box: Json<Box>
  detection_score: number
  quality_score: Nullable<number>
  age: Nullable<number>
  gender: Nullable<DetectedGender>
  embedding: string
}

export interface PeopleTable {
  id: GeneratedAlways<string>
  import_id: string
  key: Nullable<string>
  name: string
  name_original: Nullable<string>
  celebrity_id: Nullable<string>
}

export interface DecisionsTable {
  id: GeneratedAlways<string>
  import_id: string
  file_id: Nullable<string>
  kind: string
  detail: Json<Record<string, unknown>>
  decided_by: Nullable<string>
  decided_at: CreatedAt
  undone_at: NullableTimestamp
  /** Taken back, and nothing was decided or published since. */
  can_redo: Generated<boolean>
}

export interface DistinctionsTable {
  one: string
  other: string
  decided_at: CreatedAt
}

export interface GalleryTable {
  celebrity_id: string
  photo_id: Nullable<string>
  name: string
  image_hash: Nullable<string>
  perceptual_hash: Nullable<string>
  quality_score: Nullable<number>
  quality_components: Json<StoredQualityComponents>
  embedding: Nullable<string>
  embedding_model: Nullable<string>
  thumbnail_path: Nullable<string>
  gender: Nullable<DetectedGender>
  age: Nullable<number>
  seen: string
  copied_at: CreatedAt
}

export interface GalleryStateTable {
  one_row: Generated<boolean>
  refreshed_at: NullableTimestamp
  project: Nullable<string>
}

export interface StagingTables {
  imports: ImportsTable
  files: FilesTable
  found_faces: FoundFacesTable
  people: PeopleTable
  decisions: DecisionsTable
  distinctions: DistinctionsTable
  gallery: GalleryTable
  gallery_state: GalleryStateTable
}
