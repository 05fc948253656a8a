/**
 * Who may do what: one line for every table, view and function. permissions.test.ts holds it against the database,
 * row by row and column by column, on both engines, and docs/permissions.md is printed from it.
 */

/** A person is anybody with an account; staff are persons, too. */
export const actors = ['anon', 'person', 'moderator', 'curator', 'admin', 'suspended'] as const
export type Actor = (typeof actors)[number]

/** `refused`: an error. `none`: no row, and no error. `own`: what belongs to them. */
export type Rows = 'refused' | 'none' | 'own' | 'all'

/** In the order of `actors`. */
export type Line = readonly [Rows, Rows, Rows, Rows, Rows, Rows]

/** Columns that may be changed, of all rows or of the own; `*` is every column, `-name` takes one out. */
export interface Columns {
  all?: readonly string[]
  own?: readonly string[]
}

export interface Permissions {
  /** What makes a row somebody's own. */
  own?: string
  select: Line
  insert: Line
  update: Partial<Record<Actor, Columns>>
  delete: Line
}

const nobody: Line = ['refused', 'refused', 'refused', 'refused', 'refused', 'refused']
const everybody: Line = ['all', 'all', 'all', 'all', 'all', 'all']
const hidden: Line = ['none', 'none', 'none', 'none', 'none', 'none']
const curators: Line = ['refused', 'refused', 'refused', 'all', 'all', 'refused']
const ownAndStaff: Line = ['refused', 'own', 'all', 'all', 'all', 'own']
const ownAndModerators: Line = ['refused', 'own', 'all', 'own', 'all', 'own']
const ownOnly: Line = ['refused', 'own', 'own', 'own', 'own', 'own']
const ownUnlessSuspended: Line = ['refused', 'own', 'own', 'own', 'own', 'refused']

const closed: Permissions = { select: nobody, insert: nobody, update: {}, delete: nobody }

const staffSee: Permissions = {
  select: ['refused', 'none', 'all', 'all', 'all', 'none'],
  insert: nobody,
  update: {},
  delete: nobody,
}

/** The same for everybody who isn't suspended. */
function persons(own: readonly string[]): Permissions['update'] {
  return { person: { own }, moderator: { own }, curator: { own }, admin: { own } }
}

function curatorsUpdate(all: readonly string[]): Permissions['update'] {
  return { curator: { all }, admin: { all } }
}

const aboutThemself = ['name', 'gender', 'school', 'birth_year', 'default_face_id', 'last_seen']
/** Kept by triggers, whatever is written. */
const derived = ['-embedding_norm', '-embedding_signs', '-geometry', '-skin_tone']
const ofOwner = ['-owner_school', '-owner_gender', '-owner_birth_year', '-is_default']

