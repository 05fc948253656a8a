import { sql, type Transaction } from 'kysely'
import type { Database } from '../../../database/connect'
import type { Tables } from '../../../database/tables'
import type { Staging, StagingTx } from '../staging/staging'

/**
 * The staging area's copy of the gallery: so that duplicates are found where there is no network. Only what is another
 * than last time travels.
 */

export interface GalleryRefresh {
  /** Photos that are new, or another than last time. */
  copied: number
  /** Photos that are no longer in the gallery. */
  removed: number
}

type Kind = 'celebrities' | 'photos'
interface Seen {
  kind: Kind
  id: string
  seen: string
}

const rowsAtOnce = 200
const idsAtOnce = 5000

/**
 * Makes the copy what the shared gallery is. It is one gallery's: of another database nothing is kept. Where it breaks
 * off, what was copied stays, and the next call goes on.
 * @param database read as the host itself; the caller's role was checked before
 */
export async function refreshGallery(
  staging: Staging,
  database: Pick<Database, 'asService' | 'location'>,
): Promise<GalleryRefresh> {
  const beganAt = await forgetOtherProject(staging, database.location)
  const known = await knownPhotos(staging)
  let copied = 0
  const there = new Set<string>()
  for (const kind of ['celebrities', 'photos'] as const) {
    for await (const page of listShared(database, kind)) {
      for (const one of page) there.add(nameOf(one))
      const wanted = page.filter((one) => known.get(nameOf(one)) !== one.seen).map(({ id }) => id)
      for (let from = 0; from < wanted.length; from += rowsAtOnce) {
        copied += await copy(staging, database, { kind, ids: wanted.slice(from, from + rowsAtOnce) })
      }
    }
  }
  const gone = [...known.keys()].filter((name) => !there.has(name))
  await staging.transaction(async (tx) => {
    await removePhotos(tx, gone)
    if (copied + gone.length > 0) await planAnew(tx)
    await tx
      .updateTable('gallery_state')
      // What came to be since may be missing in it.
      .set({ refreshed_at: sql`${beganAt}::timestamptz` as never })
      .execute()
  })
  return { copied, removed: gone.length }
}

/**
 * Imports under review are held against another gallery now.
 * @param onlyPlanned those alone whose plan counts as new: the others are planned anew as it is
 */
async function planAnew(tx: StagingTx, { onlyPlanned = false } = {}): Promise<void> {
  await tx
    .updateTable('imports')
    .set({ revision: sql`revision + 1` })
    .where('state', '=', 'review')
    .$if(onlyPlanned, (query) => query.whereRef('planned_revision', '=', 'revision'))
    .execute()
}

const nameOf = ({ kind, id }: Pick<Seen, 'kind' | 'id'>) => `${kind} ${id}`

/** Gives the moment at which it was done, by the clock of the staging area. */
function forgetOtherProject(staging: Staging, project: string): Promise<string> {
  return staging.transaction(async (tx) => {
    const state = await tx.selectFrom('gallery_state').select('project').executeTakeFirst()
    if (state?.project !== project) {
      await tx.deleteFrom('gallery').execute()
      await tx.deleteFrom('gallery_state').execute()
      await tx.insertInto('gallery_state').values({ project }).execute()
    }
    const { rows } = await sql<{ at: string }>`select now()::text as at`.execute(tx)
    return rows[0].at
  })
}

/** When each was seen to change last. A further photo is known by its own id. */
async function knownPhotos(staging: Staging): Promise<Map<string, string>> {
  const rows = await staging.transaction((tx) =>
    tx.selectFrom('gallery').select(['celebrity_id', 'photo_id', 'seen']).execute(),
  )
  return new Map(
    rows.map(({ celebrity_id, photo_id, seen }) => [
      photo_id === null ? `celebrities ${celebrity_id}` : `photos ${photo_id}`,
      seen,
    ]),
  )
}

/** Ids and times of change, in pages. */
async function* listShared(database: Pick<Database, 'asService'>, kind: Kind): AsyncGenerator<Seen[]> {
  for (let last: string | null = null; ;) {
    const from: string | null = last
    const page: Seen[] = await database.asService((tx) => selectSeen(tx, kind, from))
    if (page.length > 0) yield page
    if (page.length < idsAtOnce) return
    last = page[page.length - 1].id
  }
}

