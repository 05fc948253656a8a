import { existsSync } from 'node:fs'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Logger } from 'pino'
import { createImporter, type Importer } from '../../celebrities/import/importer'
import { refuseOwnData } from '../../celebrities/import/source/own-data'
import { openStaging } from '../../celebrities/import/staging/staging'
import { createStagingDoor } from '../../celebrities/import/staging/staging-door'
import type { Changes } from '../../database/changes'
import type { Database } from '../../database/connect'
import type { FacePool } from '../../faces/pool/pool'
import type { Images } from '../../supabase/images'
import { appPaths } from '../paths'

interface Parts {
  /** The data directory; it must be held. */
  home: string
  log: Logger
  changes: Changes
  faces: () => Promise<FacePool>
  database: Database
  images: Images
}

/** The imports of this machine, in `<home>/staging`. Nothing is opened before it is needed. */
export function prepareImports({ home, log, changes, faces, database, images }: Parts): Importer {
  const directory = join(home, 'staging')
  const { migrations, entries } = appPaths()
  const staging = createStagingDoor({
    directory,
    open: (onFailed) =>
      openStaging({
        ...{ directory, entry: entries.databaseWorker, migrations: join(migrations, 'staging') },
        onState({ state, message }) {
          log.info({ state }, `staging area: ${message}`)
          if (state === 'failed') onFailed()
        },
      }),
  })
  const importer = createImporter({
    ...{ staging, faces, database, images, log, leftOver: leftOverIn(directory) },
    onChange: () => changes.announce('imports'),
  })
  const unsubscribe = changes.subscribe(['celebrities', 'celebrity_photos', 'database'], () =>
    importer.galleryChanged(),
  )
  return {
    ...importer,
    async create(given, by) {
      if (given.path !== undefined) await refuseOwnData(home, given.path)
      return importer.create(given, by)
    },
    async close() {
      unsubscribe()
      await importer.close()
    },
  }
}

/** A note beside the staging area that says that something in it is unfinished: it need not be opened to know that. */
export function leftOverIn(directory: string) {
  const note = join(directory, 'unfinished')
  return {
    async note() {
      await mkdir(directory, { recursive: true, mode: 0o700 })
      await writeFile(note, 'An import in this folder goes on when Semblance starts.\n')
    },
    forget: () => rm(note, { force: true }),
    isThere: () => existsSync(note),
  }
}
