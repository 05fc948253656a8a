import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { pino } from 'pino'
import type { Import } from '../core/celebrities/contract-import-schemas'
import type { FacePool } from '../core/faces/pool/pool'
import { readConfig } from '../core/host/config'
import { type Host, startHost } from '../core/host/host'
import { processTime } from './faces-load'
import { listPhotos, watchMemory } from './import-photos'

/** The host of bench/import.ts, in a process of its own. */

export interface Task {
  /** `speed`: analysed bare and imported, by turns. */
  do: 'speed' | 'import'
  home: string
  packs: string
  folders: string[]
}

export interface Speed {
  photos: number
  bareSeconds: number
  importSeconds: number
  /** Processor time of the whole process, milliseconds a photo. */
  bareCpu: number
  importCpu: number
}

export interface Imported {
  last: Import
  seconds: number
  memory: { peakMb: number; beganMb: number }
}

const variable = 'SEMBLANCE_BENCH_TASK'

/** Runs a task in another process of this very program, and gives what it says. */
export async function startAsHost<T>(program: string, task: Task): Promise<T> {
  const child = spawn(process.execPath, [program], {
    env: { ...process.env, [variable]: JSON.stringify(task) },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let text = ''
  child.stdout.setEncoding('utf8').on('data', (part: string) => (text += part))
  const [code] = (await once(child, 'close')) as [number | null]
  if (code !== 0) throw new Error(`The host of the measurement ended with ${code}.`)
  return JSON.parse(text) as T
}

/** Does the task that this process was started for, if it was, and ends it. */
export async function runAsHost(): Promise<void> {
  const text = process.env[variable]
  if (text === undefined) return
  const task = JSON.parse(text) as Task
  const config = readConfig({
    ...{ SEMBLANCE_HOME: task.home, SEMBLANCE_PACKS: task.packs, SEMBLANCE_PORT: '0' },
  })
  const host = await startHost({ config, log: pino({ level: 'silent' }), say: () => undefined })
  const pool = await readyPool(host)
  const result = task.do === 'speed' ? await speedOf(host, pool, task.folders) : await imported(host, task)
  await host.close()
  process.stdout.write(JSON.stringify(result), () => process.exit(0))
}

async function readyPool({ context }: Host): Promise<FacePool> {
  for (;;) {
    if (context.pack().state === 'ready') return context.faces()
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}

async function imported(host: Host, { folders }: Task): Promise<Imported> {
  const memory = watchMemory()
  const started = performance.now()
  const last = await importFolder(host, folders[0])
  return { last, seconds: (performance.now() - started) / 1000, memory: memory.stop() }
}

async function speedOf(host: Host, pool: FacePool, folders: string[]): Promise<Speed> {
  const sum: Speed = { photos: 0, bareSeconds: 0, importSeconds: 0, bareCpu: 0, importCpu: 0 }
  // The staging area is opened, as it is for whoever begins an import.
  await host.context.imports.list()
  for (const [index, folder] of folders.entries()) {
    const files = await listPhotos(folder)
    const photos = await Promise.all(files.map((file) => readFile(file)))
    const bare = () => timed(() => analyzeAll(pool, photos))
    const whole = () => timed(() => importFolder(host, folder))
    // Whoever comes first finds the machine in another state: each is first as often.
    const bareFirst = index % 2 === 0
    const first = await (bareFirst ? bare() : whole())
    const second = await (bareFirst ? whole() : bare())
    const [alone, import_] = bareFirst ? [first, second] : [second, first]
    sum.photos += photos.length
    sum.bareSeconds += alone.seconds
    sum.importSeconds += import_.seconds
    sum.bareCpu += alone.cpu
    sum.importCpu += import_.cpu
  }
  return { ...sum, bareCpu: sum.bareCpu / sum.photos, importCpu: sum.importCpu / sum.photos }
}

async function timed(work: () => Promise<unknown>): Promise<{ seconds: number; cpu: number }> {
  const before = processTime()
  const started = performance.now()
  await work()
  return { seconds: (performance.now() - started) / 1000, cpu: processTime().ran - before.ran }
}

/** As many at once as the threads can be kept busy with. */
async function analyzeAll(pool: FacePool, photos: readonly Uint8Array[]): Promise<void> {
  const waiting = [...photos]
  async function lane(): Promise<void> {
    for (let next = waiting.shift(); next; next = waiting.shift()) await pool.analyze(next)
  }
  await Promise.all(Array.from({ length: pool.status().threads + 1 }, lane))
}

/** Scan, analysis and plan. */
async function importFolder({ context: { imports } }: Host, folder: string): Promise<Import> {
  const { id } = await imports.create({ path: folder, name: basename(folder) }, null)
  await imports.settled()
  const done = await imports.get(id)
  if (done.state !== 'review' || !done.is_planned) throw new Error(done.problem ?? `It is in ${done.state}.`)
  return done
}
