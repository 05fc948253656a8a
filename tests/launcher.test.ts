import { spawn } from 'node:child_process'
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'

const root = join(import.meta.dirname, '..')

/** Real: the launcher and its build, in a small source tree whose command prints what it was called with. */
describe('scripts/semblance.mjs', () => {
  let folder: string
  const source = () => join(folder, 'core', 'host', 'cli.ts')
  const command = (code: string) => writeFileSync(source(), code)

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'semblance-launcher-'))
    mkdirSync(join(folder, 'core', 'host'), { recursive: true })
    symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'), 'dir')
    mkdirSync(join(folder, 'scripts'))
    for (const name of ['semblance', 'build', 'freshness']) {
      cpSync(join(root, 'scripts', `${name}.mjs`), join(folder, 'scripts', `${name}.mjs`))
    }
    writeFileSync(join(folder, 'package.json'), '{"type":"module"}')
    // Every build leaves a line, so that the builds can be counted.
    writeFileSync(
      join(folder, 'electron.vite.config.ts'),
      `import { appendFileSync } from 'node:fs'
       const count = { name: 'count', closeBundle: () => appendFileSync(${JSON.stringify(join(folder, 'builds'))}, 'built\\n') }
       export default { main: { plugins: [count], build: { rolldownOptions: { input: { cli: ${JSON.stringify(source())} } } } } }`,
    )
  })
  beforeEach(() => {
    rmSync(join(folder, 'out'), { recursive: true, force: true })
    writeFileSync(join(folder, 'builds'), '')
    command('process.stdout.write(JSON.stringify(process.argv.slice(2))); process.exitCode = 3')
  })
  afterAll(() => rmSync(folder, { recursive: true }))

  const builds = () => readFileSync(join(folder, 'builds'), 'utf8').split('\n').length - 1

  function run(...args: string[]) {
    const child = spawn(process.execPath, [join(folder, 'scripts', 'semblance.mjs'), ...args], {
      cwd: folder,
    })
    const printed = { stdout: '', stderr: '' }
    child.stdout.on('data', (text: Buffer) => (printed.stdout += text.toString()))
    child.stderr.on('data', (text: Buffer) => (printed.stderr += text.toString()))
    return new Promise<typeof printed & { code: number | null }>((resolve) => {
      child.on('close', (code) => resolve({ ...printed, code }))
    })
  }

  it('builds what is missing, says so apart from the result, and hands on arguments and exit code', async () => {
    const { stdout, stderr, code } = await run('analyze', 'a b.jpg', '--json')
    expect(JSON.parse(stdout)).toEqual(['analyze', 'a b.jpg', '--json'])
    expect(stderr).toContain('Building…')
    expect(code).toBe(3)
  })

  it('builds again when a source has changed, and only then', async () => {
    await run()
    expect(await run()).toEqual({ stdout: '[]', stderr: '', code: 3 })
    expect(builds()).toBe(1)
    command('process.stdout.write("changed")')
    expect(await run()).toMatchObject({ stdout: 'changed', code: 0 })
    expect(builds()).toBe(2)
    writeFileSync(join(folder, 'core', 'host', 'cli.test.ts'), '')
    expect(await run()).toMatchObject({ stderr: '' })
  })

  it('notices a change that keeps the size', async () => {
    await run()
    utimesSync(source(), new Date(), new Date(Date.now() + 5000))
    expect((await run()).stderr).toContain('Building…')
  })

  it('builds once when several are started at once', async () => {
    const all = await Promise.all([run('1'), run('2'), run('3')])
    expect(all.map(({ stdout }) => stdout)).toEqual(['["1"]', '["2"]', '["3"]'])
    expect(builds()).toBe(1)
  })

  it('goes on where a build was cut off and left its lock behind', async () => {
    mkdirSync(join(folder, 'out'))
    const gone = await new Promise<number>((resolve) => {
      const child = spawn(process.execPath, ['-e', ''])
      child.on('exit', () => resolve(child.pid ?? 0))
    })
    writeFileSync(join(folder, 'out', '.building'), String(gone))
    expect(await run()).toMatchObject({ stdout: '[]', code: 3 })
  })

  it('says what is wrong with a source and runs nothing old', async () => {
    await run()
    command('this is not a program')
    const { stdout, stderr, code } = await run()
    expect({ stdout, code }).toEqual({ stdout: '', code: 1 })
    expect(stderr).toContain('cli.ts')
    expect(stderr).toContain('The build failed')
  })
})
