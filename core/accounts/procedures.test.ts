import { createHash, randomUUID } from 'node:crypto'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openCallerHost, type CallerHost, type TestCaller } from '../../tests/factories/callers'
import { testEngines } from '../../tests/factories/database'
import { withoutMetadata } from '../model/photo-metadata/without-metadata'
import { adminIsMissing } from './first-admin'

// Real: see openCallerHost. Nothing is analysed here; a drawn picture serves as a photo.

const picture = (shade: number) =>
  sharp({ create: { width: 64, height: 48, channels: 3, background: { r: shade, g: shade, b: shade } } })
    .jpeg()
    .toBuffer()

describe.each(await testEngines())('first admin on %s', (engine) => {
  let host: CallerHost
  beforeAll(async () => {
    host = await openCallerHost(engine)
  })
  afterAll(() => host.close())

  const applicant = (number: number) => ({
    name: `Admin ${number}`,
    email: `admin-${number}@example.edu`,
    password: 'long enough',
  })

  test('of many at once one becomes admin, and the others leave no account', async () => {
    const here = host.clientFor(null, { local: true })
    expect(await here.overview.hello()).toMatchObject({ needs_first_admin: true, version: '1.2.3' })
    expect(await host.clientFor(null).overview.hello()).toMatchObject({ needs_first_admin: false })

    const tries = await Promise.allSettled(
      Array.from({ length: 6 }, (_, number) => here.accounts.createFirstAdmin(applicant(number))),
    )
    const made = tries.filter((attempt) => attempt.status === 'fulfilled')
    expect(made).toHaveLength(1)
    for (const attempt of tries) {
      if (attempt.status === 'rejected')
        expect(attempt.reason).toMatchObject({ code: 'CONFLICT', status: 409 })
    }
    const profiles = await host.database.asService((tx) => tx.selectFrom('profiles').selectAll().execute())
    expect(profiles).toMatchObject([
      { id: made[0].value.id, role: 'admin', name: expect.stringMatching(/^Admin \d/) as string },
    ])
    expect(await here.overview.hello()).toMatchObject({ needs_first_admin: false })
    await expect(here.accounts.createFirstAdmin(applicant(9))).rejects.toMatchObject({ code: 'CONFLICT' })
  })

  test('an address that is taken, or a bad password, makes no admin', async () => {
    await host.database.asService((tx) => tx.updateTable('profiles').set({ role: 'user' }).execute())
    const here = host.clientFor(null, { local: true })
    const { email } = await host.signUp('user')
    await expect(here.accounts.createFirstAdmin({ ...applicant(1), email })).rejects.toMatchObject({
      code: 'CONFLICT',
      message: expect.stringContaining(email) as string,
    })
    await expect(
      here.accounts.createFirstAdmin({ ...applicant(1), password: 'short' }),
    ).rejects.toMatchObject({
      code: 'BAD_REQUEST',
      message: 'password: Use at least 8 characters.',
    })
    expect(await host.database.asService(adminIsMissing)).toBe(true)
  })
})

