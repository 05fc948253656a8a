import { createHash, randomUUID } from 'node:crypto'
import type { SqlDatabase } from '../factories/engines'
import { permissions, type Actor, type Permissions } from './permissions'

export const people = ['ada', 'bob', 'eve', 'moderator', 'curator', 'admin', 'sam'] as const
export type Person = (typeof people)[number]

/** Who stands for whom: Ada and Bob are matched and connected, Eve is a stranger to everybody, Sam is suspended. */
export const actorOf: Record<Person, Actor> = {
  ...{ ada: 'person', bob: 'person', eve: 'person', sam: 'suspended' },
  ...{ moderator: 'moderator', curator: 'curator', admin: 'admin' },
}

const pairs: readonly (readonly [Person, Person])[] = [
  ['ada', 'bob'],
  ['sam', 'curator'],
  ['moderator', 'admin'],
]

/** A row, whose it is, and who may change it as their own where that is somebody less. */
export interface Row {
  key: string
  owners: Person[]
  updaters?: Person[]
}

export interface Fixture {
  ids: Record<Person, string>
  rows: Record<string, Row[]>
  /** A second photo of each person, for a change of the default. */
  secondFaces: Record<Person, string>
  /** What an insert writes that makes a row somebody's own, or somebody else's. Null where there can be no such row. */
  newRow: (relation: string, actor: Person, owner: 'self' | 'other') => Record<string, unknown> | null
}

/** The line of a relation; a bucket has one of its own. */
export function lineOf(relation: string): Permissions | undefined {
  return permissions[relation] ?? permissions[`${relation.split('.')[0]}.*`]
}

/** Rows in every table, for everybody. */
export async function fillForPermissions({ query }: SqlDatabase): Promise<Fixture> {
  const rows: Fixture['rows'] = Object.fromEntries(Object.keys(permissions).map((name) => [name, []]))
  const ids = Object.fromEntries(people.map((person) => [person, randomUUID()])) as Record<Person, string>
  const [faces, secondFaces] = [{}, {}] as [Record<Person, string>, Record<Person, string>]
  const insert = async (relation: string, row: Record<string, unknown>, owners: Person[] = []) => {
    const names = Object.keys(row)
    const [{ id }] = await query<{ id: string }>(
      `insert into ${relation} (${names.join()}) values (${names.map((_, i) => `$${i + 1}`).join()})
       returning ${relation === 'public.system_settings' ? 'key' : 'id'} as id`,
      Object.values(row),
    )
    const line = relation === 'storage.objects' ? `${relation}: ${String(row['bucket_id'])}` : relation
    if (relation !== 'auth.users') rows[line].push({ key: id, owners })
    return id
  }

  const celebrity = await insert('public.celebrities', { name: 'Star', image_path: 'star.jpg' })
  for (const person of people) {
    const id = ids[person]
    await insert('auth.users', { id, email: `${person}@school.edu` })
    rows['public.profiles'].push({ key: id, owners: [person] })
    const role = actorOf[person] === 'person' || person === 'sam' ? 'user' : person
    await query('update profiles set role = $2 where id = $1', [id, role])
    for (const [place, into] of [faces, secondFaces].entries()) {
      const image_path = `${id}/${place}.jpg`
      into[person] = await insert('public.faces', { profile_id: id, image_path }, [person])
      await insert('storage.objects', { bucket_id: 'faces', name: image_path }, [person])
    }
    await insert(
      'public.celebrity_matches',
      { face_id: faces[person], celebrity_id: celebrity, similarity_score: 0.5 },
      [person],
    )
  }
  await insert('storage.objects', { bucket_id: 'celebrity-images', name: 'star.jpg' })
  const shared = await connect(insert, { ids, faces })
  for (const [index, message] of rows['public.messages'].entries()) message.updaters = [pairs[index][1]]
  rows['private.feed'] = rows['public.matches'].filter(({ owners }) => !owners.includes('sam'))
  await listTheRest(query, rows, ids)
  await query(`update auth.users set banned_until = now() + interval '1 day' where id = $1`, [ids.sam])
  return { ids, rows, secondFaces, newRow: newRows({ ids, faces, celebrity, ...shared }) }
}

