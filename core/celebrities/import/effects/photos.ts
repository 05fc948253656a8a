import { sql } from 'kysely'
import type { ScoredFace } from '../../../matching/factors'
import { loadFaces } from '../plan/load-files'
import type { Staging } from '../staging/staging'

/** A photo that somebody would be known by, once it is published. */
export interface NewPhoto {
  fileId: number
  name: string
  /** Whose photo it takes the place of. */
  celebrityId: string | null
  model: string | null
  face: ScoredFace & { embedding: Float32Array }
}

/** What the plan makes of an import, but for photos that are only kept beside. */
export async function loadNewPhotos(staging: Staging, importId: string): Promise<NewPhoto[]> {
  const rows = await staging.transaction((tx) =>
    tx
      .selectFrom('files as f')
      .innerJoin('people as p', 'p.id', 'f.person_id')
      .innerJoin('found_faces as face', (join) =>
        join
          .onRef('face.file_id', '=', 'f.id')
          .on('face.face_index', '=', sql<number>`coalesce(f.face_index, 0)`),
      )
      .where('f.import_id', '=', importId)
      .where('f.outcome', 'in', ['new_celebrity', 'replaces_photo'])
      .where('f.published_at', 'is', null)
      .select(['f.id', 'f.outcome', 'f.embedding_model', 'f.face_index', 'p.name', 'p.celebrity_id'])
      .select(['face.age'])
      .select([
        sql<Record<string, unknown> | null>`face.attributes -> 'geometry_ratios'`.as('geometry_ratios'),
        sql<number[] | null>`face.attributes -> 'skin_tone_lab'`.as('skin_tone_lab'),
        sql<number | null>`(face.attributes ->> 'symmetry_score')::float8`.as('symmetry_score'),
        sql<string | null>`face.attributes ->> 'expression'`.as('expression'),
      ])
      .orderBy('f.id')
      .execute(),
  )
  const faces = await loadFaces(
    staging,
    rows.map(({ id }) => Number(id)),
  )
  return rows.flatMap((row) => {
    const index = row.face_index ?? 0
    const embedding = faces.get(Number(row.id))?.find((face) => face.index === index)?.embedding
    if (!embedding) return []
    const { age, geometry_ratios, skin_tone_lab, symmetry_score, expression, name } = row
    return [
      {
        ...{ fileId: Number(row.id), name, model: row.embedding_model },
        celebrityId: row.outcome === 'replaces_photo' ? row.celebrity_id : null,
        face: { embedding, age, geometry_ratios, skin_tone_lab, symmetry_score, expression },
      },
    ]
  })
}
