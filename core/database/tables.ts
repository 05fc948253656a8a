import type { ColumnType, Generated, GeneratedAlways } from 'kysely'
import type { Box, DetectedGender, Expression, Pose } from '../model/face'
import type { StoredQualityComponents } from '../model/quality'
import type { Role } from '../model/roles'
import type { CreatedAt, Json, Nullable, NullableTimestamp } from './column-types'
import type {
  CelebrityChangesTable,
  CelebrityDistinctionsTable,
  CelebrityFactsTable,
  CelebrityImportItemsTable,
  CelebrityImportsTable,
  CelebrityPhotosTable,
  ProvenanceColumns,
} from './curation-tables'
import type { MatchFactsTable, MatchRemovalsTable, MatchScoresTable } from './match-tables'
import type {
  ActiveModelTable,
  EmbeddingJobsTable,
  ModelSwitchesTable,
  StagedAnalysesTable,
} from './model-tables'
import type {
  CelebrityJobsTable,
  JobAttemptsTable,
  JobCheckpointsTable,
  JobsView,
  MatchJobsTable,
  WorkersTable,
} from './queue-tables'

/** Written as `'[0.1,0.2,…]'`, read as the same text. */
export type VectorText = string

export type ConnectionStatusValue = 'active' | 'blocked' | 'archived'

export interface ProfilesTable {
  /** Equals auth.users.id for people. */
  id: string
  profile_type: 'user' | 'celebrity'
  name: Nullable<string>
  email: Nullable<string>
  /** male, female or other; free text in the schema. */
  gender: Nullable<string>
  school: Nullable<string>
  /** Null where it is not known. */
  birth_year: Nullable<number>
  role: Generated<Role>
  default_face_id: Nullable<string>
  last_seen: NullableTimestamp
  created_at: CreatedAt
  updated_at: CreatedAt
}

/** What an analysis writes: the same columns on faces and celebrities. */
interface AnalysisColumns {
  image_hash: Nullable<string>
  embedding: Nullable<VectorText>
  age: Nullable<number>
  quality_score: Nullable<number>
  blur_score: Nullable<number>
  illumination_score: Nullable<number>
  quality_components: Json<StoredQualityComponents>
  symmetry_score: Nullable<number>
  landmarks_68: Json<[number, number][]>
  pose: Json<Pose>
  geometry_ratios: Json<Record<string, number>>
  /** CIELAB; a PostgreSQL array, so a plain JavaScript array in both directions. */
  skin_tone_lab: Nullable<number[]>
  expression: Nullable<Expression>
  expression_confidence: Nullable<number>
  emotion_scores: Json<Record<string, number>>
  analyzed_at: NullableTimestamp
  embedding_model: Nullable<string>
  detection_box: Json<Box>
  image_width: Nullable<number>
  image_height: Nullable<number>
  faces_found: Nullable<number>
  thumbnail_path: Nullable<string>
  /** The photo as browsers can show it, where they can't show `image_path`. */
  view_path: Nullable<string>
  embedding_norm: GeneratedAlways<number | null>
  geometry: GeneratedAlways<VectorText | null>
  skin_tone: GeneratedAlways<VectorText | null>
  /** 512 zeros and ones. */
  embedding_signs: GeneratedAlways<string | null>
}

export interface FacesTable extends AnalysisColumns {
  id: Generated<string>
  profile_id: string
  image_path: string
  /** As detected; the owner's own word is owner_gender. */
  gender: Nullable<DetectedGender>
  created_at: CreatedAt
  /** These four kept by trigger from the owner's profile. */
  owner_school: GeneratedAlways<string | null>
  owner_gender: GeneratedAlways<string | null>
  owner_birth_year: GeneratedAlways<number | null>
  is_default: GeneratedAlways<boolean>
}

export interface CelebritiesTable extends AnalysisColumns, ProvenanceColumns {
  id: Generated<string>
  name: string
  name_original: Nullable<string>
  bio: Nullable<string>
  category: Nullable<string>
  gender: Nullable<DetectedGender>
  image_path: string
  created_at: CreatedAt
  updated_at: CreatedAt
}

export interface MatchesTable {
  id: Generated<string>
  face_a_id: string
  face_b_id: string
  similarity_score: number
  created_at: CreatedAt
}

export interface CelebrityMatchesTable {
  id: Generated<string>
  face_id: string
  celebrity_id: string
  similarity_score: number
  created_at: CreatedAt
  updated_at: CreatedAt
}

export interface ReactionsTable {
  id: Generated<string>
  user_profile_id: string
  match_id: string
  reaction_type: string
  created_at: CreatedAt
}

export interface BabiesTable {
  id: Generated<string>
  match_id: string
  generated_by_profile_id: Nullable<string>
  image_url: string
  created_at: CreatedAt
}

export interface NotificationsTable {
  id: Generated<string>
  user_id: string
  type: 'baby_generated' | 'mutual_match' | 'new_message'
  title: string
  message: Nullable<string>
  related_id: Nullable<string>
  related_type: Nullable<'baby' | 'match' | 'message' | 'connection'>
  read_at: NullableTimestamp
  created_at: CreatedAt
}

export interface MutualConnectionsTable {
  id: Generated<string>
  profile_a_id: string
  profile_b_id: string
  match_id: string
  baby_id: Nullable<string>
  status: Generated<ConnectionStatusValue>
  created_at: CreatedAt
  updated_at: CreatedAt
}

export interface MessagesTable {
  id: Generated<string>
  connection_id: string
  sender_id: string
  content: string
  message_type: Generated<'text' | 'image' | 'icebreaker'>
  read_at: NullableTimestamp
  created_at: CreatedAt
}

export interface SystemSettingsTable {
  key: string
  value: ColumnType<unknown, string, string>
  description: Nullable<string>
  updated_at: CreatedAt
  updated_by: Nullable<string>
}

/** The schema `public`, as the migrations make it. The names need no schema prefix. */
export interface Tables {
  profiles: ProfilesTable
  faces: FacesTable
  matches: MatchesTable
  celebrities: CelebritiesTable
  celebrity_matches: CelebrityMatchesTable
  celebrity_photos: CelebrityPhotosTable
  celebrity_imports: CelebrityImportsTable
  celebrity_import_items: CelebrityImportItemsTable
  celebrity_changes: CelebrityChangesTable
  celebrity_distinctions: CelebrityDistinctionsTable
  celebrity_facts: CelebrityFactsTable
  match_facts: MatchFactsTable
  match_scores: MatchScoresTable
  match_removals: MatchRemovalsTable
  reactions: ReactionsTable
  babies: BabiesTable
  match_jobs: MatchJobsTable
  celebrity_jobs: CelebrityJobsTable
  embedding_jobs: EmbeddingJobsTable
  active_model: ActiveModelTable
  model_switches: ModelSwitchesTable
  staged_analyses: StagedAnalysesTable
  workers: WorkersTable
  job_attempts: JobAttemptsTable
  job_checkpoints: JobCheckpointsTable
  notifications: NotificationsTable
  mutual_connections: MutualConnectionsTable
  messages: MessagesTable
  system_settings: SystemSettingsTable
  jobs: JobsView
}

/** A vector as pgvector reads it. */
export function toVectorText(elements: ArrayLike<number>): VectorText {
  return `[${Array.prototype.join.call(elements, ',')}]`
}

/** A vector as pgvector writes it, in numbers. */
export function fromVectorText(text: VectorText): number[] {
  return JSON.parse(text) as number[]
}
