import { spawnSync } from 'node:child_process'
import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { contents, names, sha256, smallManifest } from '../../../tests/factories/small-pack'
import { zipOf } from '../../../tests/factories/zip'
import { packManifestSchema } from './manifest'
import { removePack, verifyPack } from './pack-library'
import { findPack, installPack } from './packs'

/** Real: zips, HTTP, the file system, the inference library. The packs are small ones of our own. */
const terms = { summary: 'For research only.', url: 'https://example.org/terms' }

let scratch: string
let directory: string
let server: Server
let archive: Buffer
let downloads: number
let url: string

beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'pack-install-test-'))
  server = createServer((_, response) => {
    downloads++
    response.writeHead(200, { etag: '"a"', 'content-length': archive.length }).end(archive)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/small.zip`
})
afterAll(async () => {
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
  await rm(scratch, { recursive: true, force: true })
})
beforeEach(async () => {
  directory = await mkdtemp(join(scratch, 'packs-'))
  archive = zipOf(names.map((name) => ({ name: `small/${name}`, bytes: contents[name] })))
  downloads = 0
})

const manifest = (choices: Parameters<typeof smallManifest>[0] = {}) => smallManifest({ url, ...choices })
const visible = async () => (await readdir(directory)).filter((name) => !name.startsWith('.'))
const leftOver = async () => (await readdir(directory)).filter((name) => name.includes('-partial-'))

describe('from a zip that is released', () => {
  it('downloads, checks, unpacks, and fetches nothing the second time', async () => {
    const steps: number[] = []
    const pack = await installPack({
      manifest: manifest(),
      directory,
      onProgress: (step) => steps.push(step),
    })
    for (const name of names) expect(await readFile(join(pack.directory, name))).toEqual(contents[name])
    expect(steps).toEqual(steps.toSorted((a, b) => a - b))
    await installPack({ manifest: manifest(), directory })
    expect(downloads).toBe(1)
    expect(await readdir(join(directory, '.downloads'))).toEqual([])
  })

  it('asks for the terms first, and remembers that they were accepted', async () => {
    const withTerms = manifest({ terms })
    await expect(installPack({ manifest: withTerms, directory })).rejects.toMatchObject({
      code: 'BAD_REQUEST',
      message: expect.stringMatching(/research only.*example\.org\/terms.*--accept-licence/) as string,
    })
    expect(downloads).toBe(0)
    const pack = await installPack({ manifest: withTerms, directory, acceptTerms: true })
    expect(JSON.parse(await readFile(join(pack.directory, 'installed.json'), 'utf8'))).toMatchObject({
      accepted: expect.stringMatching(/^\d{4}-/) as string,
    })
    expect(await findPack(withTerms, directory)).toBeDefined()
    // A copy that nobody accepted anything for is not taken.
    await rm(join(pack.directory, 'installed.json'))
    expect(await findPack(withTerms, directory)).toBeUndefined()
  })

  it('keeps nothing of a zip that is not the right one, nor of one that leads outside', async () => {
    const expected = manifest()
    const other = Buffer.concat([contents['detector.onnx'], Buffer.from('x')])
    archive = zipOf(
      names.map((name) => ({
        name: `small/${name}`,
        bytes: name === 'detector.onnx' ? other : contents[name],
      })),
    )
    await expect(installPack({ manifest: expected, directory })).rejects.toThrow(/not the file that the pack/)
    for (const name of ['../outside.onnx', '/outside.onnx', 'small\\..\\outside.onnx']) {
      archive = zipOf([{ name, bytes: contents['detector.onnx'] }])
      await expect(installPack({ manifest: expected, directory })).rejects.toMatchObject({
        code: 'BAD_REQUEST',
      })
    }
    archive = zipOf([{ name: 'small/detector.onnx', bytes: contents['detector.onnx'], declared: 10 }])
    await expect(installPack({ manifest: expected, directory })).rejects.toMatchObject({
      code: 'BAD_REQUEST',
    })
    archive = archive.subarray(0, 100)
    await expect(installPack({ manifest: expected, directory })).rejects.toMatchObject({
      code: 'BAD_REQUEST',
    })
    expect(await visible()).toEqual([])
    expect(await leftOver()).toEqual([])
    expect(await readdir(join(scratch))).not.toContain('outside.onnx')
  })

  it('is fetched by one process at a time; a lock that a killed one left is taken over', async () => {
    const lock = join(directory, '.downloads/small.lock')
    await mkdir(join(directory, '.downloads'))
    await writeFile(lock, String(process.ppid))
    await expect(installPack({ manifest: manifest(), directory })).rejects.toMatchObject({ code: 'CONFLICT' })
    const gone = spawnSync(process.execPath, ['-e', '']).pid
    await writeFile(lock, String(gone))
    await installPack({ manifest: manifest(), directory })
    expect(await readdir(join(directory, '.downloads'))).toEqual([])
  })

  it('says which sha256 a zip has that is another', async () => {
    const base = manifest()
    const source = { ...base.sources['it'], sha256: sha256(Buffer.from('another')) }
    const pinned = packManifestSchema.parse({ ...base, sources: { it: source } })
    await expect(installPack({ manifest: pinned, directory })).rejects.toThrow(
      `sha256 ${sha256(archive)}, expected`,
    )
    expect(await visible()).toEqual([])
  })
})

describe('from files of the user', () => {
  it.each(['folder', 'zip'])('takes a %s, without a network', async (kind) => {
    const from = join(directory, `given-${kind}`)
    if (kind === 'zip') await writeFile(from, archive)
    else {
      await mkdir(join(from, 'deeper'), { recursive: true })
      for (const name of names) await writeFile(join(from, 'deeper', name), contents[name])
    }
    const pack = await installPack({ manifest: manifest({ kind: 'local' }), directory, from })
    for (const name of names) expect(await readFile(join(pack.directory, name))).toEqual(contents[name])
    expect(downloads).toBe(0)
    expect(await leftOver()).toEqual([])
  })

  it('says what is missing, and what is another', async () => {
    const from = join(directory, 'given')
    await mkdir(from)
    await writeFile(join(from, 'detector.onnx'), contents['detector.onnx'])
    const local = manifest({ kind: 'local' })
    await expect(installPack({ manifest: local, directory, from })).rejects.toThrow('no landmarks.onnx')
    await writeFile(join(from, 'landmarks.onnx'), 'something else')
    await expect(installPack({ manifest: local, directory, from })).rejects.toThrow(
      /landmarks\.onnx is not the file/,
    )
    await expect(installPack({ manifest: local, directory, from: join(from, 'nowhere') })).rejects.toThrow(
      'no folder or zip',
    )
    await expect(installPack({ manifest: local, directory })).rejects.toThrow('--from <folder or zip>')
  })

  it('records the sha256 at the first install where nobody gives it, and holds the files to it', async () => {
    const trusting = manifest({ hashes: false })
    const pack = await installPack({ manifest: trusting, directory })
    expect(pack.embeddingModel).toBe(`small/${sha256(contents['recogniser.onnx']).slice(0, 12)}/a1`)
    expect(await findPack(trusting, directory)).toEqual(pack)
    await writeFile(join(pack.directory, 'recogniser.onnx'), contents['landmarks.onnx'])
    expect((await verifyPack(trusting, directory)).faults).toEqual([
      { file: 'recogniser.onnx', problem: expect.stringContaining('expected') as string },
    ])
    await rm(join(pack.directory, 'installed.json'))
    expect(await findPack(trusting, directory)).toBeUndefined()
  })
})

it('refuses a file that its decoder can not read, with expected and found, and installs nothing', async () => {
  archive = zipOf(
    names.map((name) => ({
      name: `small/${name}`,
      bytes: name === 'recogniser.onnx' ? contents['landmarks.onnx'] : contents[name],
    })),
  )
  const error = await installPack({ manifest: manifest({ hashes: false }), directory }).catch(
    (caught: unknown) => caught,
  )
  expect(error).toMatchObject({
    code: 'BAD_REQUEST',
    data: { role: 'recogniser', decoder: 'arcface' },
    message: expect.stringMatching(
      /recogniser\.onnx can't be the recogniser that decoder arcface reads: expected one input, float32 \[1, 3, 112, 112\]; found input float32 \[1, 1, 64, 64\]; expected an output, float32 \[1, 512\]; found output float32 \[1, 136\]/,
    ) as string,
  })
  expect(await visible()).toEqual([])
  archive = zipOf(names.map((name) => ({ name: `small/${name}`, bytes: Buffer.from('no model at all') })))
  await expect(installPack({ manifest: manifest({ hashes: false }), directory })).rejects.toThrow(
    'is no ONNX model',
  )
})

it('borrows a role from another pack, whose space it does not share', async () => {
  const lender = manifest()
  await installPack({ manifest: lender, directory })
  const borrower = manifest({
    name: 'borrower',
    roles: { ...lender.roles, landmarks: { borrow: 'small' }, recogniser: { borrow: 'small' } },
  })
  const pack = await installPack({ manifest: borrower, directory })
  expect(pack.embeddingModel).toBe(`borrower/${sha256(contents['recogniser.onnx']).slice(0, 12)}/a1`)
  expect(Object.keys(pack.lenders ?? {})).toEqual(['small'])
  expect(await verifyPack(borrower, directory)).toMatchObject({ faults: [], models: { provider: 'cpu' } })
  await expect(removePack(lender, directory)).rejects.toMatchObject({ code: 'CONFLICT' })
  await rm(join(directory, 'small'), { recursive: true })
  expect(await findPack(borrower, directory)).toBeUndefined()
  expect((await verifyPack(borrower, directory)).models).toMatchObject({
    problem:
      'it borrows models of the pack small, which is missing or damaged: semblance packs install small',
  })
})
