import { randomUUID } from 'node:crypto'
import { traverseContractProcedures } from '@orpc/server'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openCallerHost, type CallerHost } from '../../tests/factories/callers'
import { testEngines } from '../../tests/factories/database'
import { insertImport } from '../../tests/factories/planned-files'
import { roles, type Role } from '../model/roles'
import { contract, type Client } from './contract'

// Who may call what, by one table, for every procedure that there is. Real: see openCallerHost.

/** `judge`: moderators and admins, not the curators between them. */
type Needed = 'anybody' | 'local' | 'judge' | Role

const id = randomUUID()
const email = 'new@example.edu'

/** The least that may call, with an input that is valid. `user` here means: signed in, for things of one's own. */
const table: Record<string, { needs: Needed; input?: unknown }> = {
  'overview.hello': { needs: 'anybody' },
  'overview.health': { needs: 'anybody' },
  'overview.get': { needs: 'moderator' },
  'overview.changes': { needs: 'moderator' },
  'accounts.me': { needs: 'user' },
  'accounts.createFirstAdmin': { needs: 'local', input: { name: 'N', email, password: 'long enough' } },
  'accounts.list': { needs: 'moderator', input: {} },
  'accounts.schools': { needs: 'moderator' },
  'accounts.get': { needs: 'moderator', input: { id } },
  'accounts.addFace': {
    needs: 'curator',
    input: { profile_id: id, image_path: `${id}/${randomUUID()}.jpg` },
  },
  'accounts.removeSecondFactors': { needs: 'admin', input: { id } },
  'accounts.removeFace': { needs: 'user', input: { face_id: id } },
  'celebrities.list': { needs: 'moderator', input: {} },
  'celebrities.categories': { needs: 'moderator' },
  'celebrities.get': { needs: 'moderator', input: { id } },
  'celebrities.add': { needs: 'curator', input: { name: 'C', image_path: `${randomUUID()}.jpg` } },
  'celebrities.remove': { needs: 'curator', input: { id } },
  'imports.list': { needs: 'curator' },
  'imports.get': { needs: 'curator', input: { id } },
  'imports.watch': { needs: 'curator', input: { id } },
  'imports.create': { needs: 'curator', input: {} },
  'imports.upload': { needs: 'curator', input: { id, path: 'a.jpg', offset: 0, piece: new Blob(['none']) } },
  'imports.uploaded': { needs: 'curator', input: { id } },
  'imports.pause': { needs: 'curator', input: { id } },
  'imports.resume': { needs: 'curator', input: { id } },
  'imports.discard': { needs: 'curator', input: { id } },
  'imports.update': { needs: 'curator', input: { id } },
  'imports.files': { needs: 'curator', input: { id } },
  'imports.file': { needs: 'curator', input: { id, file_id: 1 } },
  'imports.decide': { needs: 'curator', input: { id, decision: { kind: 'reject', file_ids: [1] } } },
  'imports.undoDecision': { needs: 'curator', input: { id } },
  'imports.redoDecision': { needs: 'curator', input: { id } },
  'imports.effects': { needs: 'curator', input: { id } },
  'imports.publish': { needs: 'curator', input: { id } },
  'imports.reopen': { needs: 'curator', input: { id } },
  'imports.undo': { needs: 'curator', input: { id } },
  'imports.published': { needs: 'curator' },
  'imports.kept': { needs: 'curator', input: { id } },
  'curation.photos': { needs: 'moderator', input: { id } },
  'curation.history': { needs: 'moderator', input: { id } },
  'curation.similar': { needs: 'moderator', input: { id } },
  'curation.coverage': { needs: 'moderator' },
  'curation.outliers': { needs: 'moderator', input: { kind: 'alike' } },
  'curation.compareAll': { needs: 'moderator' },
  'curation.facets': { needs: 'moderator' },
  'curation.exportCsv': { needs: 'moderator', input: { filter: {} } },
  'curation.trashed': { needs: 'moderator', input: {} },
  'curation.edit': { needs: 'curator', input: { selection: { ids: [id] }, edit: { category: 'Actor' } } },
  'curation.merge': { needs: 'curator', input: { id, others: [randomUUID()] } },
  'curation.distinguish': { needs: 'curator', input: { id, other: randomUUID() } },
  'curation.usePhoto': { needs: 'curator', input: { id, photo_id: id } },
  'curation.replacePhoto': { needs: 'curator', input: { id, image_path: `${randomUUID()}.jpg` } },
  'curation.removePhoto': { needs: 'curator', input: { id, photo_id: id } },
  'curation.reanalyze': { needs: 'curator', input: { ids: [id] } },
  'curation.trash': { needs: 'curator', input: { selection: { ids: [id] } } },
  'curation.purge': { needs: 'curator', input: { change_ids: [1] } },
  'curation.undo': { needs: 'curator', input: { group_id: id } },
  'curation.lastChange': { needs: 'curator' },
  'curation.redo': { needs: 'curator', input: { group_id: id } },
  'curation.lastUndone': { needs: 'curator' },
  'jobs.list': { needs: 'moderator', input: {} },
  'jobs.counts': { needs: 'moderator' },
  'jobs.retry': { needs: 'curator', input: { id, kind: 'face' } },
  'jobs.retryFailed': { needs: 'curator' },
  'jobs.now': { needs: 'moderator' },
  'jobs.changes': { needs: 'moderator' },
  'jobs.series': { needs: 'moderator', input: { minutes: 60 } },
  'jobs.alarms': { needs: 'moderator' },
  'jobs.workers': { needs: 'moderator' },
  'jobs.instruct': { needs: 'curator', input: { worker_id: 'w', instruction: 'pause' } },
  'jobs.forgetWorker': { needs: 'admin', input: { worker_id: 'w' } },
  'jobs.machine': { needs: 'moderator' },
  'jobs.setMachine': { needs: 'curator', input: { cpu_share: 0.5 } },
  'jobs.failures': { needs: 'moderator' },
  'jobs.get': { needs: 'moderator', input: { id, kind: 'face' } },
  'jobs.planBulk': { needs: 'curator', input: { action: 'cancel', selection: { all: {} } } },
  'jobs.runBulk': { needs: 'curator', input: { id } },
  'jobs.stopBulk': { needs: 'curator', input: { id } },
  'jobs.undoBulk': { needs: 'curator', input: { id } },
  'jobs.bulk': { needs: 'moderator', input: { id } },
  'jobs.bulkProgress': { needs: 'moderator', input: { id } },
  'jobs.bulks': { needs: 'moderator' },
  'matching.list': { needs: 'moderator', input: {} },
  'matching.get': { needs: 'moderator', input: { id } },
  'matching.getLookalike': { needs: 'moderator', input: { id } },
  'matching.count': { needs: 'moderator', input: {} },
  'matching.ids': { needs: 'moderator', input: {} },
  'matching.models': { needs: 'moderator' },
  'matching.standing': { needs: 'moderator', input: { id } },
  'matching.history': { needs: 'moderator', input: { id } },
  'matching.nearest': { needs: 'moderator', input: { face_id: id } },
  'matching.searchByPhoto': { needs: 'moderator', input: { photo: new Blob(['none']) } },
  'matching.recompute': { needs: 'moderator', input: { ids: [id] } },
  'matching.remove': { needs: 'judge', input: { ids: [id], reason: 'a test' } },
  'matching.undoRemove': { needs: 'judge', input: { removal_id: id } },
  'matching.removals': { needs: 'judge', input: {} },
  'matching.feed': { needs: 'user', input: {} },
  'matching.like': { needs: 'user', input: { id, on: true } },
  'matching.markViewed': { needs: 'user', input: { ids: [id] } },
  'matching.ofFace': { needs: 'user', input: { face_id: id } },
  'models.packs': { needs: 'moderator' },
  'models.progress': { needs: 'moderator' },
  'models.failures': { needs: 'moderator', input: {} },
  'models.install': { needs: 'admin', input: { pack: 'starter' } },
  'models.plan': { needs: 'admin', input: { pack: 'starter' } },
  'models.start': { needs: 'admin', input: { pack: 'starter', basis: 'none' } },
  'models.pause': { needs: 'admin' },
  'models.resume': { needs: 'admin' },
  'models.cancel': { needs: 'admin' },
  'models.retryFailed': { needs: 'admin' },
  'models.acceptFailed': { needs: 'admin' },
  'settings.list': { needs: 'moderator' },
  'settings.set': {
    needs: 'admin',
    input: { key: 'match_limit', value: 20, expected_updated_at: new Date(0) },
  },
  'samples.status': { needs: 'moderator' },
  'samples.load': { needs: 'admin' },
  'samples.cancel': { needs: 'admin' },
  'samples.remove': { needs: 'admin' },
  'servers.current': { needs: 'admin' },
  'servers.test': { needs: 'admin', input: {} },
  'servers.save': { needs: 'admin', input: {} },
  'servers.forget': { needs: 'admin' },
  'servers.restore': { needs: 'admin' },
}

