import { randomUUID } from 'node:crypto'
import { link, open, readFile, rm, stat } from 'node:fs/promises'
import { hostname } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { writeFileAtomic } from './data-directory-files'
import { bootId, isRunning, processStart } from './data-directory-process'

/** Who has a lock. */
export interface LockHolder {
  pid: number
  /** Where it answers, once it does. */
  url: string | null
  hostname: string
  /** It is another computer's, so whether it still runs can't be told from here. */
  elsewhere: boolean
}

export interface Lock {
  update(content: { url: string }): Promise<void>
  release(): Promise<void>
}

/** What stands in a lock's file. */
interface Content {
  /** Unlike any other lock's, so that a lock can be told from the one that replaced it. */
  nonce: string
  pid: number
  /** When the process started, in whatever unit the system counts; null where it doesn't say. */
  started: string | null
  boot: string | null
  hostname: string
  url: string | null
}

/** An unreadable lock this old was left by a crash while it was written. */
const unreadableIsStaleAfterMs = 5_000

/**
 * Takes the lock that a file stands for, or says who has it. A lock whose process is gone is taken over: whoever does
 * that first holds a lock of its own, named after the dead one, so of several that find it one alone succeeds.
 */
export async function acquireLock(path: string): Promise<Lock | { holder: LockHolder }> {
  const mine: Content = {
    nonce: randomUUID(),
    pid: process.pid,
    started: await processStart(process.pid),
    boot: await bootId(),
    hostname: hostname(),
    url: null,
  }
  for (;;) {
    if (await create(path, mine)) return held(path, mine)
    const found = await readLock(path)
    if (found === 'gone') continue
    if (found === 'being written') {
      await sleep(50)
      continue
    }
    if (found.content && (await isHeld(found.content, mine))) return { holder: describe(found.content, mine) }
    if (await takeOver(path, found.nonce, mine)) return held(path, mine)
    await sleep(20)
  }
}

async function takeOver(path: string, staleNonce: string, mine: Content): Promise<boolean> {
  const right = await acquireLock(`${path}.${staleNonce}`)
  if ('holder' in right) return false
  try {
    // Somebody may have taken it over, and given up this right again, since it was read.
    const now = await readLock(path)
    if (typeof now === 'string' || now.nonce !== staleNonce) return false
    await writeFileAtomic(path, JSON.stringify(mine))
    return true
  } finally {
    await right.release()
  }
}

function held(path: string, mine: Content): Lock {
  let content = mine
  let released = false
  return {
    async update({ url }) {
      content = { ...content, url }
      if (!released) await writeFileAtomic(path, JSON.stringify(content))
    },
    async release() {
      if (released) return
      released = true
      const now = await readLock(path)
      if (typeof now !== 'string' && now.nonce === content.nonce) await rm(path, { force: true })
    },
  }
}

/** Makes the file with its whole content at once, or says that there is one. */
async function create(path: string, content: Content): Promise<boolean> {
  const text = JSON.stringify(content)
  const draft = `${path}.${content.nonce}.part`
  try {
    await writeFileAtomic(draft, text)
    await link(draft, path)
    return true
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'EEXIST') return false
    if (code === 'EPERM' || code === 'ENOTSUP' || code === 'ENOSYS')
      return await createWithoutLinks(path, text)
    throw error
  } finally {
    await rm(draft, { force: true })
  }
}

/** FAT and some network disks have no hard links: the file is there a moment before its content. */
async function createWithoutLinks(path: string, text: string): Promise<boolean> {
  try {
    const file = await open(path, 'wx', 0o600)
    await file.writeFile(text).finally(() => file.close())
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}

type Found = { nonce: string; content: Content | null } | 'gone' | 'being written'

async function readLock(path: string): Promise<Found> {
  try {
    const text = await readFile(path, 'utf8')
    const content = parse(text)
    if (content) return { nonce: content.nonce, content }
    const { ino, mtimeMs } = await stat(path)
    if (Date.now() - mtimeMs < unreadableIsStaleAfterMs) return 'being written'
    return { nonce: `${ino}-${Math.trunc(mtimeMs)}`, content: null }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 'gone'
    throw error
  }
}

function parse(text: string): Content | null {
  try {
    const content = JSON.parse(text) as Content
    const valid = Number.isInteger(content.pid) && /^[0-9a-f-]{36}$/.test(content.nonce)
    return valid ? content : null
  } catch {
    return null
  }
}

async function isHeld(content: Content, mine: Content): Promise<boolean> {
  if (content.hostname !== mine.hostname) return true
  if (content.boot !== null && content.boot !== mine.boot) return false
  return isRunning(content.pid, content.started)
}

function describe(content: Content, mine: Content): LockHolder {
  const { pid, url, hostname: name } = content
  return { pid, url: url ?? null, hostname: name, elsewhere: name !== mine.hostname }
}
