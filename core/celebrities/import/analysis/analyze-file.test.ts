import { createHash } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { inventedPool } from '../../../../tests/factories/invented-pool'
import { withoutMetadata } from '../../../model/photo-metadata/without-metadata'
import { publishItem, type PublishTools } from '../publish/publish-item'
import type { WholeItem } from '../publish/publish-items'
import { analyzeFile, makePictureFolders, type FileTools } from './analyze-file'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'semblance-metadata-'))
  await makePictureFolders(folder)
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const md5 = (bytes: Uint8Array) => createHash('md5').update(bytes).digest('hex')

test('what is analysed and what is published say nothing of where a photo was taken', async () => {
  const source = await sharp({ create: { width: 32, height: 32, channels: 3, background: '#765' } })
    .withExif({ IFD0: { Artist: 'Somebody' }, IFD3: { GPSLatitude: '52/1 30/1 0/1' } })
    .jpeg()
    .toBuffer()
  const clean = withoutMetadata(source)
  expect([source.includes('Somebody'), Buffer.from(clean).includes('Somebody')]).toEqual([true, false])
  const analysed: Uint8Array[] = []
  const tools: FileTools = {
    pool: inventedPool({ onBegin: (bytes) => void analysed.push(bytes) }),
    signal: new AbortController().signal,
    known: {
      find: () => undefined,
      add: () => undefined,
      forget: () => undefined,
      folderOf: () => Promise.resolve(folder),
    },
    read: () => Promise.resolve(source),
    folder,
  }
  const result = await analyzeFile(tools, {
    id: '1',
    path: 'a.jpg',
    locator: { in: 'folder', path: 'a.jpg' },
  })
  expect(result).toMatchObject({
    kind: 'analyzed',
    analysis: { image_hash: md5(clean) },
    sourceHash: md5(source),
  })
  expect(analysed).toEqual([clean])

  // Also what was analysed before metadata was taken out.
  for (const image_hash of [md5(clean), md5(source)]) {
    const sent: Uint8Array[] = []
    const publish = {
      ...{ importId: '1', folder, read: () => Promise.resolve(source) },
      door: () => Promise.resolve(null),
      images: {
        upload: (_: string, path: string, bytes: Uint8Array) =>
          Promise.resolve(path === 'a.jpg' ? void sent.push(bytes) : undefined),
        thumbnailPath: () => 'a.thumb.webp',
        viewPath: () => 'a.view.jpg',
      },
    } as unknown as PublishTools
    const item = {
      id: '1',
      image_path: 'a.jpg',
      image_hash,
      face_index: 0,
      attributes: {},
      celebrity_id: 'c',
    }
    expect(await publishItem(publish, item as unknown as WholeItem)).toMatchObject({ changed: null })
    expect(sent).toEqual([clean])
  }
})
