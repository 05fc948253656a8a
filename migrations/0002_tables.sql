-- The documented data model, which other clients share. Deleting a person removes all that hangs on them: every
-- reference without a documented rule cascades, and those that only point (default face, baby of a connection,
-- editor of a setting) become null.

create table public.profiles (
  id uuid primary key,
  profile_type text not null check (profile_type in ('user', 'celebrity')),
  name text,
  email text unique,
  gender text,
  school text,
  role text not null default 'user' check (role in ('user', 'moderator', 'curator', 'admin')),
  default_face_id uuid,
  last_seen timestamptz,
  created_at timestamptz default now(),
  updated_at timestamptz default now()
);
create index idx_profiles_school_gender on public.profiles (school, gender) where profile_type = 'user';
create index idx_profiles_last_seen on public.profiles (last_seen);
create index idx_profiles_role on public.profiles (role) where role = 'admin';

create table public.faces (
  id uuid primary key default gen_random_uuid(),
  profile_id uuid not null references public.profiles (id) on delete cascade,
  image_path text not null,
  image_hash text,
  created_at timestamptz default now(),
  embedding extensions.vector(512),
  age integer,
  gender text,
  quality_score float8,
  blur_score float8,
  illumination_score float8,
  landmarks_68 jsonb,
  pose jsonb,
  geometry_ratios jsonb,
  symmetry_score float8,
  skin_tone_lab float8[],
  expression text,
  expression_confidence float8,
  emotion_scores jsonb,
  analyzed_at timestamptz
);
-- The two tables point at each other, so this one comes last.
alter table public.profiles
  add constraint profiles_default_face_id_fkey
  foreign key (default_face_id) references public.faces (id) on delete set null;
create index idx_faces_profile_id on public.faces (profile_id);
create unique index ux_faces_profile_hash on public.faces (profile_id, image_hash) where image_hash is not null;
create index idx_faces_image_hash on public.faces (image_hash);
create index faces_embedding_hnsw_idx on public.faces
  using hnsw (embedding extensions.vector_cosine_ops) with (m = 16, ef_construction = 64);
create index idx_faces_age on public.faces (age) where age is not null;
create index idx_faces_quality on public.faces (quality_score) where quality_score is not null;
create index idx_faces_expression on public.faces (expression) where expression is not null;
create index idx_faces_attributes on public.faces (age, gender, quality_score, expression)
  where age is not null and quality_score is not null;

create table public.matches (
  id uuid primary key default gen_random_uuid(),
  face_a_id uuid not null references public.faces (id) on delete cascade,
  face_b_id uuid not null references public.faces (id) on delete cascade,
  similarity_score float8 not null,
  created_at timestamptz default now()
);
create index idx_matches_face_a_id on public.matches (face_a_id);
create index idx_matches_face_b_id on public.matches (face_b_id);
create index idx_matches_similarity_score on public.matches (similarity_score desc);

create table public.celebrities (
  id uuid primary key default gen_random_uuid(),
  name text not null,
  bio text,
  category text,
  gender text check (gender in ('male', 'female')),
  image_path text not null,
  image_hash text unique,
  created_at timestamptz default now(),
  updated_at timestamptz default now(),
  embedding extensions.vector(512),
  age integer,
  quality_score float8,
  blur_score float8,
  illumination_score float8,
  symmetry_score float8,
  landmarks_68 jsonb,
  pose jsonb,
  geometry_ratios jsonb,
  skin_tone_lab float8[],
  expression text,
  expression_confidence float8,
  emotion_scores jsonb,
  analyzed_at timestamptz
);
create index idx_celebrities_embedding on public.celebrities
  using ivfflat (embedding extensions.vector_cosine_ops) with (lists = 100);
create index idx_celebrities_created_at on public.celebrities (created_at desc);
create index idx_celebrities_category on public.celebrities (category);
create index idx_celebrities_gender on public.celebrities (gender);
create index idx_celebrities_age on public.celebrities (age);
create index idx_celebrities_quality on public.celebrities (quality_score);
create index idx_celebrities_expression on public.celebrities (expression);
create index idx_celebrities_attributes on public.celebrities (age, gender, quality_score, expression);

create table public.celebrity_matches (
  id uuid primary key default gen_random_uuid(),
  face_id uuid not null references public.faces (id) on delete cascade,
  celebrity_id uuid not null references public.celebrities (id) on delete cascade,
  similarity_score float8 not null check (similarity_score >= 0),
  created_at timestamptz default now(),
  updated_at timestamptz default now(),
  constraint unique_face_celebrity unique (face_id, celebrity_id)
);
create index idx_celebrity_matches_face_id on public.celebrity_matches (face_id);
create index idx_celebrity_matches_celebrity_id on public.celebrity_matches (celebrity_id);
create index idx_celebrity_matches_similarity on public.celebrity_matches (face_id, similarity_score desc);
create index idx_celebrity_matches_created_at on public.celebrity_matches (created_at desc);

