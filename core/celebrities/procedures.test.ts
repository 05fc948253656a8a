import { sql } from 'kysely'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openCallerHost, type CallerHost, type TestCaller } from '../../tests/factories/callers'
import { testEngines } from '../../tests/factories/database'
import type { Celebrity } from './contract'

// Real: see openCallerHost. Nothing is analysed here; a drawn picture serves as a photo.

const picture = (shade: number) =>
  sharp({ create: { width: 64, height: 48, channels: 3, background: { r: shade, g: shade, b: shade } } })
    .png()
    .toBuffer()

describe.each(await testEngines())('celebrities on %s', (engine) => {
  let host: CallerHost
  let curator: TestCaller
  let moderator: TestCaller
  const ids: Record<string, string> = {}

  async function upload(shade: number): Promise<string> {
    const path = host.images.celebrityPath('png')
    await host.images.upload('celebrity-images', path, await picture(shade), 'image/png')
    return path
  }
  const isThere = (path: string) =>
    host.images.download('celebrity-images', path).then(
      () => true,
      () => false,
    )

  beforeAll(async () => {
    host = await openCallerHost(engine)
    curator = await host.signUp('curator')
    moderator = await host.signUp('moderator')
    const people = [
      { name: 'beta', category: 'actor', gender: 'male' as const },
      { name: 'Alpha', category: 'actor', gender: 'female' as const, bio: 'Sings, too.' },
      { name: 'Gamma', category: 'musician' },
      { name: 'delta', category: '' },
    ]
    for (const [i, person] of people.entries()) {
      const { id } = await curator.client.celebrities.add({ ...person, image_path: await upload(i) })
      ids[person.name] = id
    }
    const setJob = (name: string, status: 'completed' | 'failed' | 'processing', error: string | null) =>
      host.database.asService((tx) =>
        tx
          .updateTable('celebrity_jobs')
          .set({ status, error_code: error && 'no_face', error_message: error })
          .where('celebrity_id', '=', ids[name])
          .execute(),
      )
    await setJob('Alpha', 'completed', null)
    await setJob('Gamma', 'failed', 'No face was found.')
    await setJob('delta', 'processing', null)
    await host.database.asService((tx) =>
      tx
        .updateTable('celebrities')
        .set({
          quality_score: 0.5,
          embedding: sql`array_fill(0.1::real, array[512])::extensions.vector`,
          age: 40,
        })
        .where('id', '=', ids['Alpha'])
        .execute(),
    )
  })
  afterAll(() => host.close())

  const names = async (query: Parameters<TestCaller['client']['celebrities']['list']>[0]) =>
    (await moderator.client.celebrities.list(query)).items.map(({ name }) => name)

  test('where each stands', async () => {
    const { items, total } = await moderator.client.celebrities.list({})
    expect(total).toBe(4)
    expect(items.map(({ name, state, error_message }) => [name, state, error_message])).toEqual([
      ['Alpha', 'ready', null],
      ['beta', 'waiting', null],
      ['delta', 'analyzing', null],
      ['Gamma', 'failed', 'No face was found.'],
    ])
    const answer = await fetch(items[0].image_url!)
    expect(answer.headers.get('content-type')).toBe('image/png')
  })

  test.each([
    ['name', ['Alpha', 'beta', 'delta', 'Gamma']],
    ['newest', ['delta', 'Gamma', 'Alpha', 'beta']],
  ] as const)('pages by %s meet everybody once', async (sort, expected) => {
    const seen: string[] = []
    let cursor: string | undefined
    do {
      const page = await moderator.client.celebrities.list({ sort, limit: 1, cursor })
      expect(page.total).toBe(4)
      seen.push(...page.items.map(({ name }) => name))
      cursor = page.next_cursor ?? undefined
    } while (cursor)
    expect(seen).toEqual(expected)
  })

  test('by quality, what has none comes last and pages go on through it', async () => {
    const first = await moderator.client.celebrities.list({ sort: 'quality', limit: 2 })
    expect(first.items[0].name).toBe('Alpha')
    const second = await moderator.client.celebrities.list({
      sort: 'quality',
      limit: 2,
      cursor: first.next_cursor!,
    })
    expect(new Set([...first.items, ...second.items].map(({ id }) => id)).size).toBe(4)
    expect(second.next_cursor).toBeNull()
    await expect(
      moderator.client.celebrities.list({ sort: 'name', cursor: first.next_cursor! }),
    ).rejects.toMatchObject({ code: 'BAD_REQUEST' })
  })

  test('filters', async () => {
    expect(await names({ search: 'ALPH' })).toEqual(['Alpha'])
    expect(await names({ category: 'actor' })).toEqual(['Alpha', 'beta'])
    expect(await names({ gender: 'male' })).toEqual(['beta'])
    expect(await names({ state: 'failed' })).toEqual(['Gamma'])
    expect(await names({ state: 'ready', category: 'musician' })).toEqual([])
    expect(await moderator.client.celebrities.categories()).toEqual(['actor', 'musician'])
  })

  test('one with all that is known; what another client wrote amiss counts as unknown', async () => {
    await host.database.asService((tx) =>
      tx
        .updateTable('celebrities')
        .set({ landmarks_68: '[[1, 2]]', symmetry_score: 7, pose: '{"yaw": 1, "pitch": 2, "roll": 3}' })
        .where('id', '=', ids['Alpha'])
        .execute(),
    )
    expect(await moderator.client.celebrities.get({ id: ids['Alpha'] })).toMatchObject({
      ...{ name: 'Alpha', bio: 'Sings, too.', state: 'ready', age: 40, lookalikes: [], landmarks_68: null },
      ...{ symmetry_score: null, pose: { yaw: 1, pitch: 2, roll: 3 } },
      job: { attempts: 0, error_code: null },
    } satisfies Partial<Celebrity> | { job: object })
    const failed = await moderator.client.celebrities.get({ id: ids['Gamma'] })
    expect(failed).toMatchObject({ job: { error_code: 'no_face' }, error_message: 'No face was found.' })
  })

  test('the same photo again is CONFLICT, and the second copy goes', async () => {
    const image_path = await upload(1)
    await expect(curator.client.celebrities.add({ name: 'Again', image_path })).rejects.toMatchObject({
      code: 'CONFLICT',
      message: 'This photo is known already. It is a photo of Alpha.',
      data: { celebrity_id: ids['Alpha'] },
    })
    expect(await isThere(image_path)).toBe(false)
  })
})
