import { sql } from 'kysely'
import type { Database } from '../../core/database/connect'
import { toVectorText } from '../../core/database/tables'
import type { ScoredFace } from '../../core/matching/factors'
import { embeddingLength, geometryRatioNames } from '../../core/model/face'
import type { SqlDatabase } from './engines'
import { normal } from './random'

export interface NewPerson {
  id: string
  school: string | null
  gender: string | null
}

export interface NewFace extends ScoredFace {
  id: string
  profile_id: string
  quality_score: number | null
  embedding_model: string | null
}

/** A UUID that says what it stands for: `uuidOf(2, 17)` is 00000002-…-000000000017. */
export function uuidOf(kind: number, number: number): string {
  return `${String(kind).padStart(8, '0')}-0000-4000-8000-${String(number).padStart(12, '0')}`
}

/** A plausible face around a centre that some others share, so that scores spread. */
export function randomFace(random: () => number, centre: readonly number[]): ScoredFace {
  return {
    embedding: unit(centre.map((element) => element + normal(random, 0, 0.05))),
    geometry_ratios: Object.fromEntries(geometryRatioNames.map((name) => [name, normal(random, 0.4, 0.03)])),
    age: Math.round(18 + random() * 8),
    symmetry_score: 0.7 + random() * 0.3,
    skin_tone_lab: [normal(random, 60, 10), normal(random, 14, 3), normal(random, 17, 3)],
    expression: ['neutral', 'happy', 'sad'][Math.floor(random() * 3)],
  }
}

/** People of one school, female and male in turn. */
export function schoolmates(count: number): NewPerson[] {
  return Array.from({ length: count }, (_, i) => ({
    ...{ id: uuidOf(1, i), school: 'North', gender: i % 2 ? 'male' : 'female' },
  }))
}

/** The same as an analysis leaves it that found nothing wrong with the photo. */
export function analysedFace(random: () => number, centre: readonly number[]) {
  return { ...randomFace(random, centre), quality_score: 0.9, embedding_model: 'pack/1' }
}

/** A unit vector. */
export function randomDirection(random: () => number): number[] {
  return unit(Array.from({ length: embeddingLength }, () => normal(random)))
}

function unit(elements: number[]): number[] {
  const norm = Math.hypot(...elements)
  return elements.map((element) => Math.fround(element / norm))
}

/** People with an account each, so that their profile is made by the trigger as at a sign-up. */
export async function insertPeople({ query }: SqlDatabase, people: readonly NewPerson[]): Promise<void> {
  await query(
    `insert into auth.users (id, email, raw_user_meta_data)
     select (p ->> 'id')::uuid, (p ->> 'id') || '@example.edu', p - 'id' from jsonb_array_elements($1::jsonb) as p`,
    [JSON.stringify(people)],
  )
}

/** Somebody with an account, of whom nothing else matters. */
export async function insertPerson(database: Database, id: string): Promise<void> {
  await database.asOwner((tx) =>
    sql`insert into auth.users (id, email) values (${id}, ${`${id}@example.edu`})`.execute(tx),
  )
}

/** Faces as an analysis leaves them. A person's first one becomes their default. */
export async function insertFaces({ query }: SqlDatabase, faces: readonly NewFace[]): Promise<void> {
  await query(
    `insert into public.faces (id, profile_id, image_path, ${analysed})
     select (f ->> 'id')::uuid, (f ->> 'profile_id')::uuid, f ->> 'profile_id' || '/photo.jpg', ${analysedValues}
     from jsonb_array_elements($1::jsonb) as f`,
    [JSON.stringify(faces.map(withVectorText))],
  )
}

export async function insertCelebrities(
  { query }: SqlDatabase,
  celebrities: readonly Omit<NewFace, 'profile_id'>[],
): Promise<void> {
  await query(
    `insert into public.celebrities (id, name, image_path, ${analysed})
     select (f ->> 'id')::uuid, f ->> 'id', 'photo.jpg', ${analysedValues} from jsonb_array_elements($1::jsonb) as f`,
    [JSON.stringify(celebrities.map(withVectorText))],
  )
}

const analysed = `embedding, embedding_model, age, symmetry_score, expression, quality_score, skin_tone_lab, geometry_ratios`
const analysedValues = `
  (f ->> 'embedding')::extensions.vector, f ->> 'embedding_model', (f ->> 'age')::integer,
  (f ->> 'symmetry_score')::float8, f ->> 'expression', (f ->> 'quality_score')::float8,
  (select array_agg(part::float8 order by n)
    from jsonb_array_elements_text(nullif(f -> 'skin_tone_lab', 'null')) with ordinality as lab(part, n)),
  nullif(f -> 'geometry_ratios', 'null')`

function withVectorText(face: Omit<NewFace, 'profile_id'>): Record<string, unknown> {
  return { ...face, embedding: face.embedding && toVectorText(face.embedding) }
}
