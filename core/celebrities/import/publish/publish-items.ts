import { sql } from 'kysely'
import type { Box, DetectedGender, FaceAttributes } from '../../../model/face'
import { celebrityIdOf, imagePathOf, photoIdOf } from './item-ids'
import type { Staging, StagingTx } from '../staging/staging'
import type { Locator } from '../staging/staging-tables'

export type PublishedOutcome = 'new_celebrity' | 'further_photo' | 'replaces_photo'

/** A file as the plan wants it published, with all that the staging area knows of it. */
export interface PublishItem {
  id: string
  path: string
  locator: Locator
  outcome: PublishedOutcome
  image_hash: string
  perceptual_hash: string | null
  width: number
  height: number
  embedding_model: string
  faces: number
  face_index: number
  attributes: FaceAttributes
  box: Box
  embedding: string
  name: string | null
  name_original: string | null
  bio: string | null
  category: string | null
  gender: DetectedGender | null
  licence: string | null
  source: string | null
  /** When the celebrity had been changed last as the plan saw them; null where this import makes them. */
  seen: string | null
  /** Celebrities of this name whom the plan knew. */
  known_names: string[]
  /** Whom the photo goes to; null where that is somebody whom nothing was published of. */
  celebrity_id: string | null
  /** The id among further photos; null for a new celebrity's own. */
  photo_id: string | null
  image_path: string
}

/** One that lacks nothing. */
export type WholeItem = PublishItem & { celebrity_id: string; name: string; licence: string; source: string }

export const isWhole = (item: PublishItem): item is WholeItem => lackOf(item) === null

/** Why a file can't be published, for a person; null where it can. A plan holds such files: its own rules stand above it. */
export function lackOf({ name, licence, source, celebrity_id }: PublishItem): string | null {
  if (!name) return 'It has no name.'
  if (!licence) return 'It has no licence.'
  if (!source) return 'It has no source.'
  return celebrity_id === null ? 'The photo that they would be known by was not published.' : null
}

type Row = Omit<PublishItem, 'celebrity_id' | 'photo_id' | 'image_path'> & {
  person_celebrity: string | null
  lead: string | null
  lead_celebrity: string | null
}

/** First those that celebrities are known by, then what is kept beside. */
export const rounds = [['new_celebrity', 'replaces_photo'], ['further_photo']] as const

/**
 * The next files of a round that are not published, in order. What they go by of the gallery is what the plan saw of it:
 * the copy may be a newer one by now.
 * @param after the last one's id
 */
export async function nextItems(
  staging: Staging,
  importId: string,
  { round, after, limit }: { round: readonly PublishedOutcome[]; after: string; limit: number },
): Promise<PublishItem[]> {
  const rows = await staging.transaction((tx) => selectItems(tx, importId, { round, after, limit }))
  return rows.map(({ person_celebrity, lead, lead_celebrity, ...row }) => {
    const isNew = row.outcome === 'new_celebrity'
    const made = lead_celebrity ?? (lead === null ? null : celebrityIdOf(importId, lead))
    return {
      ...row,
      celebrity_id: isNew ? celebrityIdOf(importId, row.id) : (person_celebrity ?? made),
      photo_id: isNew ? null : photoIdOf(importId, row.id),
      image_path: imagePathOf(importId, row.id, row.path),
    }
  })
}

async function selectItems(
  tx: StagingTx,
  importId: string,
  { round, after, limit }: { round: readonly string[]; after: string; limit: number },
): Promise<Row[]> {
  const { rows } = await sql<Row>`
    select f.id::text as id, f.path, f.locator, f.outcome, f.image_hash, f.perceptual_hash::text as perceptual_hash, f.width,
      f.height, f.embedding_model, face.face_index, face.attributes, face.box, face.embedding::text as embedding,
      (select count(*)::int from found_faces as all_faces where all_faces.file_id = f.id) as faces,
      p.name, coalesce(f.name_original, p.name_original) as name_original, f.bio,
      coalesce(f.category, i.default_category) as category, coalesce(f.gender, i.default_gender) as gender,
      coalesce(f.licence, i.default_licence) as licence, coalesce(f.source, i.default_source) as source,
      p.celebrity_id as person_celebrity, lead.id::text as lead, lead.published_celebrity as lead_celebrity,
      case when p.celebrity_id is not null then coalesce(
        case when f.outcome_reference ->> 'celebrity_id' = p.celebrity_id::text
          and f.outcome_reference ->> 'photo_id' is null then f.outcome_reference ->> 'seen' end,
        (
          select g.seen from gallery as g
          where g.celebrity_id = p.celebrity_id and g.photo_id is null and g.copied_at <= i.planned_at
        )
      ) end as seen,
      array(
        select g.celebrity_id from gallery as g
        where g.photo_id is null and lower(g.name) = lower(p.name) and g.copied_at <= i.planned_at
      ) as known_names
    from files as f
    join imports as i on i.id = f.import_id
    join found_faces as face on face.file_id = f.id and face.face_index = coalesce(f.face_index, 0)
    left join people as p on p.id = f.person_id
    left join lateral (
      select other.id, other.published_celebrity from files as other
      where other.import_id = f.import_id and other.person_id = f.person_id
        and (other.published_celebrity is not null or other.outcome = 'new_celebrity')
      order by other.published_at is not null, other.published_at desc, other.outcome <> 'new_celebrity', other.id
      limit 1
    ) as lead on true
    where f.import_id = ${importId}::uuid and f.outcome = any (${[...round]}::text[]) and f.published_at is null
      and f.id > ${after}::bigint
    order by f.id
    limit ${limit}`.execute(tx)
  return rows
}

/** The spaces that the embeddings of what is to be published live in. */
export async function modelsToPublish(staging: Staging, importId: string): Promise<string[]> {
  const rows = await staging.transaction((tx) =>
    tx
      .selectFrom('files')
      .select('embedding_model')
      .distinct()
      .where('import_id', '=', importId)
      .where('outcome', 'in', rounds.flat())
      .where('published_at', 'is', null)
      .execute(),
  )
  return rows.flatMap(({ embedding_model }) => embedding_model ?? [])
}

/** What became of a file: published, or why it was not. */
export interface ItemResult {
  id: string
  celebrity: string | null
  changed: string | null
}

/** Writes down in the staging area what became of files of an import. */
export async function noteResults(
  staging: Staging,
  importId: string,
  results: readonly ItemResult[],
): Promise<void> {
  if (results.length === 0) return
  await staging.transaction(async (tx) => {
    if (results.some(({ changed }) => changed !== null))
      await tx.updateTable('imports').set({ held_back: true }).where('id', '=', importId).execute()
    await sql`
      update files set published_at = now(), published_celebrity = done.celebrity, changed_reason = null
      from unnest(${results.map(({ id }) => id)}::bigint[], ${results.map(({ celebrity }) => celebrity)}::uuid[])
        as done (id, celebrity)
      where files.id = done.id and done.celebrity is not null and files.published_at is null`.execute(tx)
    await sql`
      update files set outcome = 'needs_person', outcome_code = 'changed_underneath', outcome_reason = held.reason,
        changed_reason = held.reason
      from unnest(${results.map(({ id }) => id)}::bigint[], ${results.map(({ changed }) => changed)}::text[])
        as held (id, reason)
      where files.id = held.id and held.reason is not null and files.published_at is null`.execute(tx)
  })
}
