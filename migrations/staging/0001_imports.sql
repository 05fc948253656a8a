-- The staging area of imports: a database of this machine alone, so that thousands of photos can be read, analysed and
-- reviewed where there is no network. Nothing here is shared; what is published goes to the shared database.

create schema if not exists extensions;
create extension if not exists vector with schema extensions;

create table imports (
  id uuid primary key default gen_random_uuid(),
  name text not null,
  -- A folder or a file on this machine; null where files were uploaded into the staging area itself.
  source_path text,
  source_kind text not null check (source_kind in ('folder', 'zip', 'csv', 'upload')),
  state text not null default 'scanning' check (state in (
    'uploading', 'scanning', 'analyzing', 'review', 'publishing', 'published', 'undoing', 'undone', 'discarded'
  )),
  -- Nothing goes on until a person says so. The state stands.
  paused boolean not null default false,
  -- What it broke off at, for a person; null while all is well.
  problem text,
  -- Of what a file says nothing of its own.
  default_licence text,
  default_source text,
  default_category text,
  default_gender text check (default_gender in ('female', 'male')),
  -- The least that is published: {min_quality: 0..1, min_components: {component: 0..100}, adult_age: years,
  -- same_person: cosine, same_photo: bits of 64}.
  rules jsonb not null default '{}',
  -- Who began it, as the shared database knows them; null for the command line.
  created_by uuid,
  created_at timestamptz not null default now(),
  scanned_at timestamptz,
  analyzed_at timestamptz,
  published_at timestamptz,
  -- Who said that it is to be published: it goes on in their name after a restart.
  published_by uuid,
  -- Rises with every change of a file, a person or a decision; a plan says of which revision it is.
  revision bigint not null default 0,
  planned_revision bigint,
  planned_at timestamptz,
  -- Publishing has given files back to a person since it began, perhaps in an earlier life of the host.
  held_back boolean not null default false
);

-- A file of an import, photo or not, with its one outcome. The order of ids is the order of paths.
create table files (
  id bigint generated always as identity primary key,
  import_id uuid not null references imports (id) on delete cascade,
  -- Inside of the source, '/' between folders: as it was found.
  path text not null,
  -- Where the bytes are: a file, or a file inside of a ZIP (zip path and entry). Null once they lie in the staging folder.
  locator jsonb not null,
  bytes bigint,
  modified_at timestamptz,
  -- What the source says of it.
  name_original text,
  name text,
  bio text,
  category text,
  gender text check (gender in ('female', 'male')),
  licence text,
  source text,
  -- Name, bio, category, gender, licence and source as the source had them, once a person has described it otherwise.
  given jsonb,
  -- How far it is: found, analyzed, or rejected by what it is.
  state text not null default 'found' check (state in ('found', 'analyzed', 'rejected')),
  attempts smallint not null default 0,
  -- Why it was rejected, for programs and for a person.
  reason_code text,
  reason text,
  -- MD5 of the bytes, and 64 bits of what the picture looks like.
  image_hash text,
  perceptual_hash bit(64),
  width integer,
  height integer,
  embedding_model text,
  analyzed_at timestamptz,
  -- Whose photo it is: set by the plan from names and faces, or by a person.
  person_id bigint,
  -- Which of its faces is meant.
  face_index smallint,
  -- The plan: exactly this is what publishing does.
  outcome text check (outcome in (
    'new_celebrity', 'further_photo', 'replaces_photo', 'duplicate', 'rejected', 'needs_person'
  )),
  outcome_code text,
  outcome_reason text,
  -- What it was compared with: {file_id} of this import or {celebrity_id, photo_id, seen} of the gallery, by how much.
  outcome_reference jsonb,
  -- Published: when and what came of it; or what had changed underneath since the plan.
  published_at timestamptz,
  published_celebrity uuid,
  changed_reason text,
  unique (import_id, path)
);
create index idx_files_state on files (import_id, state, id);
create index idx_files_outcome on files (import_id, outcome, id);
create index idx_files_person on files (person_id);
create index idx_files_hash on files (image_hash);

-- A face in a file, largest first.
create table found_faces (
  file_id bigint not null references files (id) on delete cascade,
  face_index smallint not null,
  -- All that the analysis says, as core/model/face.ts has it, without the embedding.
  attributes jsonb not null,
  box jsonb not null,
  detection_score real not null,
  quality_score real,
  age integer,
  gender text,
  embedding extensions.vector(512) not null,
  primary key (file_id, face_index)
);

-- Who the files of an import show: one of them becomes, or is added to, one celebrity.
create table people (
  id bigint generated always as identity primary key,
  import_id uuid not null references imports (id) on delete cascade,
  -- The plan's own name for them: the same person has the same one in the next plan.
  key text,
  name text not null,
  name_original text,
  -- Already in the gallery.
  celebrity_id uuid
);
create index idx_people_import on people (import_id, id);

-- What a person decided, in order; the plan follows them, an undo takes the last one back.
create table decisions (
  id bigint generated always as identity primary key,
  import_id uuid not null references imports (id) on delete cascade,
  file_id bigint references files (id) on delete cascade,
  -- accept, reject, face, same_person, different_person, describe, reset: core/celebrities/contract-import-schemas.ts.
  kind text not null,
  detail jsonb not null default '{}',
  decided_by uuid,
  decided_at timestamptz not null default now(),
  undone_at timestamptz
);
create index idx_decisions_import on decisions (import_id, id);

-- Pairs that a person said are not one and the same, by the hash of their files or the id of a celebrity: asked once,
-- over all imports.
create table distinctions (
  one text not null,
  other text not null,
  decided_at timestamptz not null default now(),
  primary key (one, other),
  check (one < other)
);

-- The gallery of the shared database as it was seen last, so that duplicates are found without a network.
create table gallery (
  celebrity_id uuid not null,
  -- Null for the photo that the celebrity is known by.
  photo_id uuid,
  name text not null,
  image_hash text,
  perceptual_hash bit(64),
  quality_score real,
  quality_components jsonb,
  embedding extensions.vector(512),
  embedding_model text,
  thumbnail_path text,
  gender text,
  age integer,
  -- updated_at of the row, as text: changed underneath where it is another when publishing.
  seen text not null,
  -- What was copied after a plan was made, the plan has not seen.
  copied_at timestamptz not null default now()
);
create unique index ux_gallery on gallery (celebrity_id, coalesce(photo_id, celebrity_id));
create index idx_gallery_hash on gallery (image_hash);
create table gallery_state (
  one_row boolean primary key default true check (one_row),
  refreshed_at timestamptz,
  project text
);
