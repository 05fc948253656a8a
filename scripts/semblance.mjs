// The `semblance` command in a source tree: builds what is missing or out of date, then runs it in this same process,
// so that standard input and output, signals and the exit code are the command's own.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { isFresh, root } from './freshness.mjs'

/** @returns {never} */
function fail(/** @type {string} */ message) {
  process.stderr.write(`${message}\n`)
  process.exit(1)
}

function checkMachine() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  if (major < 20 || (major === 20 && minor < 19)) {
    fail(`Semblance needs Node 20.19 or newer; this is ${process.version}.`)
  }
  if (!existsSync(join(root, 'node_modules', 'electron-vite'))) fail('Run `npm install` first.')
}

function buildWhatIsStale() {
  if (isFresh('app')) return
  process.stderr.write('Building…\n')
  const builder = join(root, 'scripts', 'build.mjs')
  // Standard output belongs to the command (`--json`): the build talks on standard error alone.
  const built = spawnSync(process.execPath, [builder, 'app', '--if-stale', '--quiet'], {
    stdio: ['ignore', 2, 2],
  })
  if (built.status !== 0) fail('The build failed; what it said stands above.')
}

checkMachine()
buildWhatIsStale()
const entry = join(root, 'out', 'main', 'cli.js')
process.argv[1] = entry
await import(pathToFileURL(entry).href)
