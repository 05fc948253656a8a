import { cp, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { contents, names, smallManifest } from '../../../tests/factories/small-pack'
import { activatePack, listPacks, readActivePack, removePack, verifyPack } from './pack-library'
import { installPack } from './packs'
import { manifestOf, shippedManifests } from './shipped-packs'

/** Real: the file system, the inference library. The pack is a small one of our own. */
let scratch: string
let directory: string

beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'pack-library-test-'))
})
afterAll(() => rm(scratch, { recursive: true, force: true }))
beforeEach(async () => {
  directory = await mkdtemp(join(scratch, 'packs-'))
})

async function installSmall() {
  const from = join(scratch, 'given')
  await mkdir(from, { recursive: true })
  for (const name of names) await writeFile(join(from, name), contents[name])
  return installPack({ manifest: smallManifest(), directory, from })
}
const visible = async () => (await readdir(directory)).filter((name) => !name.startsWith('.'))
const leftOver = async () => (await readdir(directory)).filter((name) => name.includes('-partial-'))

describe('the library of packs', () => {
  it("lists what is shipped and what is the user's own", async () => {
    await installSmall()
    const entries = await listPacks(directory)
    expect(entries.map(({ name }) => name)).toEqual([...shippedManifests.map(({ name }) => name), 'small'])
    expect(entries.filter(({ isActive }) => isActive).map(({ name }) => name)).toEqual(['starter'])
    expect(entries.at(-1)).toMatchObject({
      isInstalled: true,
      hasTerms: false,
      roles: { detector: 'ultraface' },
    })
    expect(entries[1]).toMatchObject({
      name: 'buffalo_l',
      isInstalled: false,
      hasTerms: true,
      embeddingModel: 'buffalo_l/4c06341c33c2/d1',
      roles: { expression: 'of starter', landmarks: 'insightface_3d68' },
    })
    expect(await manifestOf('small', directory)).toEqual(smallManifest())
    await expect(manifestOf('none', directory)).rejects.toThrow('There are: starter, buffalo_l')
  })

  it('activates what is installed, and removes what is not active', async () => {
    const small = smallManifest()
    await expect(activatePack(small, directory)).rejects.toMatchObject({ code: 'NOT_FOUND' })
    expect(await readActivePack(directory)).toBe('starter')
    await installSmall()
    expect(await activatePack(small, directory)).toMatchObject({
      before: 'starter',
      pack: { embeddingModel: expect.stringMatching(/^small\//) as string },
    })
    expect(await readActivePack(directory)).toBe('small')
    await expect(removePack(small, directory)).rejects.toMatchObject({ code: 'CONFLICT' })
    await cp(join(directory, 'small'), join(directory, 'kept'), { recursive: true })
    await rm(join(directory, 'active.json'))
    await removePack(small, directory)
    expect(await visible()).toEqual(['kept'])
    expect(await leftOver()).toEqual([])
    await expect(removePack(small, directory)).rejects.toMatchObject({ code: 'NOT_FOUND' })
    await writeFile(join(directory, 'active.json'), 'broken')
    await expect(readActivePack(directory)).rejects.toMatchObject({ code: 'BAD_REQUEST' })
  })

  it('verifies every file and runs every model', async () => {
    const small = smallManifest()
    await installSmall()
    const { faults, models } = await verifyPack(small, directory)
    expect(faults).toEqual([])
    expect(models).toMatchObject({ provider: 'cpu', tried: [] })
    await writeFile(join(directory, 'small/detector.onnx'), 'short')
    await rm(join(directory, 'small/landmarks.onnx'))
    expect((await verifyPack(small, directory)).faults).toEqual([
      { file: 'detector.onnx', problem: `5 bytes, expected ${contents['detector.onnx'].length}` },
      { file: 'landmarks.onnx', problem: 'missing' },
    ])
  })
})
