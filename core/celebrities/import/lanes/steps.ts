import { sql } from 'kysely'
import type { Database } from '../../../database/connect'
import type { FacePool } from '../../../faces/pool/pool'
import type { Images } from '../../../supabase/images'
import { analyzeImport } from '../analysis/analyze'
import type { GalleryKeeper } from '../gallery/keeper'
import { advance } from '../import-row'
import type { LaneWork } from './lanes'
import { planImport } from '../plan/plan-import'
import { publishImport } from '../publish/publish'
import { readStagedFile } from '../source/read-file'
import { scanImport } from '../scan/scan'
import type { Staging, StagingTx } from '../staging/staging'

export interface StepParts {
  staging: Staging
  /** Rejects with UNAVAILABLE while the models are not set up. */
  faces: () => Promise<FacePool>
  database: Database
  images: Images
}

/** What goes on by itself, a lane each: a scan need not wait for another import's analysis. */
export function stepsOf(parts: StepParts, gallery: GalleryKeeper): LaneWork[] {
  return [scanLane(parts), analysisLane(parts), planLane(parts, gallery), publishLane(parts, gallery)]
}

function scanLane({ staging }: StepParts): LaneWork {
  return {
    state: 'scanning',
    async run(id, { signal, note }) {
      let noted = 0
      await scanImport(staging, id, {
        signal,
        onProgress(files) {
          note(files - noted)
          noted = files
        },
      })
      await staging.transaction((tx) => advance(tx, id, 'scanned', { scanned_at: sql`now()` as never }))
    },
  }
}

function analysisLane({ staging, faces }: StepParts): LaneWork {
  return {
    state: 'analyzing',
    async run(id, { signal, note }) {
      let noted = 0
      await analyzeImport(staging, id, {
        faces,
        signal,
        read: ({ locator }) => readStagedFile(staging, id, locator),
        onProgress(done) {
          note(done - noted)
          noted = done
        },
      })
      await staging.transaction((tx) => advance(tx, id, 'analyzed', { analyzed_at: sql`now()` as never }))
    },
  }
}

/** Plans anew what was changed since it was planned: rules, defaults, what an earlier life of this host left. */
function planLane({ staging }: StepParts, gallery: GalleryKeeper): LaneWork {
  return {
    state: 'review',
    evenPaused: true,
    isDue: ({ revision, planned_revision }) => revision !== planned_revision,
    async run(id) {
      await gallery.refresh()
      await planImport(staging, id)
    },
  }
}

function publishLane({ staging, database, images }: StepParts, gallery: GalleryKeeper): LaneWork {
  return {
    state: 'publishing',
    async run(id, { signal, note }) {
      const { published_by: by } = await staging.transaction((tx) =>
        tx.selectFrom('imports').select('published_by').where('id', '=', id).executeTakeFirstOrThrow(),
      )
      let noted = 0
      await publishImport(staging, id, {
        ...{ database, images, by, signal },
        onProgress(done) {
          note(done - noted)
          noted = done
        },
      })
      // What is held back is planned with the gallery as it is then.
      gallery.changed()
      await staging.transaction((tx) => endPublishing(tx, id))
    },
  }
}

/** What was given back by an attempt that broke off counts, too. */
async function endPublishing(tx: StagingTx, id: string): Promise<void> {
  const { held_back: isHeldBack } = await tx
    .selectFrom('imports')
    .select('held_back')
    .where('id', '=', id)
    .executeTakeFirstOrThrow()
  if (isHeldBack)
    await advance(tx, id, 'heldBack', { held_back: false, revision: sql`revision + 1` as never })
  else await advance(tx, id, 'published', { published_at: sql`now()` as never })
}
