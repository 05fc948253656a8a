/**
 * The documented data model as data, from the document and not from the migrations. Types are PostgreSQL's own names;
 * `!` after a type stands for NOT NULL. An index is its method and columns, then what follows.
 */
export interface DocumentedTable {
  columns: Record<string, string | { type: string; default: string }>
  /** `id` where not given. */
  primaryKey?: string[]
  /** Constraint names with their columns. */
  unique: Record<string, string[]>
  /** Columns with the values that they may have, or with one comparison. */
  checks: Record<string, string[]>
  /** Column → table, with what deleting the referenced row does where the document says so. */
  foreignKeys: Record<string, string>
  indexes: Record<string, string>
}

const uuidKey = { type: 'uuid!', default: 'gen_random_uuid()' }
const now = { type: 'timestamp with time zone', default: 'now()' }
const nowRequired = { type: 'timestamp with time zone!', default: 'now()' }
const time = 'timestamp with time zone'

const analysis = {
  embedding: 'vector(512)',
  age: 'integer',
  quality_score: 'double precision',
  blur_score: 'double precision',
  illumination_score: 'double precision',
  landmarks_68: 'jsonb',
  pose: 'jsonb',
  geometry_ratios: 'jsonb',
  symmetry_score: 'double precision',
  skin_tone_lab: 'double precision[]',
  expression: 'text',
  expression_confidence: 'double precision',
  emotion_scores: 'jsonb',
  analyzed_at: time,
}

