// npm run bench -- <name> [--json] [--full]: runs bench/<name>.ts, prints its table and writes bench-results/<name>.json.
// --full is for those that measure a part only unless told to take their time.
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { build } from 'vite'

const root = join(import.meta.dirname, '..')
const [name, ...flags] = process.argv.slice(2)
const entry = join(root, 'bench', `${name}.ts`)

if (!name || !existsSync(entry)) {
  const names = readdirSync(join(root, 'bench'))
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
    .map((file) => file.slice(0, -3))
  console.error(`Usage: npm run bench -- <name>, where name is one of: ${names.join(', ')}`)
  process.exit(2)
}

// The workers that a benchmark starts, and the benchmark itself, as they are now.
const workers = spawnSync(
  process.execPath,
  [join(root, 'scripts/build.mjs'), 'workers', '--if-stale', '--quiet'],
  {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
  },
)
if (workers.status !== 0) process.exit(1)
await build({
  root,
  configFile: false,
  logLevel: 'warn',
  build: {
    ssr: entry,
    outDir: join(root, 'out/bench'),
    emptyOutDir: false,
    copyPublicDir: false,
    target: 'node20',
    minify: false,
    rolldownOptions: { output: { entryFileNames: '[name].mjs' } },
  },
})

/** @type {{ default: (context: { root: string; say: (line: string) => void; isFull: boolean }) => Promise<{ rows: Record<string, unknown>[]; result: object; passed: boolean }> }} */
const { default: run } = await import(pathToFileURL(join(root, 'out/bench', `${name}.mjs`)).href)
const { rows, result, passed } = await run({
  root,
  say: (line) => console.error(line),
  isFull: flags.includes('--full'),
})
const report = { name, date: new Date().toISOString(), node: process.version, passed, ...result }
mkdirSync(join(root, 'bench-results'), { recursive: true })
writeFileSync(join(root, 'bench-results', `${name}.json`), `${JSON.stringify(report, null, 2)}\n`)
if (flags.includes('--json')) console.log(JSON.stringify(report))
else console.table(rows)
process.exitCode = passed ? 0 : 1
