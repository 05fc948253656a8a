import { spawn, type ChildProcess, type SpawnOptions } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'vite'

const root = join(import.meta.dirname, '../..')

/** A program of tests/fixtures, built so that plain Node runs it. */
export interface BuiltProgram {
  start(args: string[], options?: SpawnOptions): Child
  remove(): void
}

export interface Child {
  process: ChildProcess
  /** Resolves with the first line of its output that begins so, without that beginning. */
  says(beginning: string): Promise<string>
  /** Every line so far. */
  lines: string[]
  /** Ends it as a crash would, and resolves when it is gone. */
  kill9(): Promise<void>
}

/** @param file a TypeScript file in tests/fixtures */
export async function buildProgram(file: string): Promise<BuiltProgram> {
  // Inside the tree, where its packages are found.
  mkdirSync(join(root, 'out'), { recursive: true })
  const outDir = mkdtempSync(join(root, 'out', 'test-program-'))
  // Also for another user, as whom a test may start it.
  chmodSync(outDir, 0o755)
  await build({
    configFile: false,
    logLevel: 'error',
    build: {
      ssr: join(root, 'tests/fixtures', file),
      outDir,
      rolldownOptions: { output: { entryFileNames: 'program.mjs' } },
    },
  })
  return {
    start: (args, options) =>
      watch(spawn(process.execPath, [join(outDir, 'program.mjs'), ...args], { ...options, stdio: 'pipe' })),
    remove: () => rmSync(outDir, { recursive: true, force: true }),
  }
}

function watch(child: ChildProcess): Child {
  const lines: string[] = []
  const waiting = new Set<() => void>()
  let rest = ''
  let gone = false
  const exited = new Promise<void>((resolve) => {
    child.on('close', () => {
      gone = true
      for (const look of waiting) look()
      resolve()
    })
  })
  const read = (text: string) => {
    const parts = (rest + text).split('\n')
    rest = parts.pop() ?? ''
    lines.push(...parts)
    for (const look of waiting) look()
  }
  child.stdout?.setEncoding('utf8').on('data', read)
  child.stderr?.setEncoding('utf8').on('data', read)
  return {
    process: child,
    lines,
    says: (beginning) =>
      new Promise((resolve, reject) => {
        const look = () => {
          const line = lines.find((text) => text.startsWith(beginning))
          if (line === undefined && !gone) return
          waiting.delete(look)
          if (line === undefined)
            reject(new Error(`It ended without saying "${beginning}":\n${lines.join('\n')}${rest}`))
          else resolve(line.slice(beginning.length).trim())
        }
        waiting.add(look)
        look()
      }),
    async kill9() {
      child.kill('SIGKILL')
      await exited
    },
  }
}
