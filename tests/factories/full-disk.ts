import { execFileSync } from 'node:child_process'
import { appendFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isDiskFull } from '../../core/model/disk-full'

/** A file system of its own, small enough to be filled. */
export interface SmallDisk {
  directory: string
  /** Not one byte more finds room. */
  fill(): void
  makeRoom(): void
  remove(): void
}

/** Mounts one; null, and said so, where this user or system may not mount anything. */
export function mountSmallDisk(megabytes: number): SmallDisk | null {
  const directory = mkdtempSync(join(tmpdir(), 'semblance-disk-'))
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m,mode=777`, 'tmpfs', directory], {
      stdio: 'pipe',
    })
  } catch (error) {
    rmSync(directory, { recursive: true })
    process.stderr.write(`Skipped, for want of a disk to fill: ${(error as Error).message.trim()}\n`)
    return null
  }
  const filler = join(directory, 'filler')
  return {
    directory,
    fill() {
      for (let size = 64 * 1024; size >= 1;) {
        try {
          appendFileSync(filler, Buffer.alloc(size))
        } catch (error) {
          if (!isDiskFull(error)) throw error
          size = Math.floor(size / 8)
        }
      }
    },
    makeRoom: () => rmSync(filler, { force: true }),
    remove() {
      execFileSync('umount', ['-l', directory])
      rmSync(directory, { recursive: true })
    },
  }
}
