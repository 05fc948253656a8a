import { toVectorText } from '../core/database/tables'
import { geometryScales } from '../core/matching/factors'
import { embeddingLength, geometryRatioNames } from '../core/model/face'
import { normal, seeded } from '../tests/factories/random'
import type { Sql } from './database-queries'

const schools = 100
const clusters = 2_000
const batchRows = 1_000
const expressions = [
  ...['neutral', 'neutral', 'neutral', 'neutral', 'happy', 'happy', 'happy', 'sad', 'surprise', 'angry'],
]

/**
 * Makes people with one analysed face each, the same in every run: embeddings around 2,000 centres, so that two of one
 * cluster have a cosine of about .17; attributes as they are spread among students; a hundred schools. `fill(n)` brings
 * the database to n of them and has the planner look at it.
 */
export function createPopulation(query: Sql): { fill: (people: number) => Promise<void> } {
  const random = seeded(5)
  const centres = Array.from({ length: clusters }, () =>
    Float32Array.from({ length: embeddingLength }, () => normal(random)),
  )
  let made = 0
  return {
    async fill(people) {
      while (made < people) {
        const rows = Array.from({ length: Math.min(batchRows, people - made) }, (_, i) =>
          inventedFace(random, centres, made + i),
        )
        await insert(query, rows)
        made += rows.length
      }
      await query('vacuum analyze public.faces')
      await query('vacuum analyze public.profiles')
    },
  }
}

type Row = ReturnType<typeof inventedFace>

function inventedFace(random: () => number, centres: readonly Float32Array[], number: number) {
  const centre = centres[Math.floor(random() * centres.length)]
  const elements = Float32Array.from(centre, (element) => 0.45 * element + normal(random))
  const norm = Math.hypot(...elements)
  return {
    number,
    embedding: toVectorText(
      Array.from(elements, (element) => (element / norm).toFixed(5) as unknown as number),
    ),
    school: `School ${Math.floor(random() * schools)}`,
    gender: random() < 0.5 ? 'male' : 'female',
    age: Math.round(normal(random, 24, 6)),
    quality: 0.6 + 0.4 * random(),
    symmetry: Math.min(1, normal(random, 0.85, 0.06)),
    tone: [normal(random, 58, 12), normal(random, 12, 4), normal(random, 16, 5)].map((part) =>
      Math.min(100, Math.max(0, part)),
    ),
    expression: expressions[Math.floor(random() * expressions.length)],
    geometry: Object.fromEntries(
      geometryRatioNames.map((name, i) => [name, normal(random, 0.5, 1 / geometryScales[i])]),
    ),
  }
}

/** Without triggers, which would queue a job for each; what they derive is written in their place. */
async function insert(query: Sql, rows: readonly Row[]): Promise<void> {
  const people = JSON.stringify(rows.map(({ embedding: _, ...row }) => row))
  const embeddings = rows.map(({ embedding }) => embedding)
  await query('begin; set local session_replication_role = replica')
  await query(
    `insert into public.profiles (id, profile_type, name, gender, school, default_face_id)
     select ${idOf('person')}, 'user', 'Person ' || number, p.gender, p.school, ${idOf('face')}
     from jsonb_to_recordset($1::jsonb) as p(number integer, gender text, school text)`,
    [people],
  )
  await query(
    `insert into public.faces (
       id, profile_id, image_path, embedding, embedding_norm, embedding_signs, embedding_model, age,
       quality_score, geometry_ratios, geometry, symmetry_score, skin_tone_lab, skin_tone, expression,
       owner_school, owner_gender, is_default
     )
     select ${idOf('face')}, ${idOf('person')}, 'photo.jpg', v.embedding, extensions.vector_norm(v.embedding),
       extensions.binary_quantize(v.embedding), 'bench/1', p.age, p.quality, p.geometry,
       private.geometry_vector(p.geometry), p.symmetry, p.tone, private.skin_tone_vector(p.tone), p.expression,
       p.school, p.gender, true
     from rows from (
       jsonb_to_recordset($1::jsonb) as (
         number integer, gender text, school text, age integer, quality float8, symmetry float8, tone float8[],
         expression text, geometry jsonb
       ),
       unnest($2::extensions.vector[])
     ) as p(number, gender, school, age, quality, symmetry, tone, expression, geometry, embedding)
     cross join lateral (select p.embedding) as v(embedding)`,
    [people, embeddings],
  )
  await query('commit')
}

/** A UUID of a number, the same in every run. */
function idOf(kind: string): string {
  return `md5('semblance ${kind} ' || number)::uuid`
}
