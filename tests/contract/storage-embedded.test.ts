import { randomBytes, randomUUID } from 'node:crypto'
import { request } from 'node:http'
import { mkdir, readdir, utimes, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { SupabaseClient } from '@supabase/supabase-js'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { sweepStorage } from '../../core/embedded/storage'
import { createSupabase } from '../../core/supabase/client'
import { createImages } from '../../core/supabase/images'
import { openProject, type EmbeddedProject } from './project'

/** What only the embedded Storage promises: of the disk, of the clock, of browsers. */
describe('embedded storage', () => {
  const origin = 'app://semblance'
  const maximumBytes = 2_000_000
  let project: EmbeddedProject
  let service: SupabaseClient
  let now = new Date('2026-03-01T12:00:00Z')
  const pass = (seconds: number) => (now = new Date(now.getTime() + seconds * 1000))
  beforeAll(async () => {
    project = await openProject('pglite', { clock: () => now, origins: [origin], maximumBytes })
    service = createSupabase({ url: project.url, key: project.secretKey })
    await service.storage.createBucket('open', { public: true })
  })
  afterAll(() => project?.close())

  const directory = () => join(project.directory, 'storage')
  const files = async () =>
    (await readdir(directory(), { recursive: true, withFileTypes: true }))
      .filter((entry) => entry.isFile())
      .map((entry) => entry.name)
  const versions = async () => {
    const { rows } = await project.database.asOwner((trx) =>
      sql<{ version: string }>`select version from storage.objects`.execute(trx),
    )
    return rows.map(({ version }) => version)
  }
  const put = async (name: string, body: BodyInit, headers: Record<string, string> = {}) =>
    fetch(`${project.url}/storage/v1/object/open/${name}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${project.secretKey}`, 'content-type': 'image/png', ...headers },
      body,
      duplex: 'half',
    } as RequestInit)

  test('a signed URL ends when it said it would, and caches know', async () => {
    const path = `${randomUUID()}.png`
    await put(path, 'x', { 'cache-control': 'max-age=3600' })
    const { data } = await service.storage.from('open').createSignedUrl(path, 600)
    const fresh = await fetch(data!.signedUrl)
    expect(fresh.headers.get('cache-control')).toBe('private, max-age=600')
    expect(await fresh.text()).toBe('x')
    pass(599)
    expect((await fetch(data!.signedUrl)).status).toBe(200)
    pass(2)
    const late = await fetch(data!.signedUrl)
    expect(late.status).toBe(400)
    expect(await late.json()).toMatchObject({ statusCode: '400', code: 'InvalidJWT' })
    const open = await fetch(`${project.url}/storage/v1/object/public/open/${path}`)
    expect(open.headers.get('cache-control')).toBe('public, max-age=3600')
  })

  test('image URLs stay the same for half their life, then change before they end', async () => {
    const images = createImages(service, { signedUrlSeconds: 1000, clock: () => now })
    const path = images.facePath(randomUUID(), 'png')
    await images.upload('faces', path, randomBytes(10), 'image/png')
    const url = async () => (await images.signedUrls('faces', [path])).get(path)!
    const first = await url()
    pass(499)
    expect(await url()).toBe(first)
    pass(2)
    const second = await url()
    expect(second).not.toBe(first)
    expect((await images.signedUrls('faces', [path], { expiresIn: 10 })).get(path)).not.toBe(second)
    expect((await fetch(second)).status).toBe(200)
  })

  test('what people upload runs nothing in a browser', async () => {
    const types: [string, RegExp][] = [
      ['text/html', /^attachment$/],
      ['image/svg+xml', /^attachment$/],
      ['application/javascript', /^attachment$/],
      ['image/png', /^inline$/],
    ]
    for (const [type, disposition] of types) {
      const path = randomUUID()
      await put(path, '<script>alert(1)</script>', { 'content-type': type })
      const response = await fetch(`${project.url}/storage/v1/object/public/open/${path}`)
      expect(response.headers.get('content-disposition')).toMatch(disposition)
      expect(response.headers.get('x-content-type-options')).toBe('nosniff')
      expect(response.headers.get('content-security-policy')).toMatch(/default-src 'none'.*sandbox/)
      await response.arrayBuffer()
    }
  })

  test('a name or type made to break headers breaks none', async () => {
    const path = `${randomUUID()}.png`
    await put(path, 'x', {
      'content-type': 'text/plain; charset="a\tb"',
      'cache-control': 'max-age=5; x="y"',
    })
    const query = `download=${encodeURIComponent('a"\r\nSet-Cookie: x=1\r\n.png')}`
    const response = await fetch(`${project.url}/storage/v1/object/public/open/${path}?${query}`)
    expect(response.status).toBe(200)
    expect(response.headers.get('set-cookie')).toBeNull()
    expect(response.headers.get('content-type')).toBe('application/octet-stream')
    expect(response.headers.get('cache-control')).toBe('no-cache')
  })

  test('only listed origins may read answers', async () => {
    const path = `${randomUUID()}.png`
    await put(path, 'x')
    const read = async (from: string) =>
      (
        await fetch(`${project.url}/storage/v1/object/public/open/${path}`, { headers: { origin: from } })
      ).headers.get('access-control-allow-origin')
    expect(await read(origin)).toBe(origin)
    expect(await read('https://evil.example')).toBeNull()
  })

  describe('on the disk', () => {
    test('there is a file for each row, named by its version, and nothing else', async () => {
      const path = `${randomUUID()}.png`
      await put(path, 'one')
      await put(path, 'two', { 'x-upsert': 'true' })
      await put(path, 'refused')
      await put('gone', 'x')
      await service.storage.from('open').remove(['gone'])
      expect((await files()).sort()).toEqual((await versions()).sort())
    })

    test('an upload that is too large leaves nothing, however it comes', async () => {
      const before = await files()
      const known = await put('big', randomBytes(maximumBytes + 100_000))
      expect(await known.json()).toMatchObject({ code: 'EntityTooLarge' })
      let sent = 0
      const endless = new ReadableStream<Uint8Array>({
        pull(controller) {
          sent += 65_536
          controller.enqueue(randomBytes(65_536))
        },
      })
      const answer = await put('big', endless).then(
        async (response) => ((await response.json()) as { code: string }).code,
        () => 'cut off',
      )
      expect(['EntityTooLarge', 'cut off']).toContain(answer)
      expect(sent).toBeLessThan(maximumBytes * 20)
      expect(await files()).toEqual(before)
    })

    test('an upload that breaks off leaves nothing', async () => {
      const before = await files()
      await new Promise<void>((resolve) => {
        const upload = request(`${project.url}/storage/v1/object/open/broken`, {
          method: 'POST',
          headers: { authorization: `Bearer ${project.secretKey}`, 'content-length': '1000000' },
        })
        upload.on('error', () => resolve())
        upload.write(randomBytes(100_000), () => setTimeout(() => upload.destroy(new Error('gone')), 50))
      })
      await expect.poll(files, { timeout: 5000 }).toEqual(before)
      expect((await service.storage.from('open').info('broken')).error).toMatchObject({ code: 'NoSuchKey' })
    })

    test('whoever may not write sends no byte to the disk', async () => {
      const before = await files()
      const response = await fetch(`${project.url}/storage/v1/object/open/x`, {
        method: 'POST',
        headers: { apikey: project.publishableKey, 'content-type': 'image/png' },
        body: randomBytes(1_000_000),
      })
      expect(await response.json()).toMatchObject({ code: 'AccessDenied' })
      expect(await files()).toEqual(before)
    })

    test('readers of an object that is replaced meanwhile see one version or the other, whole', async () => {
      const path = `${randomUUID()}.png`
      const bodies = ['a', 'b', 'c', 'd', 'e'].map((letter) => letter.repeat(400_000))
      await put(path, bodies[0])
      const read = async () => (await fetch(`${project.url}/storage/v1/object/public/open/${path}`)).text()
      const writing = (async () => {
        for (const body of bodies) await put(path, body, { 'x-upsert': 'true' })
      })()
      const seen: string[] = []
      for (let i = 0; i < 20; i++) seen.push(...(await Promise.all([read(), read()])))
      await writing
      for (const text of seen) expect(bodies.includes(text)).toBe(true)
    })

    test('a sweep removes what no row knows, and nothing that is new', async () => {
      await put(`${randomUUID()}.png`, 'known')
      const known = await files()
      const [orphan, recent] = [randomUUID(), randomUUID()]
      const pathOf = (name: string) => join(directory(), 'objects', name.slice(0, 2), name)
      for (const name of [orphan, recent]) {
        await mkdir(dirname(pathOf(name)), { recursive: true })
        await writeFile(pathOf(name), 'x')
      }
      const hourAgo = new Date(Date.now() - 3600_000)
      for (const name of [...known, orphan]) await utimes(pathOf(name), hourAgo, hourAgo)
      expect(await sweepStorage({ database: project.database, directory: directory() })).toBe(1)
      expect((await files()).sort()).toEqual([...known, recent].sort())
    })

    test('a sweep removes nothing from a directory that another database has used, too', async () => {
      const orphan = randomUUID()
      const path = join(directory(), 'objects', orphan.slice(0, 2), orphan)
      await mkdir(dirname(path), { recursive: true })
      await writeFile(path, 'x')
      const hourAgo = new Date(Date.now() - 3600_000)
      await utimes(path, hourAgo, hourAgo)
      const began = (at: string) =>
        project.database.asOwner((trx) =>
          sql`update semblance.migrations set applied_at = applied_at + ${at}::interval`.execute(trx),
        )
      const sweep = () => sweepStorage({ database: project.database, directory: directory() })
      await sweep()
      await writeFile(path, 'x')
      await utimes(path, hourAgo, hourAgo)
      await began('1 day')
      expect(await sweep()).toBe(0)
      await began('-1 day')
      expect(await sweep()).toBe(0)
      expect(await files()).toContain(orphan)
    })
  })
})