describe.each(await testEngines())('people and their faces on %s', (engine) => {
  let host: CallerHost
  let curator: TestCaller
  let moderator: TestCaller
  let anna: TestCaller
  let bert: TestCaller

  beforeAll(async () => {
    host = await openCallerHost(engine)
    curator = await host.signUp('curator', { name: 'Zoe', school: 'South' })
    moderator = await host.signUp('moderator', { name: 'Yan', school: 'South' })
    anna = await host.signUp('user', { name: 'anna', gender: 'female', school: 'North' })
    bert = await host.signUp('user', { name: 'Bert 100%', gender: 'male', school: 'North' })
  })
  afterAll(() => host.close())

  async function upload(owner: TestCaller, bytes: Uint8Array, ext = 'jpg'): Promise<string> {
    const path = host.images.facePath(owner.id, ext)
    // The bucket takes images only; what a file is inside is for the procedure to find out.
    await host.images.upload('faces', path, bytes, 'image/jpeg')
    return path
  }
  const isThere = (path: string) =>
    host.images.download('faces', path).then(
      () => true,
      () => false,
    )

  test('me', async () => {
    expect(await anna.client.accounts.me()).toEqual({
      id: anna.id,
      name: 'anna',
      email: anna.email,
      role: 'user',
      second_factor: { set_up: false, required: false, done: false },
    })
  })

  test('people come by name in pages, whatever its case; the total comes with each', async () => {
    const names = []
    let cursor: string | undefined
    do {
      const page = await moderator.client.accounts.list({ limit: 1, cursor })
      expect(page.total).toBe(4)
      names.push(...page.items.map(({ name }) => name))
      cursor = page.next_cursor ?? undefined
    } while (cursor)
    expect(names).toEqual(['anna', 'Bert 100%', 'Yan', 'Zoe'])
  })

  test('people are found by name, address and school; wildcards are letters', async () => {
    const find = async (query: { search?: string; school?: string }) =>
      (await moderator.client.accounts.list(query)).items.map(({ name }) => name)
    expect(await find({ search: 'ANN' })).toEqual(['anna'])
    expect(await find({ search: curator.email })).toEqual(['Zoe'])
    expect(await find({ search: '%' })).toEqual(['Bert 100%'])
    expect(await find({ school: 'South' })).toEqual(['Yan', 'Zoe'])
    expect(await find({ school: 'South', search: 'anna' })).toEqual([])
    expect(await moderator.client.accounts.schools()).toEqual([
      { school: 'North', people: 2 },
      { school: 'South', people: 2 },
    ])
  })

  test.each(['no cursor', Buffer.from('{"name":1}').toString('base64url'), 'e30', 'x'.repeat(5000)])(
    'a cursor that is none is refused: %.20s',
    async (cursor) => {
      await expect(moderator.client.accounts.list({ cursor })).rejects.toMatchObject({ code: 'BAD_REQUEST' })
    },
  )

  test('a person adds a face: it is the default, its job waits, its photo can be seen', async () => {
    const image_path = await upload(anna, await picture(10))
    const { face_id } = await anna.client.accounts.addFace({ profile_id: anna.id, image_path })
    const person = await anna.client.accounts.get({ id: anna.id })
    expect(person).toMatchObject({ default_face_id: face_id, faces: 1, matches: 0, gender: 'female' })
    expect(person.face_list).toMatchObject([
      { id: face_id, is_default: true, job: { status: 'pending', attempts: 0, max_attempts: 3 }, age: null },
    ])
    const [face] = person.face_list
    expect(face.image_hash).toMatch(/^[0-9a-f]{32}$/)
    const answer = await fetch(face.image_url!)
    expect(answer.headers.get('content-type')).toBe('image/jpeg')
    expect(person.thumbnail_url).toBe(face.image_url)
  })

  test('the same photo again is CONFLICT, and the second copy goes', async () => {
    const first = await upload(bert, await picture(20))
    const { face_id } = await bert.client.accounts.addFace({ profile_id: bert.id, image_path: first })
    const second = await upload(bert, await picture(20))
    await expect(
      bert.client.accounts.addFace({ profile_id: bert.id, image_path: second }),
    ).rejects.toMatchObject({
      code: 'CONFLICT',
      data: { face_id },
    })
    expect(await isThere(second)).toBe(false)
    // Registering the very same path twice must not cost the first one its photo.
    await expect(
      bert.client.accounts.addFace({ profile_id: bert.id, image_path: first }),
    ).rejects.toMatchObject({
      code: 'CONFLICT',
    })
    expect(await isThere(first)).toBe(true)
  })

  test.each([
    ['empty_file', new Uint8Array()],
    ['not_an_image', new TextEncoder().encode('This is a text.')],
    ['unsupported_format', new TextEncoder().encode('%PDF-1.7')],
  ])('%s is refused, and the object goes', async (reason, bytes) => {
    const image_path = await upload(anna, bytes)
    await expect(anna.client.accounts.addFace({ profile_id: anna.id, image_path })).rejects.toMatchObject({
      code: 'IMAGE_REJECTED',
      status: 422,
      data: { reason },
    })
    expect(await isThere(image_path)).toBe(false)
  })

  test('where a photo was taken does not stay with it, whatever client has sent it', async () => {
    const bytes = await sharp(await picture(35))
      .withExif({ IFD0: { Artist: 'Anna at home' }, IFD3: { GPSLatitude: '52/1 30/1 0/1' } })
      .jpeg()
      .toBuffer()
    const image_path = await upload(anna, bytes)
    const { face_id } = await anna.client.accounts.addFace({ profile_id: anna.id, image_path })
    const stored = await host.images.download('faces', image_path)
    expect(stored).toEqual(withoutMetadata(new Uint8Array(bytes)))
    expect(Buffer.from(stored).includes('Anna at home')).toBe(false)
    const face = await host.database.asService((tx) =>
      tx.selectFrom('faces').select('image_hash').where('id', '=', face_id).executeTakeFirstOrThrow(),
    )
    expect(face.image_hash).toBe(createHash('md5').update(stored).digest('hex'))
    await anna.client.accounts.removeFace({ face_id })
  })

  test('a path elsewhere is refused and left alone', async () => {
    const berts = await upload(bert, await picture(30))
    const paths = [berts, `${anna.id}/../${berts}`, `${anna.id}/photo.jpg`, `${anna.id}/${randomUUID()}.svg`]
    for (const image_path of paths) {
      await expect(anna.client.accounts.addFace({ profile_id: anna.id, image_path })).rejects.toMatchObject({
        code: 'BAD_REQUEST',
      })
    }
    expect(await isThere(berts)).toBe(true)
    const missing = host.images.facePath(anna.id, 'jpg')
    await expect(
      anna.client.accounts.addFace({ profile_id: anna.id, image_path: missing }),
    ).rejects.toMatchObject({
      code: 'BAD_REQUEST',
      message: 'There is no photo at this path. Upload it first.',
    })
  })

  test('nobody but curators touches the faces of another', async () => {
    const image_path = await upload(anna, await picture(40))
    const add = { profile_id: anna.id, image_path }
    await expect(bert.client.accounts.addFace(add)).rejects.toMatchObject({ code: 'FORBIDDEN' })
    await expect(moderator.client.accounts.addFace(add)).rejects.toMatchObject({ code: 'FORBIDDEN' })
    await expect(bert.client.accounts.get({ id: anna.id })).rejects.toMatchObject({ code: 'FORBIDDEN' })
    expect(await isThere(image_path)).toBe(true)
    const { face_id } = await curator.client.accounts.addFace(add)
    await expect(moderator.client.accounts.removeFace({ face_id })).rejects.toMatchObject({
      code: 'FORBIDDEN',
    })
    // Row-level security hides it, so that it can't even be told apart from one that is gone.
    await expect(bert.client.accounts.removeFace({ face_id })).rejects.toMatchObject({ code: 'NOT_FOUND' })
    await curator.client.accounts.removeFace({ face_id })
    expect(await isThere(image_path)).toBe(false)
  })

  test('a removed default gives way to the newest analysed face', async () => {
    const cleo = await host.signUp('user', { name: 'Cleo' })
    const faces = []
    for (const shade of [50, 60, 70]) {
      const image_path = await upload(cleo, await picture(shade))
      faces.push((await cleo.client.accounts.addFace({ profile_id: cleo.id, image_path })).face_id)
    }
    const [first, second, third] = faces
    await host.database.asService((tx) =>
      tx.updateTable('faces').set({ analyzed_at: new Date() }).where('id', 'in', [first, second]).execute(),
    )
    const isDefault = async () => (await cleo.client.accounts.get({ id: cleo.id })).default_face_id
    expect(await isDefault()).toBe(first)
    await cleo.client.accounts.removeFace({ face_id: first })
    expect(await isDefault()).toBe(second)
    await cleo.client.accounts.removeFace({ face_id: second })
    expect(await isDefault()).toBe(third)
    await cleo.client.accounts.removeFace({ face_id: third })
    expect(await isDefault()).toBeNull()
  })
})
