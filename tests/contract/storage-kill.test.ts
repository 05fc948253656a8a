import { fork, type ChildProcess } from 'node:child_process'
import { createHash, randomBytes, randomInt, randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build } from 'vite'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { loadKeys } from '../../core/embedded/keys'
import { createSupabase } from '../../core/supabase/client'

/** Real: a process of its own with PGlite on the disk, and SIGKILL in the middle of its writes. */
const root = join(import.meta.dirname, '../..')
const built = join(root, 'out', 'test-hosts', String(process.pid))
let data: string
let child: ChildProcess | undefined

beforeAll(async () => {
  data = await mkdtemp(join(tmpdir(), 'semblance-kill-'))
  await build({
    root,
    configFile: false,
    logLevel: 'warn',
    build: {
      ssr: join(import.meta.dirname, 'storage-host.ts'),
      outDir: built,
      target: 'node20',
      rolldownOptions: { output: { entryFileNames: 'storage-host.js' } },
    },
  })
})
afterAll(async () => {
  child?.kill('SIGKILL')
  await rm(data, { recursive: true, force: true })
  await rm(built, { recursive: true, force: true })
})

async function start() {
  const worker = join(root, 'out/main/database-worker.js')
  const host = fork(join(built, 'storage-host.js'), [data, worker, join(root, 'migrations')])
  child = host
  const ended = once(host, 'exit').then(() => {
    throw new Error('The host ended before it began; its reason stands above.')
  })
  const [{ url }] = (await Promise.race([once(host, 'message'), ended])) as [{ url: string }]
  // From here on it ends when it is told, or killed.
  ended.catch(() => undefined)
  const storage = createSupabase({ url, key: (await loadKeys(data)).secretKey }).storage.from('faces')
  return { host, storage }
}

type Storage = Awaited<ReturnType<typeof start>>['storage']

/** What Storage has promised of each name: these bytes, or (null) nothing. More than one while no answer has come. */
type Promises = Map<string, (string | null)[]>

const digest = (bytes: Uint8Array) => createHash('md5').update(bytes).digest('hex')

/** Uploads, replaces and removes until the process is gone; `onAnswer` hears of each answer. */
async function write(storage: Storage, promised: Promises, onAnswer: () => void): Promise<void> {
  for (;;) {
    const names = [...promised.keys()]
    const known = names.length > 3 && Math.random() < 0.6
    const name = known ? names[randomInt(names.length)] : `${randomUUID()}/${randomUUID()}.png`
    const before = promised.get(name) ?? [null]
    if (before.length > 1) continue
    const bytes = known && Math.random() < 0.3 ? null : randomBytes(randomInt(1, 300_000))
    const after = bytes && digest(bytes)
    promised.set(name, [...before, after])
    const { error } = bytes
      ? await storage.upload(name, bytes, { contentType: 'image/png', upsert: true })
      : await storage.remove([name])
    if (error) return
    promised.set(name, [after])
    onAnswer()
  }
}

test('kill -9 in the middle of writes: what was acknowledged is whole, and no row lacks its file', async () => {
  const promised: Promises = new Map()
  for (let round = 0; round < 3; round++) {
    const { host, storage } = await start()
    // Counted, not timed: a slow machine is killed in the middle of as many writes as a fast one.
    let left = randomInt(10, 25)
    const onAnswer = () => {
      if (--left === 0) setTimeout(() => host.kill('SIGKILL'), randomInt(30))
    }
    await Promise.all([1, 2, 3].map(() => write(storage, promised, onAnswer)))
    expect(left).toBeLessThanOrEqual(0)
    await check(promised)
  }
}, 300_000)

async function check(promised: Promises): Promise<void> {
  const { host, storage } = await start()
  for (const [name, possible] of promised) {
    const { data: file, error } = await storage.download(name)
    if (error) expect(error).toMatchObject({ code: 'NoSuchKey' })
    const found = file ? digest(new Uint8Array(await file.arrayBuffer())) : null
    expect(possible).toContain(found)
    if (found) expect((await storage.info(name)).data?.etag).toBe(`"${found}"`)
    promised.set(name, [found])
  }
  host.send('sweep')
  await once(host, 'message')
  const entries = await readdir(join(data, 'storage'), { recursive: true, withFileTypes: true })
  const left = entries.filter((entry) => entry.isFile()).length
  expect(left).toBe([...promised.values()].filter(([found]) => found !== null).length)
  host.send('stop')
  await once(host, 'exit')
}