/** Name of a relation, or of a schema with `.*` for all of its relations that have no line. */
export const permissions: Record<string, Permissions> = {
  'public.profiles': {
    own: 'the profile of the account',
    select: ownAndStaff,
    insert: ['refused', 'own', 'own', 'own', 'all', 'refused'],
    update: {
      ...persons(aboutThemself),
      admin: {
        all: ['profile_type', 'name', 'gender', 'school', 'birth_year', 'role', 'default_face_id'],
        own: ['last_seen'],
      },
    },
    delete: ['refused', 'none', 'none', 'none', 'all', 'none'],
  },
  'public.faces': {
    own: 'photos of the own profile',
    select: ownAndStaff,
    insert: ['refused', 'own', 'own', 'all', 'all', 'refused'],
    update: curatorsUpdate(['*', '-id', '-profile_id', ...ofOwner, ...derived]),
    delete: ['refused', 'own', 'own', 'all', 'all', 'own'],
  },
  'public.matches': {
    own: 'matches of an own photo',
    select: ownAndStaff,
    insert: nobody,
    update: {},
    delete: nobody,
  },
  'public.match_facts': {
    select: ['refused', 'none', 'all', 'all', 'all', 'none'],
    insert: nobody,
    update: {},
    delete: nobody,
  },
  'public.match_scores': {
    select: ['refused', 'none', 'all', 'all', 'all', 'none'],
    insert: nobody,
    update: {},
    delete: nobody,
  },
  'public.match_removals': {
    select: ['refused', 'none', 'all', 'none', 'all', 'none'],
    insert: nobody,
    update: {},
    delete: nobody,
  },
  'public.celebrities': {
    select: everybody,
    insert: curators,
    update: curatorsUpdate(['*', '-id', '-updated_at', ...derived]),
    delete: ['refused', 'none', 'none', 'all', 'all', 'none'],
  },
  // What the columns of celebrities are derived to, kept by trigger.
  'public.celebrity_facts': staffSee,
  'public.celebrity_matches': {
    own: 'lookalikes of an own photo',
    select: ownAndStaff,
    insert: nobody,
    update: {},
    delete: nobody,
  },
  'public.reactions': {
    own: 'reactions by oneself, to an own match',
    select: ownAndStaff,
    insert: ownUnlessSuspended,
    update: persons(['reaction_type']),
    delete: ['refused', 'own', 'own', 'own', 'own', 'none'],
  },
  'public.babies': {
    own: 'babies of an own match',
    select: ownAndModerators,
    insert: ownUnlessSuspended,
    update: {},
    delete: ['refused', 'none', 'all', 'none', 'all', 'none'],
  },
  'public.match_jobs': {
    own: 'jobs of an own photo',
    select: ownAndStaff,
    insert: curators,
    update: curatorsUpdate(['*', '-id', '-face_id', '-user_id', '-created_at']),
    delete: ['refused', 'none', 'none', 'none', 'all', 'none'],
  },
  'public.celebrity_jobs': {
    select: ['refused', 'none', 'all', 'all', 'all', 'none'],
    insert: curators,
    update: curatorsUpdate(['*', '-id', '-celebrity_id', '-created_at']),
    delete: ['refused', 'none', 'none', 'none', 'all', 'none'],
  },
  'public.embedding_jobs': {
    select: ['refused', 'none', 'all', 'all', 'all', 'none'],
    insert: nobody,
    update: curatorsUpdate([
      '*',
      '-id',
      '-switch_id',
      '-face_id',
      '-celebrity_id',
      '-photo_id',
      '-owner_id',
      '-created_at',
    ]),
    delete: ['refused', 'none', 'none', 'none', 'all', 'none'],
  },
  'public.model_switches': {
    select: ['refused', 'none', 'all', 'all', 'all', 'none'],
    insert: nobody,
    update: {},
    delete: nobody,
  },
  'public.active_model': {
    select: ['refused', 'none', 'all', 'all', 'all', 'none'],
    insert: nobody,
    update: {},
    delete: nobody,
  },
  'public.staged_analyses': closed,
  'public.notifications': {
    own: 'notifications of oneself',
    select: ownOnly,
    insert: nobody,
    update: persons(['read_at']),
    delete: ['refused', 'own', 'own', 'own', 'own', 'none'],
  },
  'public.mutual_connections': {
    own: 'connections that one is part of',
    select: ownAndModerators,
    insert: nobody,
    update: { ...persons(['status']), moderator: { all: ['status'] }, admin: { all: ['status'] } },
    delete: nobody,
  },
  'public.messages': {
    own: 'messages of an own connection; to write: as the sender; to mark as read: as the recipient',
    select: ownAndModerators,
    insert: ownUnlessSuspended,
    update: persons(['read_at']),
    delete: nobody,
  },
  'public.system_settings': {
    select: everybody,
    insert: ['refused', 'refused', 'refused', 'refused', 'all', 'refused'],
    update: { admin: { all: ['value', 'description'] } },
    delete: ['refused', 'none', 'none', 'none', 'all', 'none'],
  },
  'public.workers': {
    select: ['refused', 'none', 'all', 'all', 'all', 'none'],
    insert: nobody,
    update: curatorsUpdate(['instruction', 'instructed_by', 'instructed_at']),
    // Of those that have stopped, or went silent.
    delete: ['refused', 'none', 'none', 'none', 'all', 'none'],
  },
  'public.job_attempts': {
    select: ['refused', 'none', 'all', 'all', 'all', 'none'],
    insert: nobody,
    update: {},
    delete: nobody,
  },
  'public.job_checkpoints': closed,
  'public.job_bulks': {
    own: 'bulk actions that one planned oneself',
    select: ['refused', 'none', 'all', 'all', 'all', 'none'],
    insert: ['refused', 'refused', 'refused', 'own', 'own', 'refused'],
    update: curatorsUpdate([
      ...['state', 'started_at', 'ended_at', 'beat_at', 'selected', 'eligible', 'ineligible'],
      ...['done', 'changed', 'undone', 'undo_changed', 'last_item'],
    ]),
    // Of those that were never executed, or are a month old.
    delete: ['refused', 'none', 'none', 'all', 'all', 'none'],
  },
  'public.job_bulk_items': {
    select: ['refused', 'none', 'all', 'all', 'all', 'none'],
    insert: curators,
    update: curatorsUpdate(['seen', 'outcome', 'before']),
    delete: nobody,
  },
  // Written by the functions that publish and undo an import.
  'public.celebrity_imports': staffSee,
  'public.celebrity_import_items': staffSee,
  'public.celebrity_photos': {
    select: ['refused', 'none', 'all', 'all', 'all', 'none'],
    insert: curators,
    update: curatorsUpdate(['*']),
    delete: ['refused', 'none', 'none', 'all', 'all', 'none'],
  },
  'public.celebrity_changes': {
    own: 'changes in one’s own name',
    select: ['refused', 'none', 'all', 'all', 'all', 'none'],
    insert: ['refused', 'refused', 'refused', 'own', 'own', 'refused'],
    // Undone in one’s own name alone.
    update: curatorsUpdate(['undone_by', 'undone_at', 'purge_at', 'purged_at', 'redo_of']),
    delete: nobody,
  },
  'public.celebrity_distinctions': {
    own: 'pairs told apart in one’s own name',
    select: ['refused', 'none', 'all', 'all', 'all', 'none'],
    insert: ['refused', 'refused', 'refused', 'own', 'own', 'refused'],
    update: {},
    delete: ['refused', 'none', 'none', 'all', 'all', 'none'],
  },
  'public.jobs': {
    own: 'jobs of an own photo',
    select: ownAndStaff,
    insert: nobody,
    update: {},
    delete: nobody,
  },
  'private.feed': {
    own: 'people one is matched with, unless blocked, suspended, or a minor and an adult',
    select: ['refused', 'own', 'own', 'own', 'own', 'none'],
    insert: nobody,
    update: {},
    delete: nobody,
  },
  'storage.objects: faces': {
    own: 'files in the folder of the own id; to add: under a name that no photo has',
    select: ['none', 'own', 'all', 'all', 'all', 'own'],
    insert: ['refused', 'own', 'own', 'all', 'all', 'refused'],
    update: curatorsUpdate(['*', '-bucket_id']),
    delete: ['none', 'own', 'own', 'all', 'all', 'own'],
  },
  'storage.objects: celebrity-images': {
    select: ['none', 'none', 'all', 'all', 'all', 'none'],
    insert: curators,
    update: curatorsUpdate(['*', '-bucket_id']),
    delete: ['none', 'none', 'none', 'all', 'all', 'none'],
  },
  'storage.buckets': { select: hidden, insert: nobody, update: {}, delete: hidden },
  'auth.*': closed,
  'semblance.*': closed,
  'private.staff_jobs': {
    select: ['refused', 'none', 'all', 'all', 'all', 'none'],
    insert: nobody,
    update: {},
    delete: nobody,
  },
  'private.*': closed,
}