export const documentedTables: Record<string, DocumentedTable> = {
  profiles: {
    columns: {
      id: 'uuid!',
      profile_type: 'text!',
      name: 'text',
      email: 'text',
      gender: 'text',
      school: 'text',
      role: { type: 'text!', default: `'user'` },
      default_face_id: 'uuid',
      last_seen: time,
      created_at: now,
      updated_at: now,
    },
    unique: { profiles_email_key: ['email'] },
    checks: { profile_type: ['user', 'celebrity'], role: ['user', 'admin'] },
    foreignKeys: { default_face_id: 'faces' },
    indexes: {
      idx_profiles_school_gender: `btree (school, gender) where profile_type = 'user'`,
      idx_profiles_last_seen: 'btree (last_seen)',
      idx_profiles_role: `btree (role) where role = 'admin'`,
    },
  },
  faces: {
    columns: {
      id: uuidKey,
      profile_id: 'uuid!',
      image_path: 'text!',
      image_hash: 'text',
      created_at: now,
      gender: 'text',
      ...analysis,
    },
    unique: {},
    checks: {},
    foreignKeys: { profile_id: 'profiles' },
    indexes: {
      idx_faces_profile_id: 'btree (profile_id)',
      ux_faces_profile_hash: 'unique btree (profile_id, image_hash) where image_hash is not null',
      idx_faces_image_hash: 'btree (image_hash)',
      faces_embedding_hnsw_idx: `hnsw (embedding vector_cosine_ops) with (m='16', ef_construction='64')`,
      idx_faces_age: 'btree (age) where age is not null',
      idx_faces_quality: 'btree (quality_score) where quality_score is not null',
      idx_faces_expression: 'btree (expression) where expression is not null',
      idx_faces_attributes:
        'btree (age, gender, quality_score, expression) where age is not null and quality_score is not null',
    },
  },
  matches: {
    columns: {
      id: uuidKey,
      face_a_id: 'uuid!',
      face_b_id: 'uuid!',
      similarity_score: 'double precision!',
      created_at: now,
    },
    unique: {},
    checks: {},
    foreignKeys: { face_a_id: 'faces', face_b_id: 'faces' },
    indexes: {
      idx_matches_face_a_id: 'btree (face_a_id)',
      idx_matches_face_b_id: 'btree (face_b_id)',
      idx_matches_similarity_score: 'btree (similarity_score desc)',
    },
  },
  celebrities: {
    columns: {
      id: uuidKey,
      name: 'text!',
      bio: 'text',
      category: 'text',
      gender: 'text',
      image_path: 'text!',
      image_hash: 'text',
      created_at: now,
      updated_at: now,
      ...analysis,
    },
    unique: { celebrities_image_hash_key: ['image_hash'] },
    checks: { gender: ['male', 'female'] },
    foreignKeys: {},
    indexes: {
      idx_celebrities_embedding: `ivfflat (embedding vector_cosine_ops) with (lists='100')`,
      idx_celebrities_created_at: 'btree (created_at desc)',
      idx_celebrities_category: 'btree (category)',
      idx_celebrities_gender: 'btree (gender)',
      idx_celebrities_age: 'btree (age)',
      idx_celebrities_quality: 'btree (quality_score)',
      idx_celebrities_expression: 'btree (expression)',
      idx_celebrities_attributes: 'btree (age, gender, quality_score, expression)',
    },
  },
  celebrity_matches: {
    columns: {
      id: uuidKey,
      face_id: 'uuid!',
      celebrity_id: 'uuid!',
      similarity_score: 'double precision!',
      created_at: now,
      updated_at: now,
    },
    unique: { unique_face_celebrity: ['face_id', 'celebrity_id'] },
    checks: { similarity_score: ['>= 0'] },
    foreignKeys: { face_id: 'faces', celebrity_id: 'celebrities' },
    indexes: {
      idx_celebrity_matches_face_id: 'btree (face_id)',
      idx_celebrity_matches_celebrity_id: 'btree (celebrity_id)',
      idx_celebrity_matches_similarity: 'btree (face_id, similarity_score desc)',
      idx_celebrity_matches_created_at: 'btree (created_at desc)',
    },
  },
  reactions: {
    columns: {
      id: uuidKey,
      user_profile_id: 'uuid!',
      match_id: 'uuid!',
      reaction_type: 'text!',
      created_at: now,
    },
    unique: { reactions_match_user_type_unique: ['match_id', 'user_profile_id', 'reaction_type'] },
    checks: {},
    foreignKeys: { user_profile_id: 'profiles', match_id: 'matches' },
    indexes: {
      idx_reactions_type: 'btree (reaction_type)',
      idx_reactions_user_type: 'btree (user_profile_id, reaction_type)',
    },
  },
  babies: {
    columns: {
      id: uuidKey,
      match_id: 'uuid!',
      generated_by_profile_id: 'uuid',
      image_url: 'text!',
      created_at: now,
    },
    unique: {},
    checks: {},
    foreignKeys: { match_id: 'matches cascade', generated_by_profile_id: 'profiles set null' },
    indexes: {
      idx_babies_match_id: 'btree (match_id)',
      idx_babies_created_at: 'btree (created_at desc)',
    },
  },
  match_jobs: {
    columns: {
      id: uuidKey,
      face_id: 'uuid!',
      user_id: 'uuid!',
      status: { type: 'text!', default: `'pending'` },
      job_type: { type: 'text', default: `'both'` },
      attempts: { type: 'integer!', default: '0' },
      max_attempts: { type: 'integer!', default: '3' },
      error_message: 'text',
      created_at: nowRequired,
      started_at: time,
      completed_at: time,
    },
    unique: {},
    checks: {
      status: ['pending', 'processing', 'completed', 'failed'],
      job_type: ['user_match', 'celebrity_match', 'both'],
    },
    foreignKeys: { face_id: 'faces', user_id: 'profiles' },
    indexes: {
      idx_match_jobs_status: 'btree (status, created_at)',
      idx_match_jobs_pending: `btree (created_at) where status = 'pending'`,
      idx_match_jobs_job_type: 'btree (job_type)',
      idx_match_jobs_status_type_created: `btree (status, job_type, created_at) where status = 'pending'`,
    },
  },
  notifications: {
    columns: {
      id: uuidKey,
      user_id: 'uuid!',
      type: 'text!',
      title: 'text!',
      message: 'text',
      related_id: 'uuid',
      related_type: 'text',
      read_at: time,
      created_at: nowRequired,
    },
    unique: {},
    checks: {
      type: ['baby_generated', 'mutual_match', 'new_message'],
      related_type: ['baby', 'match', 'message', 'connection'],
    },
    foreignKeys: { user_id: 'profiles' },
    indexes: {
      idx_notifications_user_id: 'btree (user_id)',
      idx_notifications_created_at: 'btree (created_at desc)',
      idx_notifications_read_at: 'btree (read_at) where read_at is null',
    },
  },
  mutual_connections: {
    columns: {
      id: uuidKey,
      profile_a_id: 'uuid!',
      profile_b_id: 'uuid!',
      match_id: 'uuid!',
      baby_id: 'uuid',
      status: { type: 'text!', default: `'active'` },
      created_at: nowRequired,
      updated_at: nowRequired,
    },
    unique: {},
    checks: { status: ['active', 'blocked', 'archived'] },
    foreignKeys: {
      profile_a_id: 'profiles',
      profile_b_id: 'profiles',
      match_id: 'matches',
      baby_id: 'babies',
    },
    indexes: {
      idx_mutual_connections_profile_a: 'btree (profile_a_id)',
      idx_mutual_connections_profile_b: 'btree (profile_b_id)',
      idx_mutual_connections_match_id: 'btree (match_id)',
      idx_mutual_connections_status: 'btree (status)',
    },
  },
  messages: {
    columns: {
      id: uuidKey,
      connection_id: 'uuid!',
      sender_id: 'uuid!',
      content: 'text!',
      message_type: { type: 'text!', default: `'text'` },
      read_at: time,
      created_at: nowRequired,
    },
    unique: {},
    checks: { message_type: ['text', 'image', 'icebreaker'] },
    foreignKeys: { connection_id: 'mutual_connections', sender_id: 'profiles' },
    indexes: {
      idx_messages_connection_id: 'btree (connection_id)',
      idx_messages_sender_id: 'btree (sender_id)',
      idx_messages_created_at: 'btree (created_at desc)',
      idx_messages_read_at: 'btree (read_at) where read_at is null',
    },
  },
  system_settings: {
    columns: {
      key: 'text!',
      value: 'jsonb!',
      description: 'text',
      updated_at: nowRequired,
      updated_by: 'uuid',
    },
    primaryKey: ['key'],
    unique: {},
    checks: {},
    foreignKeys: { updated_by: 'profiles' },
    indexes: { idx_system_settings_updated_at: 'btree (updated_at desc)' },
  },
}
