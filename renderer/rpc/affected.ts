/** What shows jobs as they are. Their charts and alarms go by the clock, and how the queue stands is pushed. */
const shownJobs = ['jobs.list', 'jobs.counts', 'jobs.get', 'jobs.failures', 'jobs.workers']

/**
 * What shows pairs as they are. Where a score stands and who else is near are dear to ask and move little: they are asked
 * anew when a pair is opened (and after what one does to it), not at each of a thousand changes.
 */
const shownPairs = [
  ...['matching.list', 'matching.count', 'matching.models', 'matching.get', 'matching.getLookalike'],
  ...['matching.ofFace', 'matching.history', 'matching.removals', 'matching.feed'],
]

/**
 * What shows the gallery as it is. What is alike, unlike, near or thin is dear to find: it is asked anew when one comes
 * to see it (and after what one does oneself), not at each of the thousand changes of an import.
 */
const shownGallery = ['photos', 'history', 'trashed', 'facets', 'lastChange'].map(
  (name) => `curation.${name}`,
)

/**
 * Which procedures show something of which table. Prefixes of procedure paths: `jobs` stands for `jobs.list` and all
 * its sisters. A table that is missing here is taken to affect everything, so a new one can't leave a screen stale.
 */
export const affectedBy: Readonly<Record<string, readonly string[]>> = {
  profiles: ['accounts', 'overview.get', 'matching.list', 'matching.ofFace', 'jobs.list', 'samples'],
  faces: [
    'accounts.list',
    'accounts.get',
    'overview.get',
    ...shownPairs,
    'jobs.list',
    'celebrities.get',
    'samples',
  ],
  matches: [...shownPairs, 'accounts.list', 'accounts.get', 'overview.get'],
  celebrity_matches: [
    ...['matching.ofFace', 'matching.getLookalike', 'matching.history'],
    'celebrities.get',
    'overview.get',
  ],
  match_jobs: [...shownJobs, 'accounts.get', 'overview.get', 'samples'],
  celebrities: [
    'celebrities',
    ...shownGallery,
    'matching.ofFace',
    'matching.getLookalike',
    'jobs.list',
    'overview.get',
    'samples',
  ],
  celebrity_jobs: [...shownJobs, 'celebrities', 'overview.get', 'samples'],
  system_settings: ['settings', 'accounts.me', 'matching.get', 'matching.getLookalike'],
  workers: ['jobs.workers', 'jobs.alarms'],
  worker: ['overview.get', 'samples'],
  active_model: ['models'],
  model_switches: ['models.progress', 'models.failures'],
  embedding_jobs: ['models.progress', 'models.failures', 'jobs', 'overview.get'],
  pack: ['overview.get', 'models.packs', 'models.progress'],
  // Lists of files stay as they are under whoever reviews them: what a decision changes comes with its answer.
  imports: ['imports.list', 'imports.get'],
  celebrity_photos: shownGallery,
  celebrity_changes: shownGallery,
  celebrity_distinctions: ['curation.similar'],
  celebrity_import_items: ['curation.history'],
  celebrity_imports: ['celebrities.get', 'imports.published', 'imports.kept'],
  servers: ['servers.current', 'overview.health'],
  database: ['overview.health', 'servers.current'],
}

/** Whether what the procedure at `path` (`['jobs', 'list']`) gave may be outdated by a change of these tables. */
export function isAffected(path: readonly string[], tables: Iterable<string>): boolean {
  const name = path.join('.')
  for (const table of tables) {
    const prefixes = affectedBy[table]
    if (!prefixes) return true
    if (prefixes.some((prefix) => name === prefix || name.startsWith(`${prefix}.`))) return true
  }
  return false
}

/** The procedure that a query key of oRPC belongs to; undefined for other keys. */
export function procedureOf(queryKey: readonly unknown[]): readonly string[] | undefined {
  const [path] = queryKey
  return Array.isArray(path) && path.every((part) => typeof part === 'string') ? path : undefined
}
