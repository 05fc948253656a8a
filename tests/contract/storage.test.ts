import { randomBytes, randomUUID } from 'node:crypto'
import type { SupabaseClient } from '@supabase/supabase-js'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createSupabase } from '../../core/supabase/client'
import { createImages } from '../../core/supabase/images'
import { testEngines } from '../factories/database'
import { openProject, type Project } from './project'

const engines = await testEngines()

/**
 * What Semblance needs of Supabase Storage, asked through supabase-js on the buckets and policies of the migrations.
 * Nothing here knows who answers.
 */
describe.each(engines)('storage, on %s', (engine) => {
  let project: Project
  let service: SupabaseClient
  let anonymous: SupabaseClient
  let ada: { supabase: SupabaseClient; id: string; token: string }
  let bob: typeof ada
  beforeAll(async () => {
    project = await openProject(engine)
    service = createSupabase({ url: project.url, key: project.secretKey })
    anonymous = createSupabase({ url: project.url, key: project.publishableKey })
    ada = await person()
    bob = await person()
  })
  afterAll(() => project?.close())

  async function person() {
    const supabase = createSupabase({ url: project.url, key: project.publishableKey })
    const { data, error } = await supabase.auth.signUp({
      email: `${randomUUID()}@school.edu`,
      password: 'correct horse battery',
    })
    if (error) throw error
    return { supabase, id: data.user!.id, token: data.session!.access_token }
  }

  const png = (size = 1000) => Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), randomBytes(size)])
  const own = (id: string, ext = 'png') => `${id}/${randomUUID()}.${ext}`
  const image = { contentType: 'image/png' }
  const codeOf = (error: unknown) => (error as { code?: string } | null)?.code

  async function stored(bytes: Uint8Array = png(), bucket = 'faces') {
    const path = bucket === 'faces' ? own(ada.id) : `${randomUUID()}.png`
    const { error } = await service.storage.from(bucket).upload(path, bytes, image)
    expect(error).toBeNull()
    return path
  }

  async function bytesOf(bucket: string, path: string, supabase = service) {
    const { data, error } = await supabase.storage.from(bucket).download(path)
    expect(error).toBeNull()
    return Buffer.from(await data!.arrayBuffer())
  }

  describe('upload', () => {
    test('bytes come back as they went, with type and size', async () => {
      const bytes = png(300_000)
      const path = own(ada.id)
      const { data, error } = await ada.supabase.storage.from('faces').upload(path, bytes, image)
      expect(error).toBeNull()
      expect(data).toEqual({ path, id: expect.stringMatching(/^[0-9a-f-]{36}$/), fullPath: `faces/${path}` })
      expect(await bytesOf('faces', path, ada.supabase)).toEqual(bytes)
      const info = await ada.supabase.storage.from('faces').info(path)
      expect(info.data).toMatchObject({
        id: data!.id,
        name: path,
        size: bytes.length,
        contentType: 'image/png',
      })
    })

    test('a Blob goes as a form', async () => {
      const bytes = png()
      const path = own(ada.id)
      const { error } = await ada.supabase.storage
        .from('faces')
        .upload(path, new Blob([bytes], { type: 'image/png' }), {
          cacheControl: '120',
          metadata: { from: 'a test' },
        })
      expect(error).toBeNull()
      expect(await bytesOf('faces', path)).toEqual(bytes)
      const { data } = await service.storage.from('faces').info(path)
      expect(data).toMatchObject({
        cacheControl: 'max-age=120',
        metadata: { from: 'a test' },
        size: bytes.length,
      })
    })

    test('a name is taken once, unless it is replaced on purpose', async () => {
      const path = await stored()
      const again = await service.storage.from('faces').upload(path, png(), image)
      expect(again.error).toMatchObject({ statusCode: '409', code: 'KeyAlreadyExists', status: 400 })
      const bytes = png()
      const upserted = await service.storage.from('faces').upload(path, bytes, { ...image, upsert: true })
      expect(upserted.error).toBeNull()
      expect(await bytesOf('faces', path)).toEqual(bytes)
      const updated = await service.storage.from('faces').update(path, png(10), image)
      expect(updated.data?.id).toBe(upserted.data?.id)
      expect(await bytesOf('faces', path)).toHaveLength(18)
    })

    test('many at a time with one name: one gets it, or the last one stays', async () => {
      const path = own(ada.id)
      const news = await Promise.all(
        Array.from({ length: 5 }, () => ada.supabase.storage.from('faces').upload(path, png(), image)),
      )
      expect(news.filter(({ error }) => !error)).toHaveLength(1)
      expect(new Set(news.map(({ error }) => codeOf(error)))).toEqual(
        new Set([undefined, 'KeyAlreadyExists']),
      )
      const versions = Array.from({ length: 5 }, () => png(5000))
      const replaced = await Promise.all(
        versions.map((bytes) =>
          service.storage.from('faces').upload(path, bytes, { ...image, upsert: true }),
        ),
      )
      expect(replaced.map(({ error }) => error)).toEqual([null, null, null, null, null])
      const left = await bytesOf('faces', path)
      expect(versions.some((bytes) => bytes.equals(left))).toBe(true)
    })

    test('the bucket decides on types and sizes', async () => {
      const text = await service.storage
        .from('faces')
        .upload(own(ada.id, 'txt'), 'text', { contentType: 'text/plain' })
      expect(text.error).toMatchObject({ statusCode: '415', code: 'InvalidMimeType' })
      const html = await service.storage
        .from('faces')
        .upload(own(ada.id), new Blob(['<script>'], { type: 'text/html' }), image)
      expect(codeOf(html.error)).toBe('InvalidMimeType')
      const bucket = `limited-${randomUUID()}`
      await service.storage.createBucket(bucket, { public: false, fileSizeLimit: 1000 })
      const fits = await service.storage.from(bucket).upload('a', randomBytes(1000), image)
      expect(fits.error).toBeNull()
      const raw = await service.storage.from(bucket).upload('b', randomBytes(1001), image)
      expect(raw.error).toMatchObject({ statusCode: '413', code: 'EntityTooLarge' })
      const form = await service.storage.from(bucket).upload('c', new Blob([randomBytes(1001)]), image)
      expect(codeOf(form.error)).toBe('EntityTooLarge')
      const { data } = await service.storage.from(bucket).list()
      expect(data!.map(({ name }) => name)).toEqual(['a'])
    })

    test.each(['a#b.png', 'ä.png', '../up.png', 'a/../../b.png'])('"%s" leads nowhere else', async (name) => {
      const { error } = await service.storage.from('faces').upload(`${ada.id}/x/${name}`, png(), image)
      const names = new Set((await everythingIn('faces')).map((path) => path.split('/')[0]))
      for (const folder of names) expect(folder).toMatch(/^[0-9a-f-]{36}$/)
      if (error) expect(['InvalidKey', 'NoSuchBucket', 'InvalidRequest']).toContain(codeOf(error))
    })

    test('a bucket that is not there is named', async () => {
      const { error } = await service.storage.from('nowhere').upload('a.png', png(), image)
      expect(error).toMatchObject({ statusCode: '404', code: 'NoSuchBucket' })
    })
  })

  async function everythingIn(bucket: string, folder = ''): Promise<string[]> {
    const { data } = await service.storage.from(bucket).list(folder, { limit: 1000 })
    const deeper = data!.map(async ({ id, name }) => {
      const path = folder ? `${folder}/${name}` : name
      return id ? [path] : everythingIn(bucket, path)
    })
    return (await Promise.all(deeper)).flat()
  }

  describe('row-level security', () => {
    test('a stranger neither reads, nor signs, nor lists, nor learns that there is something', async () => {
      const path = await stored()
      for (const { supabase } of [bob, { supabase: anonymous }]) {
        const faces = supabase.storage.from('faces')
        expect((await faces.download(path)).error).toMatchObject({ statusCode: '404', code: 'NoSuchKey' })
        expect(codeOf((await faces.info(path)).error)).toBe('NoSuchKey')
        expect(codeOf((await faces.createSignedUrl(path, 60)).error)).toBe('NoSuchKey')
        const many = await faces.createSignedUrls([path], 60)
        expect(many.data?.[0]).toMatchObject({
          path,
          signedUrl: null,
          error: expect.stringContaining('access'),
        })
        expect((await faces.list(ada.id)).data).toEqual([])
        expect((await faces.remove([path])).data).toEqual([])
        expect(codeOf((await faces.move(path, own(bob.id))).error)).toBe('NoSuchKey')
        expect(codeOf((await faces.copy(path, own(bob.id))).error)).toBe('NoSuchKey')
      }
      expect(await bytesOf('faces', path, ada.supabase)).toBeTruthy()
    })

    test("nobody writes into another's folder, or as nobody", async () => {
      for (const { supabase } of [bob, { supabase: anonymous }]) {
        for (const body of [png(), new Blob([png()], { type: 'image/png' })]) {
          const { error } = await supabase.storage.from('faces').upload(own(ada.id), body, image)
          expect(error).toMatchObject({ statusCode: '403', code: 'AccessDenied', status: 400 })
        }
      }
      const path = await stored()
      const bytes = await bytesOf('faces', path)
      const replaced = await bob.supabase.storage
        .from('faces')
        .upload(path, png(), { ...image, upsert: true })
      expect(codeOf(replaced.error)).toBe('AccessDenied')
      expect(await bytesOf('faces', path)).toEqual(bytes)
    })

    test('an owner may not move a photo into the folder of another', async () => {
      const path = own(bob.id)
      await bob.supabase.storage.from('faces').upload(path, png(), image)
      const { error } = await bob.supabase.storage.from('faces').move(path, own(ada.id))
      expect(error).not.toBeNull()
      expect(await bytesOf('faces', path, bob.supabase)).toBeTruthy()
    })

    test('a forged or borrowed token is refused', async () => {
      const path = await stored()
      const [head, body] = ada.token.split('.')
      const forged = createSupabase({
        url: project.url,
        key: project.publishableKey,
        accessToken: async () => `${head}.${body}.${'A'.repeat(86)}`,
      })
      const { error } = await forged.storage.from('faces').download(path)
      expect(error).toMatchObject({ statusCode: '403' })
    })

    test('an owner removes what is theirs and is told so', async () => {
      const path = own(ada.id)
      await ada.supabase.storage.from('faces').upload(path, png(), image)
      const { data } = await ada.supabase.storage.from('faces').remove([path, own(ada.id)])
      expect(data!.map(({ name }) => name)).toEqual([path])
      expect(codeOf((await service.storage.from('faces').download(path)).error)).toBe('NoSuchKey')
    })
  })

  describe('download', () => {
    const get = (path: string, headers: Record<string, string> = {}, method = 'GET') =>
      fetch(`${project.url}/storage/v1/object/${path}`, {
        method,
        headers: { apikey: project.secretKey, authorization: `Bearer ${project.secretKey}`, ...headers },
      })

    test('a tag spares the second download', async () => {
      const path = `faces/${await stored()}`
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
      const path = `faces/${await stored(bytes)}`
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
      const path = `faces/${await stored(png(992))}`
      const response = await get(path, {}, 'HEAD')
      expect(response.status).toBe(200)
      expect(response.headers.get('content-length')).toBe('1000')
      expect(response.headers.get('content-type')).toBe('image/png')
    })

    test('what is not there is a 404 in the body', async () => {
      const { error } = await service.storage.from('faces').download(own(ada.id))
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
            .exists(own(ada.id))
            .catch(() => null)
        )?.data,
      ).toBe(false)
    })
  })

  describe('public buckets', () => {
    test('are read by anybody, by address', async () => {
      const bytes = png()
      const path = await stored(bytes, 'celebrity-images')
      const { data } = anonymous.storage.from('celebrity-images').getPublicUrl(path)
      const response = await fetch(data.publicUrl)
      expect(response.status).toBe(200)
      expect(Buffer.from(await response.arrayBuffer())).toEqual(bytes)
      expect((await anonymous.storage.from('celebrity-images').list()).data).toEqual([])
    })

    test('a private one has no such address', async () => {
      const path = await stored()
      const { data } = service.storage.from('faces').getPublicUrl(path)
      const response = await fetch(data.publicUrl)
      expect(response.status).toBe(400)
      expect(await response.json()).toMatchObject({ statusCode: '404', code: 'NoSuchBucket' })
    })
  })

  describe('signed URLs', () => {
    test('open one object without any key', async () => {
      const bytes = png()
      const path = await stored(bytes)
      const { data, error } = await ada.supabase.storage.from('faces').createSignedUrl(path, 60)
      expect(error).toBeNull()
      const response = await fetch(data!.signedUrl)
      expect(response.status).toBe(200)
      expect(Buffer.from(await response.arrayBuffer())).toEqual(bytes)
      const other = await stored()
      const elsewhere = await fetch(data!.signedUrl.replace(path, other))
      expect(elsewhere.status).toBe(400)
      expect(await elsewhere.json()).toMatchObject({ statusCode: '400', code: 'InvalidSignature' })
    })

    test('offer a file for saving', async () => {
      const path = await stored()
      const { data } = await service.storage
        .from('faces')
        .createSignedUrl(path, 60, { download: 'me & you.png' })
      const response = await fetch(data!.signedUrl)
      await response.arrayBuffer()
      expect(response.status).toBe(200)
      expect(response.headers.get('content-disposition')).toMatch(/^attachment; filename/)
    })

    test('a token of another make is refused', async () => {
      const path = await stored()
      const { data } = await service.storage.from('faces').createSignedUrl(path, 60)
      for (const token of [
        '',
        'nonsense',
        ada.token,
        new URL(data!.signedUrl).searchParams.get('token')!.slice(0, -3),
      ]) {
        const response = await fetch(`${project.url}/storage/v1/object/sign/faces/${path}?token=${token}`)
        expect(response.status).toBe(400)
        expect(await response.json()).toMatchObject({ statusCode: '400' })
      }
    })

    test('many at a time, missing ones named', async () => {
      const [one, two] = [await stored(), await stored()]
      const missing = own(ada.id)
      const { data, error } = await ada.supabase.storage
        .from('faces')
        .createSignedUrls([one, missing, two], 60)
      expect(error).toBeNull()
      expect(data!.map(({ path, signedUrl }) => [path, signedUrl !== null])).toEqual([
        [one, true],
        [missing, false],
        [two, true],
      ])
      const response = await fetch(data![2]!.signedUrl!)
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
      expect(files[0]!.metadata).toMatchObject({ mimetype: 'text/plain', size: files[0]!.name.length })
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

  test('move and copy keep the bytes', async () => {
    const bytes = png()
    const [from, moved, copied] = [await stored(bytes), own(ada.id), own(ada.id)]
    expect((await service.storage.from('faces').move(from, moved)).error).toBeNull()
    expect(codeOf((await service.storage.from('faces').download(from)).error)).toBe('NoSuchKey')
    expect((await service.storage.from('faces').copy(moved, copied)).data).toEqual({
      path: `faces/${copied}`,
    })
    await service.storage.from('faces').remove([moved])
    expect(await bytesOf('faces', copied)).toEqual(bytes)
    const other = await stored()
    expect(codeOf((await service.storage.from('faces').move(copied, other)).error)).toBe('KeyAlreadyExists')
    expect(codeOf((await service.storage.from('faces').copy(copied, other)).error)).toBe('KeyAlreadyExists')
  })

  test('buckets are made once, by the secret key only', async () => {
    const bucket = `bucket-${randomUUID()}`
    expect((await ada.supabase.storage.createBucket(bucket, { public: false })).error).toMatchObject({
      statusCode: '403',
    })
    const options = { public: true, fileSizeLimit: '1MB', allowedMimeTypes: ['image/*'] }
    expect((await service.storage.createBucket(bucket, options)).data).toMatchObject({ name: bucket })
    const again = await service.storage.createBucket(bucket, options)
    expect(again.error).toMatchObject({ statusCode: '409', code: 'BucketAlreadyExists' })
    expect((await service.storage.getBucket(bucket)).data).toMatchObject({
      id: bucket,
      public: true,
      file_size_limit: 1024 * 1024,
      allowed_mime_types: ['image/*'],
    })
    const { data } = await service.storage.listBuckets()
    expect(data!.map(({ id }) => id)).toEqual(expect.arrayContaining(['faces', 'celebrity-images', bucket]))
    expect((await service.storage.getBucket('nowhere')).error).toMatchObject({ code: 'NoSuchBucket' })
  })

  describe('images', () => {
    test('photos and thumbnails, there and back', async () => {
      const images = createImages(service)
      const bytes = new Uint8Array(png())
      const path = images.facePath(ada.id, 'png')
      expect(path.startsWith(`${ada.id}/`)).toBe(true)
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
