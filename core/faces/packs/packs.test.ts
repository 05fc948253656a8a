import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { create as createTar } from 'tar'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { smallestModels } from '../../../tests/factories/onnx'
import { SemblanceError } from '../../model/errors'
import { packManifestSchema, type PackManifest, type PackModel } from './manifest'
import { embeddingModelOf, findPack, installPack } from './packs'
import { starterManifest } from './shipped-packs'

/**
 * Real: the registry client, its protocol over HTTP, tarballs, the file system. Made up: a registry on this machine
 * that has one small package, so that the tests need no network and can hand out damaged goods.
 */
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')
const contents = {
  'detector.onnx': smallestModels.detector(),
  'landmarks.onnx': smallestModels.landmarks(),
  'recogniser.onnx': smallestModels.recogniser(),
}
const names = Object.keys(contents) as (keyof typeof contents)[]

const fileOf = (name: keyof typeof contents) => {
  const bytes = contents[name]
  return {
    name,
    bytes: bytes.length,
    sha256: sha256(bytes),
    from: [{ source: 'tiny', path: `model/${name}`, sha256: sha256(bytes) }],
  }
}
const manifest: PackManifest = packManifestSchema.parse({
  ...starterManifest,
  name: 'tiny',
  title: 'Tiny pack',
  sources: {
    tiny: { kind: 'npm', package: 'tiny-models', version: '1.2.3', licence: 'MIT', note: 'for tests' },
  },
  files: names.map(fileOf),
  roles: {
    detector: { ...starterManifest.roles.detector, file: 'detector.onnx' },
    landmarks: { ...starterManifest.roles.landmarks, file: 'landmarks.onnx' },
    recogniser: { ...starterManifest.roles.recogniser, file: 'recogniser.onnx' },
  },
})

let scratch: string
let registry: Server
let tarball: Buffer
let downloads = 0
let directory: string

beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'packs-test-'))
  await mkdir(join(scratch, 'package/model'), { recursive: true })
  await writeFile(
    join(scratch, 'package/package.json'),
    JSON.stringify({ name: 'tiny-models', version: '1.2.3' }),
  )
  await writeFile(join(scratch, 'package/model/unwanted.onnx'), 'not asked for')
  for (const name of names) await writeFile(join(scratch, 'package/model', name), contents[name])
  await createTar({ gzip: true, file: join(scratch, 'tiny.tgz'), cwd: scratch }, ['package'])
  tarball = await readFile(join(scratch, 'tiny.tgz'))
  registry = createServer((request, response) => {
    const { port } = registry.address() as AddressInfo
    if (request.url?.endsWith('.tgz')) {
      downloads++
      response.end(tarball)
    } else if (request.url === '/tiny-models') {
      const dist = {
        tarball: `http://127.0.0.1:${port}/tiny.tgz`,
        shasum: createHash('sha1').update(tarball).digest('hex'),
      }
      const versions = { '1.2.3': { name: 'tiny-models', version: '1.2.3', dist } }
      response.setHeader('content-type', 'application/json')
      response.end(JSON.stringify({ name: 'tiny-models', 'dist-tags': { latest: '1.2.3' }, versions }))
    } else response.writeHead(404).end('{}')
  })
  await new Promise<void>((resolve) => registry.listen(0, '127.0.0.1', resolve))
  // How a user's own client would be set up; a fresh cache, so that nothing comes from an earlier run.
  process.env['npm_config_registry'] = `http://127.0.0.1:${(registry.address() as AddressInfo).port}/`
})

afterAll(async () => {
  registry.closeAllConnections()
  await new Promise((resolve) => registry.close(resolve))
  await rm(scratch, { recursive: true, force: true })
})

beforeEach(async () => {
  directory = await mkdtemp(join(scratch, 'directory-'))
  process.env['npm_config_cache'] = await mkdtemp(join(scratch, 'cache-'))
  downloads = 0
})

const hidden = async () => (await readdir(directory)).filter((name) => name.startsWith('.'))

it('fetches, checks and unpacks the model files alone, with progress', async () => {
  const steps: [number, string][] = []
  const pack = await installPack({ manifest, directory, onProgress: (...step) => steps.push(step) })
  expect(pack.directory).toBe(join(directory, 'tiny'))
  expect((await readdir(pack.directory)).toSorted()).toEqual(
    [...names, 'installed.json', 'manifest.json'].toSorted(),
  )
  for (const name of names) expect(await readFile(join(pack.directory, name))).toEqual(contents[name])
  expect(await hidden()).toEqual([])
  expect(pack.embeddingModel).toBe(`tiny/${sha256(contents['recogniser.onnx']).slice(0, 12)}/a1`)
  expect(steps.map(([progress]) => progress)).toEqual(
    steps.map(([progress]) => progress).toSorted((a, b) => a - b),
  )
  expect(steps[0]).toEqual([0, 'Fetching tiny-models@1.2.3'])
  expect(steps.at(-1)).toEqual([1, 'Tiny pack is ready'])
})

