import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { readPhoto } from './read-photo'

let folder: string
beforeEach(async () => (folder = await mkdtemp(join(tmpdir(), 'semblance-photo-'))))
afterEach(() => rm(folder, { recursive: true }))

test('a file comes back as it is', async () => {
  await writeFile(join(folder, 'a.jpg'), 'bytes')
  expect((await readPhoto(join(folder, 'a.jpg'))).toString()).toBe('bytes')
})

test('what is missing, a folder, a device and a huge file are refused without being read', async () => {
  const huge = join(folder, 'huge.jpg')
  await writeFile(huge, '')
  await truncate(huge, 8_000_000_000)
  await expect(readPhoto(join(folder, 'none.jpg'))).rejects.toMatchObject({ code: 'NOT_FOUND' })
  await expect(readPhoto(folder)).rejects.toMatchObject({ data: { reason: 'not_an_image' } })
  await expect(readPhoto(huge)).rejects.toMatchObject({ data: { reason: 'too_many_bytes' } })
  if (process.platform !== 'win32') {
    await expect(readPhoto('/dev/zero')).rejects.toMatchObject({ data: { reason: 'not_an_image' } })
  }
})
