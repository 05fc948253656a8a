import { z } from 'zod'
import { openDataDirectory } from '../../embedded/data-directory'
import { SemblanceError } from '../../model/errors'

/** A host that has the data directory now. */
export interface HostThatRuns {
  pid: number
  /** Where it answers; null while it starts, or does not. */
  url: string | null
}

const heldSchema = z.object({
  holder: z.object({ pid: z.number(), url: z.string().nullable(), elsewhere: z.boolean() }),
})

/**
 * Whoever runs on the data directory now; null where nobody does.
 * @throws SemblanceError UNAVAILABLE where the directory can't be written
 */
export async function findRunningHost(home: string): Promise<HostThatRuns | null> {
  try {
    const directory = await openDataDirectory(home)
    await directory.release()
    return null
  } catch (error) {
    const held = error instanceof SemblanceError ? heldSchema.safeParse(error.data) : null
    if (!held?.success) throw error
    const { pid, url, elsewhere } = held.data.holder
    return { pid, url: url !== null && !elsewhere && (await answers(url)) ? url : null }
  }
}

async function answers(url: string): Promise<boolean> {
  try {
    const response = await fetch(`${url}/health`, { signal: AbortSignal.timeout(3000) })
    return response.ok
  } catch {
    return false
  }
}
