import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { engines, queryIn } from '../../../../tests/factories/engines'
import { openPublishHost, type PublishHost } from '../../../../tests/factories/publish-host'
import { matchCelebrityToFaces } from '../../../matching/rows/write'
import { keptOf, listPublished } from './published'
import { undoImport } from './undo-import'

// Real: both engines, Storage over HTTP, the staging area, files on the disk. Invented: photos and their faces.

describe.each(engines)('undoing an import on %s', { timeout: 120_000 }, (engine) => {
  let room: PublishHost
  beforeAll(async () => {
    room = await openPublishHost(engine)
  }, 240_000)
  afterEach(() => room.clear())
  afterAll(() => room?.close())

  test('is undone exactly, also after lookalikes were searched', async () => {
    await room.query(`update celebrity_matches set similarity_score = similarity_score * 0.9`)
    const before = await room.dump()
    const { id } = await room.mixed()
    await room.publish(id)
    for (const star of await room.query<{ id: string }>('select id from celebrities')) {
      await room.host.database.asService((tx) => matchCelebrityToFaces(tx, star.id))
    }
    const between = await room.dump()
    expect(between['celebrity_matches']).not.toEqual(before['celebrity_matches'])
    expect(between['match_scores']).not.toEqual(before['match_scores'])
    expect(await undoImport(room.host, id, room.curator.id)).toEqual({ undone: 6, kept: 0 })
    expect(await withoutLookalikesOf(await room.dump(), ['Star 1'])).toEqual(
      await withoutLookalikesOf(before, ['Star 1']),
    )
    expect(await undoImport(room.host, id, room.curator.id)).toEqual({ undone: 6, kept: 0 })
    await expect(room.publish(id)).rejects.toThrow('This import was undone.')
    const marks = await room.query(
      `select count(*)::int as n from celebrity_changes where group_id = $1 and undone_by = $2`,
      [id, room.curator.id],
    )
    expect(marks).toEqual([{ n: 6 }])
  })

  test('what tables gain after a row was kept has its default once the row comes back', async () => {
    const tables = ['celebrities', 'celebrity_photos', 'celebrity_jobs', 'celebrity_matches', 'match_scores']
    const alter = (change: string, of: string[]) =>
      room.query(`do $$ begin ${of.map((table) => `alter table ${table} ${change};`).join(' ')} end $$`)
    const before = await room.dump()
    const { id } = await room.mixed()
    await alter('add column later integer not null default 7', tables.slice(0, 2))
    try {
      await room.publish(id)
      await alter('add column later integer not null default 7', tables.slice(2))
      expect(await undoImport(room.host, id, room.curator.id)).toEqual({ undone: 6, kept: 0 })
    } finally {
      await alter('drop column if exists later', tables)
    }
    expect(await room.dump()).toEqual(before)
  })

  /** Star 1 was searched for by the test itself, which is nothing of the import's. */
  async function withoutLookalikesOf(state: Record<string, string[]>, names: string[]) {
    const ids = await room.query<{ id: string }>('select id from celebrities where name = any ($1)', [names])
    const own = (row: string) => ids.some(({ id }) => row.includes(id))
    return {
      ...state,
      celebrity_matches: state['celebrity_matches']?.filter((row) => !own(row)),
      match_scores: [],
    }
  }

  test('an undo leaves what somebody changed since, and names it; a later one tries again', async () => {
    const two = await room.starOf('Star 2')
    const { id } = await room.plan({
      people: [
        { name: 'Edited' },
        { name: 'Merged' },
        { name: 'Fuller' },
        { name: 'Plain' },
        { name: 'Star 2', celebrityId: two.id },
      ],
      photos: [
        { person: 0, outcome: 'new_celebrity' },
        { person: 1, outcome: 'new_celebrity' },
        { person: 2, outcome: 'new_celebrity' },
        { person: 3, outcome: 'new_celebrity' },
        { person: 4, outcome: 'replaces_photo', seen: two.seen },
      ],
    })
    await room.publish(id)
    await room.query(`update celebrities set bio = 'Known for more' where name = 'Edited'`)
    await room.query(`insert into celebrity_changes (group_id, celebrity_id, kind)
      select gen_random_uuid(), id, 'merge' from celebrities where name = 'Merged'`)
    await room.query(`delete from celebrities where name = 'Merged'`)
    await room.query(`insert into celebrity_photos (celebrity_id, image_path, analysis)
      select id, 'more.jpg', '{}' from celebrities where name = 'Fuller'`)
    // What is said of the person is nothing of the photo's.
    await room.query(`update celebrities set bio = 'A star' where id = $1`, [two.id])
    expect(await undoImport(room.host, id, room.curator.id)).toEqual({ undone: 2, kept: 3 })
    const kept = await room.host.database.asService((tx) => keptOf(tx, id))
    expect(kept.map(({ name, reason, place }) => [name, reason, place])).toEqual([
      ['Edited', 'Changed since: bio.', 'gallery'],
      ['Fuller', 'They have another photo since.', 'gallery'],
      ['Merged', 'They were merged into another celebrity since.', null],
    ])
    expect(await room.starOf('Star 2')).toMatchObject({ image_path: two.image_path })
    const words = await room.query(`select bio from celebrities where id = $1`, [two.id])
    expect(words).toEqual([{ bio: 'A star' }])
    await room.query(`update celebrities set bio = null where name in ('Edited', 'Star 2')`)
    expect(await undoImport(room.host, id, room.curator.id)).toEqual({ undone: 3, kept: 2 })
    await room.query(`delete from celebrities where name = 'Fuller'`)
  })

  test('who is deleted for good since is neither counted nor listed', async () => {
    const { id } = await room.plan({
      people: [{ name: 'Here' }, { name: 'Trashed' }, { name: 'Purged' }],
      photos: [
        { person: 0, outcome: 'new_celebrity' },
        { person: 0, outcome: 'further_photo' },
        { person: 1, outcome: 'new_celebrity' },
        { person: 1, outcome: 'further_photo' },
        { person: 2, outcome: 'new_celebrity' },
        { person: 2, outcome: 'further_photo' },
      ],
    })
    await room.publish(id)
    const published = async () =>
      (await room.host.database.asService(listPublished)).find((one) => one.id === id)
    expect(await published()).toMatchObject({ celebrities: 3, photos: 6, undone: 0, kept: 0 })
    await room.query(`update celebrities set bio = 'Known for more' where name = 'Here'`)
    await room.query(`insert into celebrity_changes (group_id, celebrity_id, kind, after)
      select gen_random_uuid(), id, 'trash', jsonb_build_object('name', name)
      from celebrities where name in ('Trashed', 'Purged')`)
    await room.query(`update celebrity_changes set purged_at = now() where kind = 'trash'
      and celebrity_id = (select id from celebrities where name = 'Purged')`)
    await room.query(`delete from celebrities where name in ('Trashed', 'Purged')`)
    expect(await published()).toMatchObject({ celebrities: 1, photos: 2 })
    const { kept } = await undoImport(room.host, id, room.curator.id)
    const left = await room.host.database.asService((tx) => keptOf(tx, id))
    expect(left.map(({ name, reason, photos, place }) => [name, reason, photos, place])).toEqual([
      ['Here', 'Changed since: bio.', 1, 'gallery'],
      ['Trashed', 'They were put into the trash since.', 2, 'trash'],
    ])
    expect(kept).toBe(3)
    expect(await published()).toMatchObject({ celebrities: 1, photos: 1, undone: 1, kept: 3 })
    await room.query(`delete from celebrities where name = 'Here'`)
  })

  test('who was analysed since looks for lookalikes anew', async () => {
    const { id } = await room.plan({
      people: [{ name: 'Ann' }],
      photos: [{ person: 0, outcome: 'new_celebrity' }],
    })
    await room.publish(id)
    const [person] = room.host.people
    if (!person) throw new Error('nobody')
    await room.query('update faces set analyzed_at = now() where id = $1', [person.face])
    await room.query(`update match_jobs set status = 'completed'`)
    await room.host.database.asService(async (tx) => {
      const [ann] = await tx.selectFrom('celebrities').select('id').where('name', '=', 'Ann').execute()
      await matchCelebrityToFaces(tx, ann?.id ?? '')
    })
    await undoImport(room.host, id, room.curator.id)
    const jobs = await room.query(
      `select face_id, job_type, start_stage from match_jobs where status = 'pending'`,
    )
    expect(jobs).toEqual([{ face_id: person.face, job_type: 'celebrity_match', start_stage: 'search' }])
    await room.query(`delete from match_jobs where start_stage = 'search'`)
  })

  test.each(['moderator', 'user', null] as const)('%s may neither publish nor undo', async (role) => {
    const { id } = await room.plan({
      people: [{ name: 'Ann' }],
      photos: [{ person: 0, outcome: 'new_celebrity' }],
    })
    const before = await room.dump()
    const other = role === null ? null : await room.host.signUp(role)
    const claims = { role: role === null ? 'anon' : 'authenticated', ...(other ? { sub: other.id } : {}) }
    const calls = [
      `select private.begin_import('${id}', 'x', 'x')`,
      `select private.claim_import_items('${id}', '[]')`,
      `select private.publish_import_item('${id}', 1, '{}', null, '{}')`,
      `select private.drop_import_item('${id}', 1)`,
      `select private.end_import('${id}')`,
      `select private.begin_import_undo('${id}')`,
      `select private.undo_import_items('${id}', 1)`,
      `select private.forget_import_files('${id}', '{1}')`,
      `select private.end_import_undo('${id}')`,
      `select private.undo_import_item(null, false)`,
      `select private.set_columns('${id}', '{}')`,
    ]
    for (const text of calls) {
      const asked = other
        ? room.host.database.asUser({ id: other.id, email: null, role: 'authenticated', claims }, (tx) =>
            queryIn(tx, text),
          )
        : room.host.database.asAnonymous((tx) => queryIn(tx, text))
      await expect(asked, text).rejects.toMatchObject({ code: '42501' })
    }
    if (other) {
      await expect(room.publish(id, { by: other.id })).rejects.toMatchObject({ code: 'FORBIDDEN' })
      await expect(undoImport(room.host, id, other.id)).rejects.toMatchObject({ code: 'FORBIDDEN' })
    }
    const after = await room.dump()
    expect({ ...after, profiles: [] }).toEqual({ ...before, profiles: [] })
  })
})
