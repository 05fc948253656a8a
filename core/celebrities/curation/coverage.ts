import { sql } from 'kysely'
import { ageBands, skinTones } from '../contract-curation'
import type { Tx } from './changes'

interface Cell {
  age: (typeof ageBands)[number]
  gender: 'female' | 'male' | null
  skin_tone: (typeof skinTones)[number]
  celebrities: number
  people: number
}

/**
 * How many celebrities, and how many of the people, are of each age band, gender and skin tone; cells that are empty on
 * both sides are left out. Words and formulas are those of `extensions.age_band` and `extensions.skin_tone_name`. People are
 * adults, as far as their age is known, by the photo that they are found by; nobody is named.
 */
export async function readCoverage(tx: Tx) {
  const { rows } = await sql<Cell>`
    select age, gender, skin_tone, sum(celebrities)::int as celebrities, sum(people)::int as people
    from (
      select extensions.age_band(c.age) as age, c.gender, c.skin_tone, count(*) as celebrities, 0 as people
      from public.celebrity_facts as c
      where c.is_analyzed and c.age is not null
      group by 1, 2, 3
      union all
      select p.age, p.gender, p.skin_tone, 0, p.people from private.count_people() as p
    ) as counted
    group by age, gender, skin_tone`.execute(tx)
  const { rows: whole } = await sql<{
    all: number
  }>`select count(*)::int as all from public.celebrity_facts`.execute(tx)
  const cells = rows.toSorted(
    (a, b) =>
      ageBands.indexOf(a.age) - ageBands.indexOf(b.age) ||
      (a.gender ?? 'z').localeCompare(b.gender ?? 'z') ||
      skinTones.indexOf(a.skin_tone) - skinTones.indexOf(b.skin_tone),
  )
  const sum = (key: 'celebrities' | 'people') => cells.reduce((total, cell) => total + cell[key], 0)
  return {
    cells,
    celebrities: sum('celebrities'),
    people: sum('people'),
    unknown: whole[0].all - sum('celebrities'),
  }
}
