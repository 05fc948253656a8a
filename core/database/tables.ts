import type { ColumnType, Generated, GeneratedAlways } from 'kysely'
import type { Box, DetectedGender, Expression, Pose } from '../model/face'
import type { StoredQualityComponents } from '../model/quality'
import type { Role } from '../model/roles'

/** Written as `'[0.1,0.2,…]'`, read as the same text. */
export type VectorText = string

/** Read as Date; written as Date or ISO text. */
type NullableTimestamp = ColumnType<Date | null, Date | string | null | undefined, Date | string | null>
/** `default now()`, nullable only in the letter of the schema. */
type CreatedAt = ColumnType<Date, Date | string | undefined, Date | string>
/** Read as parsed JSON; written as JSON text, since a driver turns arrays into PostgreSQL arrays. */
type Json<T> = ColumnType<T | null, string | null | undefined, string | null>
type Nullable<T> = ColumnType<T | null, T | null | undefined, T | null>

export type JobStatusValue = 'pending' | 'processing' | 'completed' | 'failed'
export type JobTypeValue = 'user_match' | 'celebrity_match' | 'both'
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
  embedding_norm: GeneratedAlways<number | null>
  geometry: GeneratedAlways<VectorText | null>
  skin_tone: GeneratedAlways<VectorText | null>
  /** 512 zeros and ones. */
  embedding_signs: GeneratedAlways<string | null>
  embedding_evenness: GeneratedAlways<number | null>
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

export interface CelebritiesTable extends AnalysisColumns {
  id: Generated<string>
  name: string
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

/** What the two queues share. */
interface QueueColumns {
  id: Generated<string>
  status: Generated<JobStatusValue>
  attempts: Generated<number>
  max_attempts: Generated<number>
  error_code: Nullable<string>
  error_message: Nullable<string>
  worker_id: Nullable<string>
  lease_until: NullableTimestamp
  next_attempt_at: CreatedAt
  created_at: CreatedAt
  started_at: NullableTimestamp
  completed_at: NullableTimestamp
}

export interface MatchJobsTable extends QueueColumns {
  face_id: string
  user_id: string
  job_type: ColumnType<JobTypeValue | null, JobTypeValue | null | undefined, JobTypeValue | null>
}

export interface CelebrityJobsTable extends QueueColumns {
  celebrity_id: string
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

/** View over both queues, for reading. */
export interface JobsView {
  id: GeneratedAlways<string>
  kind: GeneratedAlways<'face' | 'celebrity'>
  /** The face or the celebrity. */
  subject_id: GeneratedAlways<string>
  /** The person whose face it is; null for a celebrity. */
  owner_id: GeneratedAlways<string | null>
  status: GeneratedAlways<JobStatusValue>
  job_type: GeneratedAlways<JobTypeValue | null>
  attempts: GeneratedAlways<number>
  max_attempts: GeneratedAlways<number>
  error_code: GeneratedAlways<string | null>
  error_message: GeneratedAlways<string | null>
  created_at: GeneratedAlways<Date>
  started_at: GeneratedAlways<Date | null>
  completed_at: GeneratedAlways<Date | null>
  next_attempt_at: GeneratedAlways<Date>
  lease_until: GeneratedAlways<Date | null>
  worker_id: GeneratedAlways<string | null>
}

/** The schema `public`, as the migrations make it. The names need no schema prefix. */
export interface Tables {
  profiles: ProfilesTable
  faces: FacesTable
  matches: MatchesTable
  celebrities: CelebritiesTable
  celebrity_matches: CelebrityMatchesTable
  reactions: ReactionsTable
  babies: BabiesTable
  match_jobs: MatchJobsTable
  celebrity_jobs: CelebrityJobsTable
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
