import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { MessageChannel } from 'node:worker_threads'
import { createORPCClient } from '@orpc/client'
import { RPCLink } from '@orpc/client/fetch'
import { RPCLink as PortLink } from '@orpc/client/message-port'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { TestCaller } from '../../../tests/factories/callers'
import { queryIn } from '../../../tests/factories/engines'
import { openMatchedHost, type MatchedHost } from '../../../tests/factories/matched-host'
import {
  findStarterPack,
  openFacePool,
  photosAvailable,
  photosDirectory,
} from '../../../tests/factories/pack'
import type { Client } from '../../api/contract'
import { fromVectorText } from '../../database/tables'
import type { FacePool } from '../../faces/pool/pool'
import { defaultWeights } from '../../model/weights'
import { mostPhotoBytes } from '../contract-search'
import { factorsOf, scoreOf, type ScoredFace } from '../factors'

// Real: models, pool, database, both transports. Faces of the database are invented, but of the pack's space.

const pack = await findStarterPack()

describe.skipIf(!pack || !photosAvailable())('a search by photo', () => {
  let pool: FacePool
  let host: MatchedHost
  let moderator: TestCaller
  let couple: Uint8Array<ArrayBuffer>
  const photo = (bytes: Uint8Array<ArrayBuffer>) => new Blob([bytes], { type: 'image/jpeg' })
  const owner = <Row>(text: string) => host.database.asOwner((tx) => queryIn<Row>(tx, text))

  /** All rows of all tables, and all files, counted. */
  async function stored() {
    const tables = await owner<{ name: string }>(
      `select format('%I.%I', table_schema, table_name) as name from information_schema.tables
       where table_type = 'BASE TABLE' and table_schema in ('public', 'private', 'storage', 'semblance')`,
    )
    const counts = tables.map(({ name }) => `select '${name}' as name, count(*)::int as rows from ${name}`)
    return owner(`${counts.join(' union all ')} order by 1`)
  }

  beforeAll(async () => {
    pool = await openFacePool(pack!)
    host = await openMatchedHost('pglite', { faces: () => Promise.resolve(pool) })
    moderator = await host.signUp('moderator')
    couple = Uint8Array.from(await readFile(join(photosDirectory, 'groups/couple.jpg')))
    const model = pool.status().embedding_model
    await owner(`update faces set embedding_model = '${model}'`)
    await owner(`update celebrities set embedding_model = '${model}'`)
  }, 120_000)
  afterAll(async () => {
    await host?.close()
    await pool?.close()
  })

  test('finds who scoring everybody finds, by the face that is picked, and stores nothing', async () => {
    const before = await stored()
    const analysis = await pool.analyze(couple)
    expect(analysis.faces.length).toBeGreaterThan(1)
    const rows = await owner<Omit<ScoredFace, 'embedding'> & { id: string; embedding: string }>(
      `select id, embedding::text as embedding, age, symmetry_score, expression, geometry_ratios, skin_tone_lab from faces`,
    )
    for (const index of [0, 1]) {
      const answer = await moderator.client.matching.searchByPhoto({
        photo: photo(couple),
        face_index: index,
      })
      const face = analysis.faces[index]
      const scores = rows
        .map((row) => {
          const other = { ...row, embedding: fromVectorText(row.embedding) }
          return { id: row.id, score: scoreOf(factorsOf(face, other), defaultWeights)! }
        })
        .toSorted((a, b) => b.score - a.score)
      expect(answer.people.map(({ face_id }) => face_id)).toEqual(scores.map(({ id }) => id))
      for (const [place, { score }] of scores.entries()) {
        expect(answer.people[place].similarity_score).toBeCloseTo(score, 6)
      }
      expect(answer.celebrities).toHaveLength(2)
      expect(answer).toMatchObject({
        face_index: index,
        image_width: analysis.width,
        face: { age: face.age },
      })
      expect(answer.faces.map(({ box }) => box)).toEqual(analysis.faces.map(({ box }) => box))
    }
    expect(await stored()).toEqual(before)
  })

  test('a face that is not there, a photo without one, what is no photo, and what is too large', async () => {
    const search = (blob: Blob, face_index = 0) =>
      moderator.client.matching.searchByPhoto({ photo: blob, face_index })
    await expect(search(photo(couple), 9)).rejects.toMatchObject({
      code: 'BAD_REQUEST',
      message: expect.stringMatching(/^This photo shows \d faces; there is no face 10\.$/) as string,
    })
    const empty = Uint8Array.from(await readFile(join(photosDirectory, 'no_face.png')))
    await expect(search(photo(empty))).rejects.toMatchObject({
      code: 'IMAGE_REJECTED',
      data: { reason: 'no_face' },
    })
    await expect(search(new Blob(['no photo']))).rejects.toMatchObject({
      code: 'IMAGE_REJECTED',
      data: { reason: 'not_an_image' },
    })
    await expect(search(new Blob([new Uint8Array(mostPhotoBytes + 1)]))).rejects.toMatchObject({
      code: 'BAD_REQUEST',
      message: expect.stringContaining('32 MiB') as string,
    })
  })

  test('one search of each person at a time', async () => {
    const search = () => moderator.client.matching.searchByPhoto({ photo: photo(couple) })
    // Either may be the first to have its caller's token verified.
    const both = await Promise.allSettled([search(), search()])
    expect(both.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    expect(both.filter(({ status }) => status === 'rejected')).toMatchObject([
      { reason: { code: 'UNAVAILABLE' } },
    ])
    expect((await search()).people).toHaveLength(6)
  })

  test('travels over HTTP and over a MessagePort, also where it is larger than any other call may be', async () => {
    // A JPEG is over where it says so: what follows makes it large.
    const large = new Uint8Array(3_000_000)
    large.set(couple)
    const headers = { authorization: `Bearer ${moderator.token}` }
    const http: Client = createORPCClient(httpLink(headers))
    const { port1, port2 } = new MessageChannel()
    host.rpc.handlePort(port1)
    const port: Client = createORPCClient(new PortLink({ port: port2, headers }))
    for (const client of [http, port]) {
      const answer = await client.matching.searchByPhoto({ photo: photo(large), limit: 3 })
      expect(answer.people).toHaveLength(3)
    }
    port1.close()
    // Everything else stays small.
    await expect(http.matching.count({ search: 'x'.repeat(1_100_000) })).rejects.toMatchObject({
      status: 413,
    })
  })

  test('is no way for others to have this host read what they send', async () => {
    const large = photo(new Uint8Array(3_000_000))
    const [user, suspended] = [await host.signUp('user'), await host.signUp('admin')]
    await owner(`update auth.users set banned_until = now() + interval '1 day' where id = '${suspended.id}'`)
    for (const token of [user.token, suspended.token, 'none']) {
      const client: Client = createORPCClient(httpLink({ authorization: `Bearer ${token}` }))
      await expect(client.matching.searchByPhoto({ photo: large })).rejects.toMatchObject({ status: 413 })
      const small = client.matching.searchByPhoto({ photo: photo(couple.slice(0, 1000)) })
      await expect(small).rejects.toMatchObject({ code: token === 'none' ? 'UNAUTHORIZED' : 'FORBIDDEN' })
    }
  })

  function httpLink(headers: Record<string, string>) {
    return new RPCLink({
      url: 'http://localhost/rpc',
      headers,
      fetch: async (request) =>
        (await host.rpc.handleRequest(request, { local: true })) ?? new Response(null, { status: 404 }),
    })
  }
})
