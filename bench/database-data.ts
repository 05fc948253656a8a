import type { QueryDefinition, Sql } from './database-queries'

export interface DataSize {
  people: number
  /** One for each person and then some: two thirds of the people have two. */
  faces: number
  matches: number
}

/** Who asks in the benchmark: somebody of the staff and somebody with matches of their own. */
export interface Askers {
  staff: string
  person: string
}

/**
 * Fills a migrated database with people of ten schools, their faces and their matches, the same in every run, and has
 * the planner look at it. Faces have no embedding: no query of the benchmark searches. Triggers are off meanwhile, as
 * they would queue a job for each face.
 */
export async function fillDatabase(query: Sql, { people, faces, matches }: DataSize): Promise<Askers> {
  await query(`set local session_replication_role = replica;
    insert into auth.users (id, email)
      select ${idOf('n')}, 'person-' || n || '@example.edu' from generate_series(1, ${people}) n;
    insert into public.profiles (id, profile_type, name, email, gender, school, role)
      select ${idOf('n')}, 'user', 'Person ' || n, 'person-' || n || '@example.edu',
        (array['female', 'male', 'other'])[n % 3 + 1], 'School ' || n % 10, case n when 1 then 'moderator' else 'user' end
      from generate_series(1, ${people}) n;
    insert into public.faces (id, profile_id, image_path, image_hash, created_at, age, gender, quality_score)
      select ${idOf('n + 1000000')}, ${idOf(`(n - 1) % ${people} + 1`)},
        ${idOf(`(n - 1) % ${people} + 1`)} || '/' || n || '.jpg', md5(n::text),
        timestamptz '2026-01-01' + n * interval '1 minute', 18 + n % 30, (array['female', 'male'])[n % 2 + 1],
        0.6 + (n % 40) / 100.0
      from generate_series(1, ${faces}) n;
    insert into public.matches (id, face_a_id, face_b_id, similarity_score, created_at)
      select ${idOf('n + 2000000')}, ${idOf(`n % ${faces} + 1000001`)},
        ${idOf(`(n % ${faces} + 1 + (n / ${faces}) * 37 + n % 11) % ${faces} + 1000001`)},
        0.65 + (n::int8 * 7919 % 100003) / 300000.0, timestamptz '2026-01-01' + n * interval '7 seconds'
      from generate_series(1, ${matches}) n
      on conflict do nothing;
    set local session_replication_role = origin;
    analyze auth.users, public.profiles, public.faces, public.matches`)
  const [{ staff, person }] = await query<Askers>(`select ${idOf('1')} as staff, ${idOf('42')} as person`)
  return { staff, person }
}

/** A UUID of a number, the same in every run. */
function idOf(number: string): string {
  return `md5('semblance ' || (${number}))::uuid`
}

/** A plan as it can be held still: without costs, counts and the names that PostgreSQL makes up. */
export async function planOf(query: Sql, { text, values }: QueryDefinition): Promise<string> {
  const rows = await query<{ 'QUERY PLAN': string }>(`explain (costs off) ${text}`, values)
  return `${rows.map((row) => row['QUERY PLAN']).join('\n')}\n`
}
