import { sql } from 'kysely'
import { attributeColumns, readAttributes, readBox } from '../../access/attributes'
import { viewOf, type PhotoUrls } from '../../access/photo-urls'
import { celebrityGone } from '../catalogue'
import type { CelebrityPhoto } from '../contract-curation'
import type { Tx } from './changes'

type Stored = Pick<
  CelebrityPhoto,
  | 'id'
  | 'is_current'
  | 'image_hash'
  | 'embedding_model'
  | 'licence'
  | 'source'
  | 'import_id'
  | 'created_at'
  | 'cosine'
> & {
  celebrity_id: string
  image_path: string
  thumbnail_path: string | null
  view_path: string | null
  quality_score: number | null
  /** The columns that an analysis writes. */
  analysis: Record<string, unknown>
}
export type PhotoRow = Stored

const own = sql`p.id, p.celebrity_id, false as is_current, p.image_hash, p.embedding_model, p.licence, p.source,
  p.import_id, p.created_at, p.image_path, p.thumbnail_path, p.view_path, p.quality_score, p.analysis`

/** The cosine of a further photo `p` to the current one of `c`. */
const cosine = sql<number | null>`case when p.embedding_model is not distinct from c.embedding_model then
  1 - (p.embedding operator(extensions.<=>) c.embedding) end`

/** Further photos by id, without addresses. */
export async function photosById(tx: Tx, ids: readonly string[]): Promise<Map<string, PhotoRow>> {
  const { rows } = await sql<PhotoRow>`
    select ${own}, ${cosine} as cosine
    from public.celebrity_photos as p
    join public.celebrities as c on c.id = p.celebrity_id
    where p.id = any (${ids}::uuid[])`.execute(tx)
  return new Map(rows.map((row) => [row.id, row]))
}

/**
 * All photos of a celebrity: the current one, then the others, the best first.
 * @throws SemblanceError NOT_FOUND
 */
export async function photosOfCelebrity(tx: Tx, id: string): Promise<PhotoRow[]> {
  const analysis = attributeColumns.map((name) => sql`${sql.lit(name)}, ${sql.ref(`c.${name}`)}`)
  const { rows: current } = await sql<PhotoRow>`
    select c.id, c.id as celebrity_id, true as is_current, c.image_hash, c.embedding_model, c.licence, c.source,
      c.import_id, c.created_at, c.image_path, c.thumbnail_path, c.view_path, c.quality_score, null as cosine,
      jsonb_build_object(${sql.join(analysis)}, 'image_width', c.image_width, 'image_height', c.image_height,
        'detection_box', c.detection_box) as analysis
    from public.celebrities as c where c.id = ${id}::uuid`.execute(tx)
  if (current.length === 0) throw celebrityGone()
  const { rows: others } = await sql<PhotoRow>`
    select ${own}, ${cosine} as cosine
    from public.celebrity_photos as p
    join public.celebrities as c on c.id = p.celebrity_id
    where p.celebrity_id = ${id}::uuid
    order by p.quality_score desc nulls last, p.created_at, p.id`.execute(tx)
  return [...current, ...others]
}

export function viewPhoto(row: PhotoRow, url: PhotoUrls): CelebrityPhoto {
  const { id, is_current, image_hash, embedding_model, licence, source, import_id, created_at, cosine } = row
  const { analysis } = row
  const known = Object.fromEntries(attributeColumns.map((name) => [name, analysis[name] ?? null]))
  return {
    ...readAttributes({
      ...(known as Record<(typeof attributeColumns)[number], unknown>),
      quality_score: row.quality_score,
    }),
    ...{ id, is_current, image_hash, embedding_model, licence, source, import_id, created_at, cosine },
    image_url: url('celebrity-images', viewOf(row)),
    thumbnail_url: url('celebrity-images', row.thumbnail_path ?? row.image_path),
    image_width: wholeNumber(analysis['image_width']),
    image_height: wholeNumber(analysis['image_height']),
    detection_box: readBox(analysis['detection_box'] ?? null),
  }
}

function wholeNumber(value: unknown): number | null {
  return typeof value === 'number' && Number.isInteger(value) ? value : null
}