test('the table names every procedure', () => {
  const paths: string[] = []
  traverseContractProcedures({ router: contract, path: [] }, ({ path }) => paths.push(path.join('.')))
  expect(paths.toSorted()).toEqual(Object.keys(table).toSorted())
})

/** Their answers go on until somebody ends them. */
const answersByIterator = [
  'overview.changes',
  'servers.test',
  'jobs.changes',
  'jobs.bulkProgress',
  'imports.watch',
  'curation.compareAll',
]

async function codeOf(client: Client, path: string): Promise<string> {
  const [room, name] = path.split('.') as [string, string]
  const rooms = client as unknown as Record<string, Record<string, (input: unknown) => Promise<unknown>>>
  try {
    const answer = await rooms[room][name](table[path].input)
    if (answersByIterator.includes(path)) await (answer as AsyncIterator<unknown>).return?.()
    return 'OK'
  } catch (error) {
    return (error as { code: string }).code
  }
}

describe.each(await testEngines())('access on %s', (engine) => {
  let host: CallerHost
  const clients = {} as Record<Role, Client>

  beforeAll(async () => {
    host = await openCallerHost(engine)
    for (const role of roles) clients[role] = (await host.signUp(role)).client
  })
  afterAll(() => host.close())

  test.each(Object.entries(table))('%s', async (path, { needs }) => {
    const anonymous = await codeOf(host.clientFor(null), path)
    if (needs === 'anybody') expect(anonymous).toBe('OK')
    else expect(anonymous).toBe(needs === 'local' ? 'FORBIDDEN' : 'UNAUTHORIZED')
    for (const role of ['user', 'moderator', 'curator'] as const) {
      const code = await codeOf(clients[role], path)
      const isAllowed =
        needs === 'judge'
          ? role === 'moderator'
          : needs === 'anybody' || (needs !== 'local' && roles.indexOf(role) >= roles.indexOf(needs))
      if (isAllowed) expect(code, role).not.toMatch(/UNAUTHORIZED|FORBIDDEN|INTERNAL/)
      else expect(code, role).toBe('FORBIDDEN')
    }
    // An admin may do all; these are harmless here, since they are asked of nobody who is there.
    if (/^(celebrities|curation)\./.test(path))
      expect(await codeOf(clients.admin, path)).not.toMatch(/UNAUTHORIZED|FORBIDDEN|INTERNAL/)
  })

  test('a refusal says who may', async () => {
    await expect(clients.user.overview.get()).rejects.toMatchObject({
      status: 403,
      message: 'Only staff may do this; your role is user.',
    })
    await expect(clients.moderator.jobs.retryFailed()).rejects.toMatchObject({
      message: 'Only a curator or an admin may do this; your role is moderator.',
    })
    await expect(clients.curator.samples.load()).rejects.toMatchObject({
      message: 'Only an admin may do this; your role is curator.',
    })
  })

  test('only calls from this very machine name a folder of it', async () => {
    const { token } = await host.signUp('admin')
    const input = { path: '/nowhere' }
    const there = host.clientFor(`Bearer ${token}`)
    await expect(there.imports.create(input)).rejects.toMatchObject({ code: 'FORBIDDEN' })
    const here = host.clientFor(`Bearer ${token}`, { local: true })
    await expect(here.imports.create(input)).rejects.toMatchObject({ code: 'BAD_REQUEST' })
  })

  test('only calls from this very machine are told where the photos of an import lie on it', async () => {
    const { token } = await host.signUp('curator')
    const made = await insertImport(host.context.imports.staging)
    const pathsFor = async (local: boolean) => {
      const { imports } = host.clientFor(`Bearer ${token}`, { local })
      const watched = await imports.watch({ id: made })
      const first = await watched.next()
      if (first.done) throw new Error('The import is not there.')
      await watched.return?.()
      const all = [
        ...(await imports.list()),
        await imports.get({ id: made }),
        first.value,
        await imports.update({ id: made, defaults: { licence: 'CC0' } }),
      ]
      return all.filter((one) => one.id === made).map((one) => one.source_path)
    }
    expect(await pathsFor(true)).toEqual(['/made', '/made', '/made', '/made'])
    expect(await pathsFor(false)).toEqual([null, null, null, null])
  }, 180_000)

  test.each([
    ['no token', null],
    ['no scheme', 'something'],
    ['another scheme', 'Basic YTpi'],
    ['a token that is none', 'Bearer something'],
    ['two tokens', 'Bearer a b'],
  ])('%s is no sign-in', async (_, authorization) => {
    await expect(host.clientFor(authorization).accounts.me()).rejects.toMatchObject({
      code: 'UNAUTHORIZED',
      status: 401,
    })
  })

  test('strangers are refused before what they sent is looked at', async () => {
    const input = { id: 'no uuid' } as never
    await expect(host.clientFor(null).accounts.get(input)).rejects.toMatchObject({ code: 'UNAUTHORIZED' })
    await expect(clients.moderator.accounts.get(input)).rejects.toMatchObject({
      code: 'BAD_REQUEST',
      status: 400,
      message: expect.stringMatching(/^id: /) as string,
    })
  })

  test('a role that was taken away is gone with the next call', async () => {
    const staff = await host.signUp('moderator')
    await staff.client.jobs.counts()
    await host.database.asService((tx) =>
      tx.updateTable('profiles').set({ role: 'user' }).where('id', '=', staff.id).execute(),
    )
    await expect(staff.client.jobs.counts()).rejects.toMatchObject({ code: 'FORBIDDEN' })
  })

  test('a ban takes a staff role away before the token expires', async () => {
    const suspended = await host.signUp('admin')
    await suspended.client.samples.status()
    await host.database.asOwner((tx) =>
      sql`update auth.users set banned_until = now() + interval '1 day' where id = ${suspended.id}`.execute(
        tx,
      ),
    )
    await expect(suspended.client.samples.status()).rejects.toMatchObject({ code: 'FORBIDDEN' })
    await expect(suspended.client.samples.cancel()).rejects.toMatchObject({ code: 'FORBIDDEN' })
  })

  test('an account that was removed is no longer signed in', async () => {
    const gone = await host.signUp('admin')
    await host.users.remove(gone.id)
    await expect(gone.client.accounts.me()).rejects.toMatchObject({ code: 'UNAUTHORIZED' })
  })
})