create table public.reactions (
  id uuid primary key default gen_random_uuid(),
  user_profile_id uuid not null references public.profiles (id) on delete cascade,
  match_id uuid not null references public.matches (id) on delete cascade,
  reaction_type text not null,
  created_at timestamptz default now(),
  constraint reactions_match_user_type_unique unique (match_id, user_profile_id, reaction_type)
);
create index idx_reactions_type on public.reactions (reaction_type);
create index idx_reactions_user_type on public.reactions (user_profile_id, reaction_type);

create table public.babies (
  id uuid primary key default gen_random_uuid(),
  match_id uuid not null references public.matches (id) on delete cascade,
  generated_by_profile_id uuid references public.profiles (id) on delete set null,
  image_url text not null,
  created_at timestamptz default now()
);
create index idx_babies_match_id on public.babies (match_id);
create index idx_babies_created_at on public.babies (created_at desc);

create table public.match_jobs (
  id uuid primary key default gen_random_uuid(),
  face_id uuid not null references public.faces (id) on delete cascade,
  user_id uuid not null references public.profiles (id) on delete cascade,
  status text not null default 'pending' check (status in ('pending', 'processing', 'completed', 'failed')),
  job_type text default 'both' check (job_type in ('user_match', 'celebrity_match', 'both')),
  attempts integer not null default 0,
  max_attempts integer not null default 3,
  error_message text,
  created_at timestamptz not null default now(),
  started_at timestamptz,
  completed_at timestamptz
);
create index idx_match_jobs_status on public.match_jobs (status, created_at);
create index idx_match_jobs_pending on public.match_jobs (created_at) where status = 'pending';
create index idx_match_jobs_job_type on public.match_jobs (job_type);
create index idx_match_jobs_status_type_created on public.match_jobs (status, job_type, created_at)
  where status = 'pending';

create table public.notifications (
  id uuid primary key default gen_random_uuid(),
  user_id uuid not null references public.profiles (id) on delete cascade,
  type text not null check (type in ('baby_generated', 'mutual_match', 'new_message')),
  title text not null,
  message text,
  related_id uuid,
  related_type text check (related_type in ('baby', 'match', 'message', 'connection')),
  read_at timestamptz,
  created_at timestamptz not null default now()
);
create index idx_notifications_user_id on public.notifications (user_id);
create index idx_notifications_created_at on public.notifications (created_at desc);
create index idx_notifications_read_at on public.notifications (read_at) where read_at is null;

create table public.mutual_connections (
  id uuid primary key default gen_random_uuid(),
  profile_a_id uuid not null references public.profiles (id) on delete cascade,
  profile_b_id uuid not null references public.profiles (id) on delete cascade,
  match_id uuid not null references public.matches (id) on delete cascade,
  baby_id uuid references public.babies (id) on delete set null,
  status text not null default 'active' check (status in ('active', 'blocked', 'archived')),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create index idx_mutual_connections_profile_a on public.mutual_connections (profile_a_id);
create index idx_mutual_connections_profile_b on public.mutual_connections (profile_b_id);
create index idx_mutual_connections_match_id on public.mutual_connections (match_id);
create index idx_mutual_connections_status on public.mutual_connections (status);

create table public.messages (
  id uuid primary key default gen_random_uuid(),
  connection_id uuid not null references public.mutual_connections (id) on delete cascade,
  sender_id uuid not null references public.profiles (id) on delete cascade,
  content text not null,
  message_type text not null default 'text' check (message_type in ('text', 'image', 'icebreaker')),
  read_at timestamptz,
  created_at timestamptz not null default now()
);
create index idx_messages_connection_id on public.messages (connection_id);
create index idx_messages_sender_id on public.messages (sender_id);
create index idx_messages_created_at on public.messages (created_at desc);
create index idx_messages_read_at on public.messages (read_at) where read_at is null;

create table public.system_settings (
  key text primary key,
  value jsonb not null,
  description text,
  updated_at timestamptz not null default now(),
  updated_by uuid references public.profiles (id) on delete set null
);
create index idx_system_settings_updated_at on public.system_settings (updated_at desc);

insert into public.system_settings (key, value, description) values
  (
    'matching_weights',
    '{"embedding": 0.20, "geometry": 0.20, "age": 0.15, "symmetry": 0.15, "skin_tone": 0.15, "expression": 0.15}',
    'Weights of the six factors of a match score: numbers from 0 to 1 that sum to 1.'
  ),
  ('allow_non_edu_emails', 'true', 'Whether people may sign up with an address that does not end in .edu.'),
  ('match_threshold', '0.65', 'The lowest score, from 0 to 1, at which two people become a match.'),
  ('match_scope', '"school"', 'Whom a person is matched with: "school" (people of the same school) or "everyone".'),
  (
    'match_gender',
    '"different"',
    'Whether two people of the same gender are left out ("different") or not ("any"). '
      'Who is neither male nor female is never left out.'
  ),
  ('match_min_quality', '0.6', 'The lowest photo quality, from 0 to 1, that both faces of a match must have.'),
  ('match_limit', '20', 'How many of the best matches a newly analysed face gets at most.'),
  ('celebrity_match_limit', '10', 'How many celebrity lookalikes a face gets at most.'),
  ('celebrity_match_threshold', '0', 'The lowest score, from 0 to 1, of a celebrity lookalike.')
on conflict (key) do nothing;
