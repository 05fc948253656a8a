import { readFile, rm, writeFile } from 'node:fs/promises'
import { SemblanceError } from '../../model/errors'

/**
 * Does something that one process at a time may do. A lock whose process is gone is taken over.
 * @param path of the lock's file
 * @throws SemblanceError CONFLICT where another holds it, or this process does already
 */
export async function withProcessLock<T>(path: string, use: () => Promise<T>): Promise<T> {
  await takeLock(path)
  try {
    return await use()
  } finally {
    await rm(path, { force: true })
  }
}

async function takeLock(path: string): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await writeFile(path, String(process.pid), { flag: 'wx' })
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    }
    const holder = Number.parseInt(await readFile(path, 'utf8').catch(() => ''), 10)
    // No number: it was made or taken away just now, or its process was killed before it wrote one.
    if (Number.isNaN(holder) && attempt < 20) await new Promise((resolve) => setTimeout(resolve, 50))
    else if (isAlive(holder))
      throw new SemblanceError('CONFLICT', `Process ${holder} does this already. Wait until it has ended.`)
    else await rm(path, { force: true })
  }
}

/** Whether a process of this number runs, anybody's. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