type Insert = (relation: string, row: Record<string, unknown>, owners?: Person[]) => Promise<string>

/** A match with all that may hang on it, for each pair. */
async function connect(
  insert: Insert,
  { ids, faces }: { ids: Record<Person, string>; faces: Record<Person, string> },
) {
  const [matches, connections] = [new Map<Person, string>(), new Map<Person, string>()]
  for (const [a, b] of pairs) {
    const both = [a, b]
    const match = await insert(
      'public.matches',
      { face_a_id: faces[a], face_b_id: faces[b], similarity_score: 0.5 },
      both,
    )
    await insert('public.babies', { match_id: match, generated_by_profile_id: ids[a], image_url: 'x' }, both)
    for (const person of both) {
      matches.set(person, match)
      await insert(
        'public.reactions',
        { user_profile_id: ids[person], match_id: match, reaction_type: 'viewed' },
        [person],
      )
    }
    const connection = await insert(
      'public.mutual_connections',
      { profile_a_id: ids[a], profile_b_id: ids[b], match_id: match },
      both,
    )
    for (const person of both) connections.set(person, connection)
    await insert('public.messages', { connection_id: connection, sender_id: ids[a], content: 'hello' }, both)
  }
  return { matches, connections }
}

/** Rows that the database made by itself. */
async function listTheRest(
  query: SqlDatabase['query'],
  rows: Fixture['rows'],
  ids: Record<Person, string>,
): Promise<void> {
  const personOf = (id: string | null) => people.filter((person) => ids[person] === id)
  const list = async (relation: string, text: string) => {
    for (const { key, owner } of await query<{ key: string; owner: string | null }>(text)) {
      rows[relation].push({ key, owners: personOf(owner) })
    }
  }
  await list('public.match_facts', 'select id as key, null as owner from match_facts')
  await list('public.match_scores', 'select id as key, null as owner from match_scores')
  await query(
    `insert into match_removals (batch_id, match_id, profile_a_id, profile_b_id, similarity_score, reason)
     select gen_random_uuid(), gen_random_uuid(), $1, $2, 0.5, 'a reason'`,
    [ids.eve, ids.sam],
  )
  await list('public.match_removals', 'select id as key, null as owner from match_removals')
  await list('public.match_jobs', 'select id as key, user_id as owner from match_jobs')
  await list('public.celebrity_jobs', 'select id as key, null as owner from celebrity_jobs')
  await query(`insert into workers (id, host_name, version, state) values ('worker', 'host', '1', 'stopped')`)
  await list('public.workers', 'select id as key, null as owner from workers')
  await query(`insert into job_attempts (match_job_id, attempt, started_at, outcome)
    select id, 1, now(), 'failed' from match_jobs limit 1`)
  await list('public.job_attempts', 'select id as key, null as owner from job_attempts')
  await query(`insert into job_checkpoints (match_job_id, image_path, image_hash, embedding_model, analysis)
    select id, 'photo.jpg', 'hash', 'model', '{}' from match_jobs limit 1`)
  await list('public.job_checkpoints', 'select id as key, null as owner from job_checkpoints')
  await query(`insert into active_model (pack, embedding_model) values ('pack', 'pack/sha/a1')`)
  await list('public.active_model', 'select id::text as key, null as owner from active_model')
  await query(`insert into model_switches (to_pack, to_model) values ('other', 'other/sha/a1')`)
  await list('public.model_switches', 'select id as key, null as owner from model_switches')
  await query(`insert into embedding_jobs (switch_id, celebrity_id)
    select s.id, c.id from model_switches s cross join celebrities c`)
  await query(`insert into staged_analyses (switch_id, celebrity_id, image_path, embedding, analysis)
    select s.id, c.id, c.image_path, array_fill(1::real, array[512])::extensions.vector, '{}'
    from model_switches s cross join celebrities c`)
  await list('public.staged_analyses', 'select id as key, null as owner from staged_analyses')
  await query(`insert into job_bulks (id, action, selection, created_by, created_at)
    select md5('bulk ' || id)::uuid, 'cancel', '{}', id, now() - interval '31 days'
    from profiles where profile_type = 'user'`)
  await list('public.job_bulks', 'select id as key, created_by as owner from job_bulks')
  await query(`insert into job_bulk_items (bulk_id, kind, job_id, seen)
    select id, 'face', id, '' from job_bulks limit 1`)
  await list('public.job_bulk_items', 'select id as key, null as owner from job_bulk_items')
  await addCuration(query, list)
  await list('public.embedding_jobs', 'select id as key, null as owner from embedding_jobs')
  await list('public.jobs', 'select id as key, owner_id as owner from jobs')
  await list('private.staff_jobs', 'select id as key, null as owner from jobs')
  await list('public.notifications', 'select id as key, user_id as owner from notifications')
  await list('public.system_settings', 'select key, null as owner from system_settings')
  await list('storage.buckets', 'select id as key, null as owner from storage.buckets')
}

