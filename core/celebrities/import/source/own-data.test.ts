import { mkdir, mkdtemp, realpath, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { refuseOwnData } from './own-data'

let root: string

beforeAll(async () => {
  root = await realpath(await mkdtemp(join(tmpdir(), 'semblance-own-')))
  for (const folder of ['data/storage/faces', 'data-photos', '.hidden/data', 'photos']) {
    await mkdir(join(root, folder), { recursive: true })
  }
  await symlink(join(root, 'data', 'storage'), join(root, 'photos', 'link'))
})
afterAll(() => rm(root, { recursive: true, force: true }))

test('neither the data directory, nor what lies in it, nor a way to it is imported', async () => {
  for (const [path, why] of [
    ['data', /belongs to Semblance/],
    ['data/storage/faces', /belongs to Semblance/],
    ['photos/link', /belongs to Semblance/],
    ['photos/../data', /belongs to Semblance/],
    ['', /what Semblance itself stores/],
  ] as const) {
    const refused = refuseOwnData(join(root, 'data'), join(root, path))
    await expect(refused).rejects.toMatchObject({ code: 'BAD_REQUEST' })
    await expect(refused).rejects.toThrow(why)
  }
})

test('all else is, also a folder above it whose scan passes over it', async () => {
  await refuseOwnData(join(root, 'data'), join(root, 'photos'))
  await refuseOwnData(join(root, 'data'), join(root, 'data-photos'))
  await refuseOwnData(join(root, 'data'), join(root, 'nowhere'))
  await refuseOwnData(join(root, '.hidden', 'data'), root)
})