it('fetches nothing the second time', async () => {
  await installPack({ manifest, directory })
  const { mtimeMs } = await stat(join(directory, 'tiny/detector.onnx'))
  await installPack({ manifest, directory })
  expect(downloads).toBe(1)
  expect((await stat(join(directory, 'tiny/detector.onnx'))).mtimeMs).toBe(mtimeMs)
})

it('takes a folder that was copied by hand once its sha256 are right, and repairs one that is damaged', async () => {
  const folder = join(directory, 'tiny')
  await mkdir(folder)
  for (const name of names) await writeFile(join(folder, name), contents[name])
  expect(await findPack(manifest, directory)).toMatchObject({ directory: folder })
  expect(await readdir(folder)).toContain('installed.json')

  await rm(join(folder, 'installed.json'))
  await writeFile(join(folder, 'landmarks.onnx'), Buffer.alloc(contents['landmarks.onnx'].length, 9))
  expect(await findPack(manifest, directory)).toBeUndefined()
  await writeFile(join(folder, 'landmarks.onnx'), 'cut off')
  await installPack({ manifest, directory })
  expect(await readFile(join(folder, 'landmarks.onnx'))).toEqual(contents['landmarks.onnx'])
  expect(await hidden()).toEqual([])
})

it('refuses a file that is not the one of the manifest, and leaves nothing behind', async () => {
  const [first, ...others] = manifest.files
  const wrong = { ...first, from: [{ ...first.from[0], sha256: sha256(Buffer.from('another')) }] }
  const error = await installPack({ manifest: { ...manifest, files: [wrong, ...others] }, directory }).catch(
    (caught: unknown) => caught,
  )
  expect(error).toBeInstanceOf(SemblanceError)
  expect((error as SemblanceError).code).toBe('UNAVAILABLE')
  expect((error as SemblanceError).message).toContain('sha256')
  expect(await readdir(directory)).toEqual([])
})

it('says what to do where the registry lacks the version or is away', async () => {
  const versionless = { ...manifest, sources: { tiny: { ...manifest.sources['tiny'], version: '9.9.9' } } }
  await expect(installPack({ manifest: versionless, directory })).rejects.toMatchObject({
    code: 'UNAVAILABLE',
  })

  const before = process.env['npm_config_registry']
  process.env['npm_config_registry'] = 'http://127.0.0.1:9/'
  try {
    const error = (await installPack({ manifest, directory }).catch(
      (caught: unknown) => caught,
    )) as SemblanceError
    expect(error.code).toBe('UNAVAILABLE')
    expect(error.message).toContain('Go online and try again, or copy the folder')
    expect(error.message).toContain(join(directory, 'tiny'))
  } finally {
    process.env['npm_config_registry'] = before
  }
  expect(await readdir(directory)).toEqual([])
})

it('stops when it is told to', async () => {
  const abort = new AbortController()
  const installing = installPack({
    manifest,
    directory,
    signal: abort.signal,
    onProgress: () => abort.abort(),
  })
  await expect(installing).rejects.toMatchObject({ name: 'AbortError' })
  expect(await readdir(directory)).toEqual([])
})

it('lets two install at once, and sweeps up after one that was killed', async () => {
  const left = spawn(process.execPath, ['-e', ''])
  await new Promise((resolve) => left.once('exit', resolve))
  await mkdir(join(directory, `.tiny-partial-${left.pid}-dead`))
  const packs = await Promise.all([1, 2, 3].map(() => installPack({ manifest, directory })))
  expect(new Set(packs.map((pack) => pack.directory)).size).toBe(1)
  expect(await findPack(manifest, directory)).toBeDefined()
  for (const name of names) expect(await readFile(join(directory, 'tiny', name))).toEqual(contents[name])
  expect(await hidden()).toEqual([])
})

it('refuses a manifest that contradicts itself', () => {
  const broken = (change: object) => packManifestSchema.safeParse({ ...starterManifest, ...change }).success
  expect(broken({})).toBe(true)
  expect(broken({ files: starterManifest.files.slice(1) })).toBe(false)
  expect(broken({ sources: {} })).toBe(false)
  expect(broken({ name: '../elsewhere' })).toBe(false)
  const { detector, ...others } = starterManifest.roles
  expect(broken({ roles: others })).toBe(false)
  const { input } = detector as PackModel
  expect(broken({ roles: { ...others, detector: { ...detector, input: { ...input, mean: [1] } } } })).toBe(
    false,
  )
})

it('names the space of the starter pack by its recogniser as published', () => {
  expect(embeddingModelOf(starterManifest)).toBe('starter/87aacdfe5751/a1')
})