const least = '00000000-0000-4000-8000-000000000001'

/** What curators leave of three celebrities. */
async function addCuration(
  query: SqlDatabase['query'],
  list: (relation: string, text: string) => Promise<void>,
): Promise<void> {
  await query(`insert into celebrities (id, name, image_path) values
    ('${least}', 'Third', 'third.jpg'), ('ffffffff-ffff-4fff-bfff-ffffffffffff', 'Other', 'other.jpg')`)
  await query(
    `delete from celebrity_jobs j using celebrities c where c.id = j.celebrity_id and c.name <> 'Star'`,
  )
  await query(`insert into celebrity_distinctions (celebrity_a_id, celebrity_b_id)
    select id, 'ffffffff-ffff-4fff-bfff-ffffffffffff' from celebrities where name = 'Star'`)
  await query(`insert into celebrity_imports (id, name) select gen_random_uuid(), 'An import'`)
  await query(`insert into celebrity_import_items (import_id, item, outcome, celebrity_id, image_hash)
    select i.id, 7, 'new_celebrity', c.id, 'hash' from celebrity_imports i join celebrities c on c.name = 'Star'`)
  await query(`insert into celebrity_photos (celebrity_id, image_path, analysis) select id, 'more.jpg', '{}' from celebrities
    where name = 'Star'`)
  await query(`insert into celebrity_changes (group_id, celebrity_id, kind) select gen_random_uuid(), id, 'edit'
    from celebrities where name = 'Star'`)
  await list('public.celebrities', `select id as key, null as owner from celebrities where name <> 'Star'`)
  await list('public.celebrity_facts', 'select id as key, null as owner from celebrity_facts')
  await list('public.celebrity_imports', 'select id as key, null as owner from celebrity_imports')
  await list('public.celebrity_import_items', 'select item as key, null as owner from celebrity_import_items')
  await list('public.celebrity_photos', 'select id as key, null as owner from celebrity_photos')
  await list('public.celebrity_changes', 'select id as key, null as owner from celebrity_changes')
  await list(
    'public.celebrity_distinctions',
    'select celebrity_a_id as key, null as owner from celebrity_distinctions',
  )
}

/** PostgreSQL's md5('bulk ' || id)::uuid. */
const bulkOf = (id: string) => createHash('md5').update(`bulk ${id}`).digest('hex')

interface Things {
  ids: Record<Person, string>
  faces: Record<Person, string>
  celebrity: string
  matches: Map<Person, string>
  connections: Map<Person, string>
}

