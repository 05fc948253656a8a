import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openStaging, type Staging } from '../../core/celebrities/import/staging/staging'
import { databaseWorkerEntry, stagingTemplate } from './database'

export interface TestStaging extends Staging {
  directory: string
}

/** A staging area in a temporary folder, which goes with `close`. */
export async function createStaging(): Promise<TestStaging> {
  const directory = await mkdtemp(join(tmpdir(), 'semblance-staging-'))
  const staging = await reopenStaging(directory)
  return {
    ...staging,
    directory,
    close: async () => {
      await staging.close()
      await rm(directory, { recursive: true, force: true, maxRetries: 20, retryDelay: 250 })
    },
  }
}

/** What lies in a folder from an earlier life, or a new one. */
export async function reopenStaging(directory: string): Promise<Staging> {
  const migrations = join(import.meta.dirname, '../../migrations/staging')
  return openStaging({ directory, entry: databaseWorkerEntry, migrations, template: await stagingTemplate() })
}
