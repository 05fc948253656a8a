import { sql } from 'kysely'
import { SemblanceError } from '../../../model/errors'
import { faceAttributesSchema } from '../../../model/face'
import type { ImportFileDetail } from '../../contract-import-schemas'
import { selectFiles, viewFiles, type FileViewParts } from './file-rows'
import { percentilesOf } from '../gallery/percentiles'
import type { StagingTx } from '../staging/staging'

const mostSiblings = 100

/** A file with its faces, its place in the gallery, its siblings and what was decided of it. @throws SemblanceError NOT_FOUND */
export async function describeFile(
  parts: FileViewParts,
  importId: string,
  fileId: number,
): Promise<ImportFileDetail> {
  const found = await parts.staging.transaction(async (tx) => {
    const row = await selectFiles(tx, importId)
      .where('f.id', '=', String(fileId))
      .select(['f.bio', 'f.bytes', 'f.width', 'f.height', 'f.image_hash'])
      .executeTakeFirst()
    if (!row) throw new SemblanceError('NOT_FOUND', 'This file is no longer in the import.')
    return {
      row,
      faces: await facesOf(tx, fileId),
      siblings: await siblingsOf(tx, importId, row),
      decisions: await decisionsOf(tx, importId, fileId),
    }
  })
  const { row, faces } = found
  const [file, ...siblings] = await viewFiles(parts, importId, [row, ...found.siblings])
  const chosen = faces.find(({ face_index }) => face_index === (row.face_index ?? 0))
  return {
    ...file,
    ...{ bio: row.bio, width: row.width, height: row.height, image_hash: row.image_hash },
    bytes: row.bytes === null ? null : Number(row.bytes),
    image_url: row.state === 'rejected' ? null : parts.stagedImages.sign(importId, fileId, 'view'),
    found_faces: faces,
    percentiles: chosen ? await percentilesOf(parts.staging, chosen) : {},
    siblings,
    decisions: found.decisions,
  }
}

/** With how each is like the person: the other photos' faces that are meant, and those that the gallery has of them. */
async function facesOf(tx: StagingTx, fileId: number): Promise<ImportFileDetail['found_faces']> {
  const rows = await tx
    .with('known', (db) =>
      db
        .selectFrom('files as f')
        .innerJoin('files as o', (join) =>
          join.onRef('o.person_id', '=', 'f.person_id').onRef('o.id', '<>', 'f.id'),
        )
        .innerJoin('found_faces as face', (join) =>
          join
            .onRef('face.file_id', '=', 'o.id')
            .on('face.face_index', '=', sql<number>`coalesce(o.face_index, 0)`),
        )
        .where('f.id', '=', String(fileId))
        .whereRef('o.embedding_model', '=', 'f.embedding_model')
        .where('o.outcome', 'not in', ['duplicate', 'rejected'])
        .where(sql<boolean>`coalesce(o.outcome_code, '') not in ('one_name_two_faces', 'several_faces')`)
        .select('face.embedding')
        .unionAll(
          db
            .selectFrom('files as f')
            .leftJoin('people as p', 'p.id', 'f.person_id')
            .innerJoin('gallery as g', (join) =>
              join
                .on(
                  sql<boolean>`g.celebrity_id = coalesce(p.celebrity_id, (f.outcome_reference ->> 'celebrity_id')::uuid)`,
                )
                .onRef('g.embedding_model', '=', 'f.embedding_model'),
            )
            .where('f.id', '=', String(fileId))
            .where('g.embedding', 'is not', null)
            .select(sql<string>`g.embedding`.as('embedding')),
        ),
    )
    .with('mean', (db) => db.selectFrom('known').select(sql<string | null>`avg(embedding)`.as('embedding')))
    .selectFrom('found_faces as face')
    .innerJoin('mean', (join) => join.onTrue())
    .where('face.file_id', '=', String(fileId))
    .select(['face.face_index', 'face.attributes', 'face.box', 'face.detection_score'])
    .select(
      sql<number | null>`1 - (face.embedding operator(extensions.<=>) mean.embedding)`.as('cosine_to_person'),
    )
    .orderBy('face.face_index')
    .execute()
  return rows.map(({ attributes, box, ...row }) => ({
    ...readAttributes(attributes),
    ...row,
    box: box ?? { x: 0, y: 0, width: 0, height: 0 },
  }))
}

/** What does not fit our schema counts as not known. */
function readAttributes(value: unknown) {
  const given = typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
  const entries = Object.entries(faceAttributesSchema.shape).map(([name, schema]) => [
    name,
    schema.safeParse(given[name]).data ?? null,
  ])
  return Object.fromEntries(entries) as ReturnType<typeof faceAttributesSchema.parse>
}

function siblingsOf(tx: StagingTx, importId: string, row: { id: string; person_id: string | null }) {
  if (row.person_id === null) return []
  return selectFiles(tx, importId)
    .where('f.person_id', '=', row.person_id)
    .where('f.id', '<>', row.id)
    .orderBy(sql`face.quality_score desc nulls last`)
    .orderBy('f.path')
    .limit(mostSiblings)
    .execute()
}

async function decisionsOf(
  tx: StagingTx,
  importId: string,
  fileId: number,
): Promise<ImportFileDetail['decisions']> {
  const rows = await tx
    .selectFrom('decisions')
    .select(['id', 'kind', 'decided_at', 'undone_at'])
    .where('import_id', '=', importId)
    .where(sql<boolean>`detail -> 'file_ids' @> ${String(fileId)}::jsonb`)
    .orderBy('id')
    .execute()
  return rows.map((row) => ({ ...row, id: Number(row.id) }))
}