function newRows({ ids, faces, celebrity, matches, connections }: Things): Fixture['newRow'] {
  return (relation, actor, owner) => {
    const self = owner === 'self'
    // Somebody who shares nothing with the actor.
    const other: Person = actor === 'ada' || actor === 'bob' ? 'moderator' : 'ada'
    const whose = self ? actor : other
    const id = ids[whose]
    const [match, connection] = [matches.get(whose), connections.get(whose)]
    const file = { bucket_id: relation.split(': ')[1], name: `${id}/new.jpg` }
    const builders: Record<string, Record<string, unknown> | null> = {
      'public.profiles': { id, profile_type: 'user', name: 'New' },
      'public.faces': { profile_id: id, image_path: `${id}/new.jpg` },
      'public.matches': { face_a_id: faces[whose], face_b_id: faces.eve, similarity_score: 0.5 },
      'public.match_facts': match ? { id: match, similarity_score: 0.5, created_at: new Date() } : null,
      'public.match_scores': match ? { match_id: match, score: 0.5, why: 'found' } : null,
      'public.match_removals': {
        batch_id: id,
        match_id: id,
        profile_a_id: id,
        profile_b_id: id,
        reason: 'why',
      },
      'public.celebrities': { name: 'New', image_path: 'new.jpg' },
      'public.celebrity_facts': { id: celebrity, name_key: 'x', search_text: 'x', created_at: new Date() },
      'public.celebrity_matches': { face_id: faces[whose], celebrity_id: celebrity, similarity_score: 0.5 },
      'public.reactions': match ? { user_profile_id: id, match_id: match, reaction_type: 'probe' } : null,
      'public.babies': match ? { match_id: match, generated_by_profile_id: id, image_url: 'x' } : null,
      'public.match_jobs': { face_id: faces[whose], user_id: id },
      'public.celebrity_jobs': { celebrity_id: celebrity },
      'public.workers': { id: 'new', host_name: 'new', version: '1' },
      'public.job_attempts': { attempt: 1, started_at: new Date(), outcome: 'failed' },
      'public.job_checkpoints': { image_path: 'x', image_hash: 'x', embedding_model: 'x', analysis: '{}' },
      'public.active_model': { pack: 'x', embedding_model: 'x' },
      'public.model_switches': { to_pack: 'x', to_model: 'x' },
      'public.embedding_jobs': { celebrity_id: celebrity },
      'public.staged_analyses': { celebrity_id: celebrity, image_path: 'x', analysis: '{}' },
      'public.job_bulks': { action: 'cancel', selection: '{}', created_by: id },
      'public.job_bulk_items': { bulk_id: bulkOf(id), kind: 'face', job_id: id, seen: '' },
      'public.celebrity_imports': { id, name: 'New' },
      'public.celebrity_import_items': { item: 1, outcome: 'new_celebrity', image_hash: 'x' },
      'public.celebrity_photos': { celebrity_id: celebrity, image_path: 'new.jpg', analysis: '{}' },
      'public.celebrity_changes': { group_id: id, celebrity_id: celebrity, kind: 'edit', changed_by: id },
      'public.celebrity_distinctions': { celebrity_a_id: least, celebrity_b_id: celebrity, decided_by: id },
      'private.staff_jobs': { kind: 'face' },
      'public.notifications': { user_id: id, type: 'new_message', title: 'New' },
      'public.mutual_connections': match
        ? { profile_a_id: id, profile_b_id: ids.eve, match_id: match }
        : null,
      'public.messages': connection ? { connection_id: connection, sender_id: id, content: 'probe' } : null,
      'public.system_settings': { key: 'probe', value: '1' },
      'public.jobs': { kind: 'face' },
      'private.feed': { name: 'New' },
      'storage.objects: faces': file,
      'storage.objects: celebrity-images': file,
      'storage.buckets': { id: 'new', name: 'new' },
    }
    if (!(relation in builders))
      throw new Error(`Say in permissions-fixture.ts what to insert into ${relation}.`)
    return builders[relation]
  }
}
