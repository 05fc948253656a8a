import { randomBytes, randomUUID } from 'node:crypto'
import type { SupabaseClient } from '@supabase/supabase-js'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createSupabase } from '../../core/supabase/client'
import { signUp, type Person } from './people'
import { openTestProject, testProjects, type Project } from './project'
import { bytesOf, codeOf, image, own, png, stored } from './storage-objects'

const projects = await testProjects()

/**
 * What Semblance needs of Supabase Storage, asked through supabase-js on the buckets and policies of the migrations.
 * Nothing here knows who answers.
 */
describe.each(projects)('storage, on %s', (which) => {
  let project: Project
  let service: SupabaseClient
  let anonymous: SupabaseClient
  let ada: Person
  let bob: Person
  beforeAll(async () => {
    project = await openTestProject(which)
    service = createSupabase({ url: project.url, key: project.secretKey })
    anonymous = createSupabase({ url: project.url, key: project.publishableKey })
    ada = await signUp(project)
    bob = await signUp(project)
  })
  afterAll(() => project?.close())

  describe('upload', () => {
    test('bytes come back as they went, with type and size', async () => {
      const bytes = png(300_000)
      const path = own(ada)
      const { data, error } = await ada.supabase.storage.from('faces').upload(path, bytes, image)
      expect(error).toBeNull()
      expect(data).toEqual({
        path,
        id: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
        fullPath: `faces/${path}`,
      })
      // Element by element, toEqual takes seconds here.
      expect((await bytesOf(ada.supabase, path)).equals(bytes)).toBe(true)
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
      const path = own(ada)
      const { error } = await ada.supabase.storage
        .from('faces')
        .upload(path, new Blob([bytes], { type: 'image/png' }), {
          cacheControl: '120',
          metadata: { from: 'a test' },
        })
      expect(error).toBeNull()
      expect(await bytesOf(service, path)).toEqual(bytes)
      const { data } = await service.storage.from('faces').info(path)
      expect(data).toMatchObject({
        cacheControl: 'max-age=120',
        metadata: { from: 'a test' },
        size: bytes.length,
      })
    })

    test('a name is taken once, unless it is replaced on purpose', async () => {
      const path = await stored(service, ada)
      const again = await service.storage.from('faces').upload(path, png(), image)
      expect(again.error).toMatchObject({ statusCode: '409', code: 'KeyAlreadyExists', status: 400 })
      const bytes = png()
      const upserted = await service.storage.from('faces').upload(path, bytes, { ...image, upsert: true })
      expect(upserted.error).toBeNull()
      expect(await bytesOf(service, path)).toEqual(bytes)
      const updated = await service.storage.from('faces').update(path, png(10), image)
      expect(updated.data?.id).toBe(upserted.data?.id)
      expect(await bytesOf(service, path)).toHaveLength(18)
    })

    test('many at a time with one name: one gets it, or the last one stays', async () => {
      const path = own(ada)
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
      const left = await bytesOf(service, path)
      expect(versions.some((bytes) => bytes.equals(left))).toBe(true)
    })

    test('the bucket decides on types and sizes', async () => {
      const text = await service.storage
        .from('faces')
        .upload(own(ada, 'txt'), 'text', { contentType: 'text/plain' })
      expect(text.error).toMatchObject({ statusCode: '415', code: 'InvalidMimeType' })
      const html = await service.storage
        .from('faces')
        .upload(own(ada), new Blob(['<script>'], { type: 'text/html' }), image)
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
      const { error } = await service.storage.from('faces').upload(`${ada.user.id}/x/${name}`, png(), image)
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
      const path = await stored(service, ada)
      for (const { supabase } of [bob, { supabase: anonymous }]) {
        const faces = supabase.storage.from('faces')
        expect((await faces.download(path)).error).toMatchObject({ statusCode: '404', code: 'NoSuchKey' })
        expect(codeOf((await faces.info(path)).error)).toBe('NoSuchKey')
        expect(codeOf((await faces.createSignedUrl(path, 60)).error)).toBe('NoSuchKey')
        const many = await faces.createSignedUrls([path], 60)
        expect(many.data?.[0]).toMatchObject({
          path,
          signedUrl: null,
          error: expect.stringContaining('access') as string,
        })
        expect((await faces.list(ada.user.id)).data).toEqual([])
        expect((await faces.remove([path])).data).toEqual([])
        expect(codeOf((await faces.move(path, own(bob))).error)).toBe('NoSuchKey')
        expect(codeOf((await faces.copy(path, own(bob))).error)).toBe('NoSuchKey')
      }
      expect(await bytesOf(ada.supabase, path)).toBeTruthy()
    })

    test("nobody writes into another's folder, or as nobody", async () => {
      for (const { supabase } of [bob, { supabase: anonymous }]) {
        for (const body of [png(), new Blob([png()], { type: 'image/png' })]) {
          const { error } = await supabase.storage.from('faces').upload(own(ada), body, image)
          expect(error).toMatchObject({ statusCode: '403', code: 'AccessDenied', status: 400 })
        }
      }
      const path = await stored(service, ada)
      const bytes = await bytesOf(service, path)
      const replaced = await bob.supabase.storage
        .from('faces')
        .upload(path, png(), { ...image, upsert: true })
      expect(codeOf(replaced.error)).toBe('AccessDenied')
      expect(await bytesOf(service, path)).toEqual(bytes)
    })

    test('an owner may not move a photo into the folder of another', async () => {
      const path = own(bob)
      await bob.supabase.storage.from('faces').upload(path, png(), image)
      const { error } = await bob.supabase.storage.from('faces').move(path, own(ada))
      expect(error).not.toBeNull()
      expect(await bytesOf(bob.supabase, path)).toBeTruthy()
    })

    test('a forged or borrowed token is refused', async () => {
      const path = await stored(service, ada)
      const [head, body] = ada.session.access_token.split('.')
      const forged = createSupabase({
        url: project.url,
        key: project.publishableKey,
        accessToken: async () => `${head}.${body}.${'A'.repeat(86)}`,
      })
      const { error } = await forged.storage.from('faces').download(path)
      expect(error).toMatchObject({ statusCode: '403' })
    })

    test('an owner removes what is theirs and is told so', async () => {
      const path = own(ada)
      await ada.supabase.storage.from('faces').upload(path, png(), image)
      const { data } = await ada.supabase.storage.from('faces').remove([path, own(ada)])
      expect(data!.map(({ name }) => name)).toEqual([path])
      expect(codeOf((await service.storage.from('faces').download(path)).error)).toBe('NoSuchKey')
    })
  })

  test('move and copy keep the bytes', async () => {
    const bytes = png()
    const [from, moved, copied] = [await stored(service, ada, bytes), own(ada), own(ada)]
    expect((await service.storage.from('faces').move(from, moved)).error).toBeNull()
    expect(codeOf((await service.storage.from('faces').download(from)).error)).toBe('NoSuchKey')
    expect((await service.storage.from('faces').copy(moved, copied)).data).toEqual({
      path: `faces/${copied}`,
    })
    await service.storage.from('faces').remove([moved])
    expect(await bytesOf(service, copied)).toEqual(bytes)
    const other = await stored(service, ada)
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
})