async function selectSeen(tx: Transaction<Tables>, kind: Kind, after: string | null): Promise<Seen[]> {
  const { rows } = await sql<Seen>`
    select ${kind}::text as kind, id, ${seenOf(kind)} as seen
    from ${kind === 'celebrities' ? sql`public.celebrities c` : sql`public.celebrity_photos p`}
    where ${after}::uuid is null or id > ${after}::uuid
    order by id
    limit ${idsAtOnce}`.execute(tx)
  return rows
}

/** A further photo never changes, but for whose it is and the model that its face was read with. */
const seenOf = (kind: Kind) =>
  kind === 'celebrities'
    ? sql<string>`c.updated_at::text`
    : sql<string>`concat_ws(' ', p.created_at, p.celebrity_id, p.embedding_model,
        (select owner.name from public.celebrities owner where owner.id = p.celebrity_id))`

interface SharedPhoto {
  celebrity_id: string
  photo_id: string | null
  name: string
  image_hash: string | null
  perceptual_hash: string | null
  quality_score: number | null
  quality_components: unknown
  embedding: string | null
  embedding_model: string | null
  thumbnail_path: string | null
  gender: string | null
  age: number | null
  seen: string
}

async function copy(
  staging: Staging,
  database: Pick<Database, 'asService'>,
  { kind, ids }: { kind: Kind; ids: readonly string[] },
): Promise<number> {
  const photos = await database.asService((tx) =>
    kind === 'celebrities' ? selectCelebrities(tx, ids) : selectPhotos(tx, ids),
  )
  await staging.transaction(async (tx) => {
    await removePhotos(
      tx,
      ids.map((id) => nameOf({ kind, id })),
    )
    // At once: the rest may never come, and then nobody knows that something came.
    await planAnew(tx, { onlyPlanned: true })
    if (photos.length === 0) return
    await sql`
      insert into gallery (celebrity_id, photo_id, name, image_hash, perceptual_hash, quality_score, quality_components,
        embedding, embedding_model, thumbnail_path, gender, age, seen)
      select r.celebrity_id, r.photo_id, r.name, r.image_hash, r.perceptual_hash::bit(64), r.quality_score,
        r.quality_components, r.embedding::extensions.vector, r.embedding_model, r.thumbnail_path, r.gender, r.age, r.seen
      from jsonb_to_recordset(${JSON.stringify(photos)}::jsonb) as r (
        celebrity_id uuid, photo_id uuid, name text, image_hash text, perceptual_hash text, quality_score real,
        quality_components jsonb, embedding text, embedding_model text, thumbnail_path text, gender text, age integer,
        seen text
      )`.execute(tx)
  })
  return photos.length
}

async function selectCelebrities(tx: Transaction<Tables>, ids: readonly string[]): Promise<SharedPhoto[]> {
  const { rows } = await sql<SharedPhoto>`
    select c.id as celebrity_id, null::uuid as photo_id, c.name, c.image_hash, c.perceptual_hash::text, c.quality_score,
      c.quality_components, c.embedding::text, c.embedding_model, coalesce(c.thumbnail_path, c.image_path) as thumbnail_path,
      c.gender, c.age, ${seenOf('celebrities')} as seen
    from public.celebrities c
    where c.id = any (${[...ids]}::uuid[])`.execute(tx)
  return rows
}

async function selectPhotos(tx: Transaction<Tables>, ids: readonly string[]): Promise<SharedPhoto[]> {
  const { rows } = await sql<SharedPhoto>`
    select p.celebrity_id, p.id as photo_id, c.name, p.image_hash, p.perceptual_hash::text, p.quality_score,
      p.analysis -> 'quality_components' as quality_components, p.embedding::text, p.embedding_model,
      coalesce(p.thumbnail_path, p.image_path) as thumbnail_path, c.gender, (p.analysis ->> 'age')::integer as age,
      ${seenOf('photos')} as seen
    from public.celebrity_photos p
    join public.celebrities c on c.id = p.celebrity_id
    where p.id = any (${[...ids]}::uuid[])`.execute(tx)
  return rows
}

async function removePhotos(tx: StagingTx, names: readonly string[]): Promise<void> {
  const idsOf = (kind: Kind) =>
    names.flatMap((name) => (name.startsWith(kind) ? [name.slice(kind.length + 1)] : []))
  await sql`
    delete from gallery
    where (photo_id is null and celebrity_id = any (${idsOf('celebrities')}::uuid[]))
      or photo_id = any (${idsOf('photos')}::uuid[])`.execute(tx)
}
