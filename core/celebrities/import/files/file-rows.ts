import { sql } from 'kysely'
import type { Context } from '../../../access/context'
import { signPhotos, type PhotoUrls } from '../../../access/photo-urls'
import { detectedGenderSchema } from '../../../model/face'
import type { ImportFile } from '../../contract-import-schemas'
import type { StagedImages } from '../staging/staged-image'
import type { Staging, StagingTx } from '../staging/staging'

/** Files of an import as lists show them. */

export interface FileViewParts extends Pick<Context, 'images' | 'log'> {
  staging: Staging
  stagedImages: StagedImages
}

/** Milliseconds that photos of the gallery are waited for: without them a list is a list all the same. */
const galleryWait = 1500

export function selectFiles(tx: StagingTx, importId: string) {
  return tx
    .selectFrom('files as f')
    .innerJoin('imports as i', 'i.id', 'f.import_id')
    .leftJoin('people as p', 'p.id', 'f.person_id')
    .leftJoin('found_faces as face', (join) =>
      join
        .onRef('face.file_id', '=', 'f.id')
        .on('face.face_index', '=', sql<number>`coalesce(f.face_index, 0)`),
    )
    .where('f.import_id', '=', importId)
    .select(['f.id', 'f.path', 'f.name', 'f.name_original', 'f.person_id', 'f.state', 'f.face_index'])
    .select(['f.outcome', 'f.outcome_code', 'f.outcome_reason', 'f.outcome_reference', 'f.published_at'])
    .select(['p.name as person_name', 'face.quality_score', 'face.age'])
    .select(sql<string | null>`coalesce(f.reason, '')`.as('reason'))
    .select('f.reason_code')
    .select(sql<string | null>`coalesce(f.licence, i.default_licence)`.as('licence'))
    .select(sql<string | null>`coalesce(f.source, i.default_source)`.as('source'))
    .select(sql<string | null>`coalesce(f.category, i.default_category)`.as('category'))
    .select(sql<string | null>`coalesce(f.gender, i.default_gender, face.gender)`.as('gender'))
    .select(
      sql<number>`(select count(*)::int from files o where o.person_id = f.person_id)`.as('person_files'),
    )
    .select(sql<number>`(select count(*)::int from found_faces o where o.file_id = f.id)`.as('faces'))
}

export type FileRow = Awaited<ReturnType<ReturnType<typeof selectFiles>['execute']>>[number]

/** With what they were compared with, and addresses of their pictures. */
export async function viewFiles(
  parts: FileViewParts,
  importId: string,
  rows: readonly FileRow[],
): Promise<ImportFile[]> {
  const known = await parts.staging.transaction(async (tx) => ({
    files: await namesOfFiles(tx, rows),
    gallery: await galleryOf(tx, rows),
  }))
  const url = await withinReason(parts, [...known.gallery.values()])
  const thumbnail = (id: string | number) => parts.stagedImages.sign(importId, id, 'thumbnail')
  return rows.map((row) => ({
    ...viewRow(row),
    thumbnail_url: row.state === 'rejected' ? null : thumbnail(row.id),
    reference: viewReference(row, { ...known, url, thumbnail }),
  }))
}

function viewRow(row: FileRow) {
  const { path, name, name_original, person_name, state, outcome, faces, face_index, quality_score, age } =
    row
  return {
    ...{ id: Number(row.id), path, name, name_original, person_name, state, outcome, faces, face_index, age },
    person_id: row.person_id === null ? null : Number(row.person_id),
    person_files: row.person_id === null ? 0 : row.person_files,
    outcome_code: row.outcome_code ?? row.reason_code,
    outcome_reason: row.outcome_reason ?? (row.reason === '' ? null : row.reason),
    quality_score: quality_score ?? null,
    gender: detectedGenderSchema.nullable().catch(null).parse(row.gender),
    ...{ licence: row.licence, source: row.source, category: row.category },
    published_at: row.published_at,
  }
}

interface Known {
  files: ReadonlyMap<number, string | null>
  gallery: ReadonlyMap<string, GalleryName>
  url: PhotoUrls
  thumbnail: (id: number) => string
}

function viewReference(
  { outcome_reference: reference }: FileRow,
  { files, gallery, url, thumbnail }: Known,
): ImportFile['reference'] {
  if (!reference) return null
  const { file_id = null, celebrity_id = null, photo_id = null, cosine = null, bits_apart = null } = reference
  const photo = celebrity_id === null ? undefined : gallery.get(keyOf(celebrity_id, photo_id))
  return {
    ...{ file_id, celebrity_id, photo_id, cosine, bits_apart },
    name: photo?.name ?? (file_id === null ? null : (files.get(file_id) ?? null)),
    thumbnail_url:
      file_id === null ? url('celebrity-images', photo?.thumbnail_path ?? null) : thumbnail(file_id),
  }
}

async function namesOfFiles(tx: StagingTx, rows: readonly FileRow[]): Promise<Map<number, string | null>> {
  const ids = [...new Set(rows.flatMap(({ outcome_reference }) => outcome_reference?.file_id ?? []))]
  if (ids.length === 0) return new Map()
  const found = await tx
    .selectFrom('files as f')
    .leftJoin('people as p', 'p.id', 'f.person_id')
    .where(sql<boolean>`f.id = any (${ids}::bigint[])`)
    .select(['f.id', sql<string | null>`coalesce(f.name, p.name)`.as('name')])
    .execute()
  return new Map(found.map(({ id, name }) => [Number(id), name]))
}

interface GalleryName {
  name: string
  thumbnail_path: string | null
}

const keyOf = (celebrityId: string, photoId: string | null) => `${celebrityId} ${photoId ?? ''}`

async function galleryOf(tx: StagingTx, rows: readonly FileRow[]): Promise<Map<string, GalleryName>> {
  const ids = [...new Set(rows.flatMap(({ outcome_reference }) => outcome_reference?.celebrity_id ?? []))]
  if (ids.length === 0) return new Map()
  const found = await tx
    .selectFrom('gallery')
    .where('celebrity_id', 'in', ids)
    .select(['celebrity_id', 'photo_id', 'name', 'thumbnail_path'])
    .execute()
  return new Map(found.map((row) => [keyOf(row.celebrity_id, row.photo_id), row]))
}

/** Addresses of the gallery's photos; none where its Storage does not answer soon. */
async function withinReason(parts: FileViewParts, photos: readonly GalleryName[]): Promise<PhotoUrls> {
  const none: PhotoUrls = () => null
  if (photos.length === 0) return none
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<PhotoUrls>((resolve) => {
    timer = setTimeout(() => resolve(none), galleryWait)
  })
  const signed = signPhotos(parts, { 'celebrity-images': photos.map((photo) => photo.thumbnail_path) })
  return Promise.race([signed, late]).finally(() => clearTimeout(timer))
}
