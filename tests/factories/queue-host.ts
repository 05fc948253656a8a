import { pino } from 'pino'
import { createChanges, type Changes } from '../../core/database/changes'
import type { Database } from '../../core/database/connect'
import { createSupabase } from '../../core/supabase/client'
import { createImages, type Images } from '../../core/supabase/images'
import { openProject, type EmbeddedProject } from '../contract/project'
import type { TestEngine } from './database'

/** What a worker or a procedure works on: all real, over HTTP where it is so in the application. */
export interface QueueHost {
  project: EmbeddedProject
  database: Database
  changes: Changes
  images: Images
  close: () => Promise<void>
}

export const silentLog = pino({ level: 'silent' })

export async function openQueueHost(
  engine: TestEngine,
  options: Parameters<typeof openProject>[1] = {},
): Promise<QueueHost> {
  const project = await openProject(engine, options)
  const { database } = project
  const changes = createChanges(database)
  await changes.ready
  const images = createImages(createSupabase({ url: project.url, key: project.secretKey }))
  return {
    ...{ project, database, changes, images },
    async close() {
      await changes.close()
      await project.close()
    },
  }
}
