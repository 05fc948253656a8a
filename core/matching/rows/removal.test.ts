import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { TestCaller } from '../../../tests/factories/callers'
import { testEngines } from '../../../tests/factories/database'
import { queryIn } from '../../../tests/factories/engines'
import { openMatchedHost, type MatchedHost } from '../../../tests/factories/matched-host'

const tables = [
  ...['matches', 'reactions', 'babies', 'mutual_connections', 'messages', 'notifications', 'match_facts'],
  ...['private.blocks'],
]

describe.each(await testEngines())('removing matches on %s', (engine) => {
  let host: MatchedHost
  let moderator: TestCaller
  let admin: TestCaller
  const owner = (text: string, values: unknown[] = []) =>
    host.database.asOwner((tx) => queryIn<Record<string, string>>(tx, text, values))
  /** Every row of every table that a removal touches, as text; scores without their numbers, which are new. */
  const everything = async () => {
    const rows = []
    for (const table of tables)
      rows.push(...(await owner(`select t::text as row from ${table} t order by 1`)))
    rows.push(
      ...(await owner(
        'select (match_id, score, weights, why, at)::text as row from match_scores order by 1',
      )),
    )
    return rows.map(({ row }) => row)
  }
  const matchOf = async (a: number, b: number) => {
    const faces = [host.people[a].face, host.people[b].face]
    const [row] = await owner(
      'select id from matches where face_a_id = any ($1::uuid[]) and face_b_id = any ($1::uuid[])',
      [faces],
    )
    return row?.['id']
  }
  const like = (person: number, match: string) =>
    owner(`insert into reactions (user_profile_id, match_id, reaction_type) values ($1, $2, 'like')`, [
      host.people[person].caller.id,
      match,
    ])

  beforeAll(async () => {
    host = await openMatchedHost(engine)
    moderator = await host.signUp('moderator')
    admin = await host.signUp('admin')
  })
  afterAll(() => host.close())

  /** Two who like each other, have written, have a baby, and whose connection one has blocked. */
  async function live(a: number, b: number): Promise<string> {
    const match = await matchOf(a, b)
    await owner(
      `insert into babies (match_id, generated_by_profile_id, image_url) values ($1, $2, 'baby.png')`,
      [match, host.people[a].caller.id],
    )
    await like(a, match)
    await like(b, match)
    for (const person of [a, b]) {
      await owner(
        `insert into messages (connection_id, sender_id, content, message_type)
         select id, $2, 'Hello, "you" — ½', 'icebreaker' from mutual_connections where match_id = $1`,
        [match, host.people[person].caller.id],
      )
    }
    await owner(`update mutual_connections set status = 'blocked', blocked_by = $2 where match_id = $1`, [
      match,
      host.people[b].caller.id,
    ])
    await owner(`update matches set similarity_score = similarity_score / 3 where id = $1`, [match])
    return match
  }

  test('an undo brings back every row as it was, to the microsecond', async () => {
    const match = await live(0, 1)
    const before = await everything()
    const { removal_ids, removed } = await moderator.client.matching.remove({
      ids: [match],
      reason: 'Two cousins.',
    })
    expect(removed).toBe(1)
    const left = await everything()
    expect(left.filter((row) => row.includes(match))).toEqual([])
    // A match, its facts, two scores, two likes, a baby, a connection, two messages; notifications: two and two.
    expect(before.length - left.length).toBe(14)

    const [removal] = (await moderator.client.matching.removals({ standing: true })).items
    expect(removal).toMatchObject({
      ...{ id: removal_ids[0], match_id: match, reason: 'Two cousins.', removed_by: moderator.id },
      ...{ restorable: true, undone_at: null, reactions: 2, connections: 1, messages: 2, babies: 1 },
      notifications: 4,
    })
    expect([removal.name_a, removal.name_b].toSorted()).toEqual(['Person 0', 'Person 1'])

    expect(await admin.client.matching.undoRemove({ removal_id: removal.id })).toEqual({
      ...{ restored: [match], lifted: [], remaining: 0 },
    })
    expect(await everything()).toEqual(before)
    const [undone] = (await moderator.client.matching.removals({})).items
    expect(undone).toMatchObject({ id: removal.id, restorable: false, undone_at: expect.any(Date) as Date })
    expect(
      (await owner('select snapshot from match_removals where id = $1', [removal.id]))[0]['snapshot'],
    ).toBeNull()
    expect(await admin.client.matching.undoRemove({ removal_id: removal.id })).toMatchObject({
      ...{ restored: [], lifted: [], remaining: 0 },
    })
    expect((await moderator.client.matching.history({ id: match })).removals).toMatchObject([
      { reason: 'Two cousins.', undone_at: expect.any(Date) as Date },
    ])
  })

  test('two who are taken apart are not found again, by any photo and by any client, until it is undone', async () => {
    const [a, b] = [host.people[2], host.people[3]]
    const match = await matchOf(2, 3)
    expect((await host.search(a.face)).found).toContain(b.face)
    const { batch_id } = await moderator.client.matching.remove({ ids: [match], reason: 'Siblings' })
    expect((await host.search(a.face)).found).not.toContain(b.face)
    expect((await host.search(b.face)).found).not.toContain(a.face)
    const second = await host.database.asService((tx) =>
      tx
        .insertInto('faces')
        .values({ profile_id: a.caller.id, image_path: 'second.jpg', ...host.columns() })
        .returning('id')
        .executeTakeFirstOrThrow(),
    )
    for (const face of [a.face, second.id]) {
      await owner('insert into matches (face_a_id, face_b_id, similarity_score) values ($1, $2, 0.9)', [
        face,
        b.face,
      ])
    }
    expect(await matchOf(2, 3)).toBeUndefined()
    expect(await owner('select id from matches where $1 in (face_a_id, face_b_id)', [second.id])).toEqual([])
    await owner('delete from faces where id = $1', [second.id])

    await moderator.client.matching.undoRemove({ batch_id })
    expect(await matchOf(2, 3)).toBe(match)
    expect(await host.search(a.face)).toMatchObject({ inserted: 0 })
    expect((await host.search(a.face)).found).toContain(b.face)
  })

  test.skipIf(engine === 'pglite')('nor by a search that waits for the removal to end', async () => {
    const match = await matchOf(0, 1)
    const [{ a, b }] = await owner('select face_a_id as a, face_b_id as b from matches where id = $1', [
      match,
    ])
    const claims = JSON.stringify({ sub: moderator.id, role: 'authenticated', aal: 'aal2' })
    let removing!: Promise<unknown>
    await new Promise<void>((resolve, reject) => {
      removing = host.database.asOwner(async (tx) => {
        await queryIn(tx, `select set_config('request.jwt.claims', $1, true)`, [claims])
        await queryIn(tx, `select private.remove_matches(array[$1::uuid], gen_random_uuid(), 'Cousins')`, [
          match,
        ])
        resolve()
        await queryIn(tx, 'select pg_sleep(1)')
      })
      removing.catch(reject)
    })
    await owner(
      `insert into matches (face_a_id, face_b_id, similarity_score) values ($1, $2, 0.9)
       on conflict (least(face_a_id, face_b_id), greatest(face_a_id, face_b_id))
         do update set similarity_score = excluded.similarity_score`,
      [a, b],
    )
    await removing
    expect(await matchOf(0, 1)).toBeUndefined()
    const [{ id }] = await owner('select id from match_removals where match_id = $1 and undone_at is null', [
      match,
    ])
    await moderator.client.matching.undoRemove({ removal_id: id })
    expect(await matchOf(0, 1)).toBe(match)
  })

  test('many at once, in several calls of one batch, are undone as one', async () => {
    const rows = await owner('select id from matches order by id')
    const ids = rows.map(({ id }) => id)
    const before = await everything()
    const batch_id = randomUUID()
    const remove = (some: string[]) =>
      moderator.client.matching.remove({ ids: some, batch_id, reason: 'A bad import' })
    expect(await remove(ids.slice(0, 2))).toMatchObject({ batch_id, removed: 2 })
    // Again with what is gone already: the rest is removed all the same.
    expect(await remove(ids)).toMatchObject({ removed: ids.length - 2 })
    await expect(
      admin.client.matching.remove({ ids: [randomUUID()], batch_id, reason: 'Not mine' }),
    ).rejects.toMatchObject({ code: 'CONFLICT' })
    expect((await moderator.client.matching.list({})).total).toBe(0)
    const { items } = await moderator.client.matching.removals({ batch_id, limit: 2 })
    expect(items).toHaveLength(2)
    const undone = await moderator.client.matching.undoRemove({ batch_id })
    expect(undone.restored.toSorted()).toEqual(ids)
    expect(await everything()).toEqual(before)
  })

  test('a photo that is erased takes the copy along; the undo then only lets the two meet again', async () => {
    const [a, b] = [host.people[4], host.people[5]]
    const match = await live(4, 5)
    const { removal_ids } = await moderator.client.matching.remove({ ids: [match], reason: 'To be erased' })
    await owner('delete from faces where id = $1', [a.face])
    const [kept] = await owner(
      'select snapshot, face_a_id, face_b_id from match_removals where match_id = $1',
      [match],
    )
    expect(kept['snapshot']).toBeNull()
    const fresh = await host.database.asService((tx) =>
      tx
        .insertInto('faces')
        .values({ profile_id: a.caller.id, image_path: 'new.jpg', ...host.columns() })
        .returning('id')
        .executeTakeFirstOrThrow(),
    )
    expect((await host.search(fresh.id)).found).not.toContain(b.face)
    expect((await moderator.client.matching.removals({ standing: true })).items[0]).toMatchObject({
      restorable: false,
    })
    expect(await moderator.client.matching.undoRemove({ removal_id: removal_ids[0] })).toMatchObject({
      ...{ restored: [], lifted: [match] },
    })
    // The block of before outlives it all.
    expect((await host.search(fresh.id)).found).not.toContain(b.face)
    await owner('delete from private.blocks')
    expect((await host.search(fresh.id)).found).toContain(b.face)
  })

  test('a person who is erased takes the whole record along', async () => {
    const [row] = await owner('select id, profile_a_id from match_removals limit 1')
    await host.database
      .asOwner(async (tx) => {
        await sql`delete from auth.users where id = ${row['profile_a_id']}::uuid`.execute(tx)
        const left = await queryIn(tx, 'select from match_removals where id = $1', [row['id']])
        expect(left).toEqual([])
        throw new Error('not for good')
      })
      .catch((error: unknown) => expect(error).toMatchObject({ message: 'not for good' }))
  })

  test('only moderators and admins, with a reason; the copy is shown to nobody', async () => {
    const [user, curator] = [host.people[0].caller, await host.signUp('curator')]
    const input = { ids: [await matchOf(0, 1)], reason: 'Not allowed' }
    for (const { client } of [user, curator]) {
      await expect(client.matching.remove(input)).rejects.toMatchObject({ code: 'FORBIDDEN' })
      await expect(client.matching.removals({})).rejects.toMatchObject({ code: 'FORBIDDEN' })
    }
    for (const reason of ['', '  x  ', 'y'.repeat(2001)]) {
      await expect(moderator.client.matching.remove({ ...input, reason })).rejects.toMatchObject({
        code: 'BAD_REQUEST',
      })
    }
    // The database's own function asks again.
    for (const [id, call] of [
      [
        curator.id,
        `private.remove_matches(array['${input.ids[0]}'::uuid], gen_random_uuid(), 'Not allowed')`,
      ],
      [curator.id, `private.undo_removal((select id from public.match_removals limit 1))`],
      [user.id, `private.recompute_matches(array['${input.ids[0]}'::uuid], false)`],
      [moderator.id, '(select snapshot from public.match_removals limit 1)'],
    ] as const) {
      const caller = {
        id,
        email: null,
        role: 'authenticated' as const,
        claims: { sub: id, role: 'authenticated' },
      }
      await expect(
        host.database.asUser(caller, (tx) => queryIn(tx, `select ${call}`)),
        call,
      ).rejects.toMatchObject({ code: '42501' })
    }
    await expect(moderator.client.matching.undoRemove({ removal_id: randomUUID() })).rejects.toMatchObject({
      code: 'NOT_FOUND',
    })
  })

  test('a connection by another match in the meantime keeps the removal standing', async () => {
    const match = await matchOf(0, 1)
    const { removal_ids } = await moderator.client.matching.remove({
      ids: [match],
      reason: 'To be met otherwise',
    })
    const other = await owner(
      `insert into mutual_connections (profile_a_id, profile_b_id, match_id)
       select $1, $2, id from matches limit 1 returning id`,
      [host.people[0].caller.id, host.people[1].caller.id],
    )
    await expect(moderator.client.matching.undoRemove({ removal_id: removal_ids[0] })).rejects.toMatchObject({
      code: 'CONFLICT',
    })
    await owner('delete from mutual_connections where id = $1', [other[0]['id']])
    expect(await moderator.client.matching.undoRemove({ removal_id: removal_ids[0] })).toMatchObject({
      restored: [match],
    })
  })
})
