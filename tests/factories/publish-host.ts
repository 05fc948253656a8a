import type { PublishOptions, PublishResult } from '../../core/celebrities/import/publish/publish'
import { publishImport } from '../../core/celebrities/import/publish/publish'
import { undoImport } from '../../core/celebrities/import/undo/undo-import'
import type { TestCaller } from './callers'
import type { TestEngine } from './database'
import { queryIn } from './engines'
import { addPlannedImport, type PlannedImport, type StagedImport } from './import-plans'
import { openMatchedHost, type MatchedHost } from './matched-host'
import { createStaging, type TestStaging } from './staging'
import { dumpState } from './state-dump'

/** A gallery with two stars whom everybody looks like, a staging area, and a curator who publishes. */
export interface PublishHost {
  host: MatchedHost
  staging: TestStaging
  curator: TestCaller
  /** SQL as the owner of the shared database. */
  query: <Row = Record<string, unknown>>(text: string, values?: unknown[]) => Promise<Row[]>
  inStaging: <Row>(text: string, values?: unknown[]) => Promise<Row[]>
  plan: (planned: PlannedImport) => Promise<StagedImport>
  /** Two new ones with three photos, one more photo of Star 1, and a better one of Star 2 with one more. */
  mixed: () => Promise<StagedImport>
  publish: (id: string, options?: Partial<PublishOptions>) => Promise<PublishResult>
  dump: () => Promise<Record<string, string[]>>
  starOf: (name: string) => Promise<{ id: string; seen: string; image_path: string }>
  /** Takes back what tests have planned. */
  clear: () => Promise<void>
  close: () => Promise<void>
}

export async function openPublishHost(engine: TestEngine): Promise<PublishHost> {
  const [host, staging] = await Promise.all([openMatchedHost(engine), createStaging()])
  const curator = await host.signUp('curator')
  const imports: StagedImport[] = []
  const query: PublishHost['query'] = (text, values = []) =>
    host.database.asOwner((tx) => queryIn(tx, text, values))
  const plan = async (planned: PlannedImport) => {
    const made = await addPlannedImport(staging, planned)
    imports.push(made)
    return made
  }
  async function starOf(name: string) {
    const [star] = await query<{ id: string; seen: string; image_path: string }>(
      'select id, updated_at::text as seen, image_path from celebrities where name = $1',
      [name],
    )
    if (!star) throw new Error(`There is no ${name}.`)
    return star
  }
  return {
    ...{ host, staging, curator, query, plan, starOf },
    inStaging: (text, values = []) => staging.transaction((tx) => queryIn(tx as never, text, values)),
    publish: (id, options = {}) =>
      publishImport(staging, id, {
        database: host.database,
        images: host.images,
        by: curator.id,
        ...options,
      }),
    dump: () => dumpState(host.database, host.images),
    async mixed() {
      const [one, two] = [await starOf('Star 1'), await starOf('Star 2')]
      return plan({
        people: [
          { name: 'Ann' },
          { name: 'Ben' },
          { name: 'Star 1', celebrityId: one.id },
          { name: 'Star 2', celebrityId: two.id },
        ],
        photos: [
          { person: 0, outcome: 'further_photo' },
          { person: 0, outcome: 'new_celebrity' },
          { person: 1, outcome: 'new_celebrity' },
          { person: 2, outcome: 'further_photo', seen: one.seen },
          { person: 3, outcome: 'further_photo', seen: two.seen },
          { person: 3, outcome: 'replaces_photo', seen: two.seen },
          { person: 1, outcome: 'duplicate' },
          { person: 1, outcome: 'needs_person' },
        ],
      })
    },
    async clear() {
      for (const { id, remove } of imports.splice(0)) {
        await undoImport(host, id, null).catch(() => undefined)
        await remove()
      }
    },
    async close() {
      await host.close()
      await staging.close()
    },
  }
}
