import { randomUUID } from 'node:crypto'
import type { SupabaseClient } from '@supabase/supabase-js'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createSupabase } from '../../core/supabase/client'
import { createImages } from '../../core/supabase/images'
import { signUp, type Person } from './people'
import { openTestProject, testProjects, type Project } from './project'
import { own, png, stored } from './storage-objects'

const projects = await testProjects()

/**
 * How what lies in Supabase Storage is read, signed and listed, and what the host makes of it.
 * Nothing here knows who answers.
 */
describe.each(projects)('reading from storage, on %s', (which) => {
  let project: Project
  let service: SupabaseClient
  let anonymous: SupabaseClient
  let ada: Person
  beforeAll(async () => {
    project = await openTestProject(which)
    service = createSupabase({ url: project.url, key: project.secretKey })
    anonymous = createSupabase({ url: project.url, key: project.publishableKey })
    ada = await signUp(project)
  })
  afterAll(() => project?.close())

  describe('download', () => {
    const get = (path: string, headers: Record<string, string> = {}, method = 'GET') =>
      fetch(`${project.url}/storage/v1/object/${path}`, {
        method,
        headers: { apikey: project.secretKey, authorization: `Bearer ${project.secretKey}`, ...headers },
      })

    test('a tag spares the second download', async () => {
      const path = `faces/${await stored(service, ada)}`
      const first = await get(path)
      const etag = first.headers.get('etag')!
      expect(etag).toMatch(/^"[0-9a-f]{32}"$/)
      await first.arrayBuffer()
      const second = await get(path, { 'if-none-match': etag })
      expect(second.status).toBe(304)
      expect((await second.arrayBuffer()).byteLength).toBe(0)
      const changed = await get(path, { 'if-none-match': '"other"' })
      expect(changed.status).toBe(200)
    })

    test('ranges', async () => {
      const bytes = png(992)
      const path = `faces/${await stored(service, ada, bytes)}`
      const ranges: [string, Buffer, string][] = [
        ['bytes=0-9', bytes.subarray(0, 10), 'bytes 0-9/1000'],
        ['bytes=990-', bytes.subarray(990), 'bytes 990-999/1000'],
        ['bytes=-5', bytes.subarray(995), 'bytes 995-999/1000'],
        ['bytes=500-5000', bytes.subarray(500), 'bytes 500-999/1000'],
      ]
      for (const [range, part, answer] of ranges) {
        const response = await get(path, { range })
        expect(response.status).toBe(206)
        expect(response.headers.get('content-range')).toBe(answer)
        expect(Buffer.from(await response.arrayBuffer())).toEqual(part)
      }
      const beyond = await get(path, { range: 'bytes=1000-' })
      expect(beyond.ok).toBe(false)
      await beyond.arrayBuffer()
    })

    test('HEAD tells size and type', async () => {
      const path = `faces/${await stored(service, ada, png(992))}`
      const response = await get(path, {}, 'HEAD')
      expect(response.status).toBe(200)
      expect(response.headers.get('content-length')).toBe('1000')
      expect(response.headers.get('content-type')).toBe('image/png')
    })

    test('what is not there is a 404 in the body', async () => {
      const { error } = await service.storage.from('faces').download(own(ada))
      expect(error).toMatchObject({
        status: 400,
        statusCode: '404',
        code: 'NoSuchKey',
        message: 'Object not found',
      })
      expect(
        (
          await service.storage
            .from('faces')
            .exists(own(ada))
            .catch(() => null)
        )?.data,
      ).toBe(false)
    })
  })

  describe('public buckets', () => {
    test('are read by anybody, by address', async () => {
      const bytes = png()
      const path = await stored(service, null, bytes)
      const { data } = anonymous.storage.from('celebrity-images').getPublicUrl(path)
      const response = await fetch(data.publicUrl)
      expect(response.status).toBe(200)
      expect(Buffer.from(await response.arrayBuffer())).toEqual(bytes)
      expect((await anonymous.storage.from('celebrity-images').list()).data).toEqual([])
    })

    test('a private one has no such address', async () => {
      const path = await stored(service, ada)
      const { data } = service.storage.from('faces').getPublicUrl(path)
      const response = await fetch(data.publicUrl)
      expect(response.status).toBe(400)
      expect(await response.json()).toMatchObject({ statusCode: '404', code: 'NoSuchBucket' })
    })
  })

  describe('signed URLs', () => {
    test('open one object without any key', async () => {
      const bytes = png()
      const path = await stored(service, ada, bytes)
      const { data, error } = await ada.supabase.storage.from('faces').createSignedUrl(path, 60)
      expect(error).toBeNull()
      const response = await fetch(data!.signedUrl)
      expect(response.status).toBe(200)
      expect(Buffer.from(await response.arrayBuffer())).toEqual(bytes)
      const other = await stored(service, ada)
      const elsewhere = await fetch(data!.signedUrl.replace(path, other))
      expect(elsewhere.status).toBe(400)
      expect(await elsewhere.json()).toMatchObject({ statusCode: '400', code: 'InvalidSignature' })
    })

    test('offer a file for saving', async () => {
      const path = await stored(service, ada)
      const { data } = await service.storage
        .from('faces')
        .createSignedUrl(path, 60, { download: 'me & you.png' })
      const response = await fetch(data!.signedUrl)
      await response.arrayBuffer()
      expect(response.status).toBe(200)
      expect(response.headers.get('content-disposition')).toMatch(/^attachment; filename/)
    })

    test('a token of another make is refused', async () => {
      const path = await stored(service, ada)
      const { data } = await service.storage.from('faces').createSignedUrl(path, 60)
      for (const token of [
        '',
        'nonsense',
        ada.session.access_token,
        new URL(data!.signedUrl).searchParams.get('token')!.slice(0, -3),
      ]) {
        const response = await fetch(`${project.url}/storage/v1/object/sign/faces/${path}?token=${token}`)
        expect(response.status).toBe(400)
        expect(await response.json()).toMatchObject({ statusCode: '400' })
      }
    })

    test('many at a time, missing ones named', async () => {
      const [one, two] = [await stored(service, ada), await stored(service, ada)]
      const missing = own(ada)
      const { data, error } = await ada.supabase.storage
        .from('faces')
        .createSignedUrls([one, missing, two], 60)
      expect(error).toBeNull()
      expect(data!.map(({ path, signedUrl }) => [path, signedUrl !== null])).toEqual([
        [one, true],
        [missing, false],
        [two, true],
      ])
      const response = await fetch(data![2].signedUrl!)
      expect(response.status).toBe(200)
      await response.arrayBuffer()
    })
  })

  describe('list', () => {
    let bucket: string
    beforeAll(async () => {
      bucket = `list-${randomUUID()}`
      await service.storage.createBucket(bucket, { public: false })
      for (const name of [
        'b.txt',
        'a.txt',
        'Zoo.txt',
        'folder/one.txt',
        'folder/two.txt',
        'folder/deep/three.txt',
        'folder2/x.txt',
      ]) {
        await service.storage.from(bucket).upload(name, name, { contentType: 'text/plain' })
      }
    })
    const names = async (path?: string, options?: object) => {
      const { data, error } = await service.storage.from(bucket).list(path, options)
      expect(error).toBeNull()
      return data!.map(({ name }) => name)
    }

    test('shows one level, folders without an id', async () => {
      const { data } = await service.storage.from(bucket).list()
      const folders = data!.filter(({ id }) => id === null).map(({ name }) => name)
      expect(folders).toEqual(['folder', 'folder2'])
      const files = data!.filter(({ id }) => id !== null)
      expect(new Set(files.map(({ name }) => name))).toEqual(new Set(['a.txt', 'b.txt', 'Zoo.txt']))
      expect(files[0].metadata).toMatchObject({ mimetype: 'text/plain', size: files[0].name.length })
      expect(await names('folder')).toEqual(['deep', 'one.txt', 'two.txt'])
      expect(await names('folder/deep')).toEqual(['three.txt'])
      expect(await names('nothing')).toEqual([])
    })

    test('in pages, in either order, by the beginning of a name', async () => {
      const all = await names()
      expect([...(await names('', { limit: 2 })), ...(await names('', { limit: 9, offset: 2 }))]).toEqual(all)
      expect(await names('folder', { sortBy: { column: 'name', order: 'desc' } })).toEqual([
        'deep',
        'two.txt',
        'one.txt',
      ])
      expect(await names('', { search: 'zo' })).toEqual(['Zoo.txt'])
    })
  })

  describe('images', () => {
    test('photos and thumbnails, there and back', async () => {
      const images = createImages(service)
      const bytes = new Uint8Array(png())
      const path = images.facePath(ada.user.id, 'png')
      expect(path.startsWith(`${ada.user.id}/`)).toBe(true)
      await images.upload('faces', path, bytes, 'image/png')
      await images.upload('faces', path, bytes, 'image/png')
      expect(Buffer.from(await images.download('faces', path)).equals(bytes)).toBe(true)
      const urls = await images.signedUrls('faces', [path, images.thumbnailPath(path)])
      expect([...urls.keys()]).toEqual([path])
      expect((await fetch(urls.get(path)!)).status).toBe(200)
      await images.remove('faces', [path, images.thumbnailPath(path)])
      await expect(images.download('faces', path)).rejects.toMatchObject({ code: 'NOT_FOUND' })
      await expect(images.upload('faces', 'x.txt', bytes, 'text/plain')).rejects.toMatchObject({
        code: 'BAD_REQUEST',
      })
      await expect(createImages(anonymous).upload('faces', path, bytes, 'image/png')).rejects.toMatchObject({
        code: 'FORBIDDEN',
      })
    })

    test('a celebrity has a public address', async () => {
      const images = createImages(service)
      const path = images.celebrityPath('png')
      await images.upload('celebrity-images', path, new Uint8Array(png()), 'image/png')
      expect((await fetch(images.publicUrl('celebrity-images', path))).status).toBe(200)
    })
  })
})
