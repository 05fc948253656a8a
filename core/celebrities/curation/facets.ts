import { sql } from 'kysely'
import type { z } from 'zod'
import { expressionSchema, type Expression } from '../../model/face'
import { lacks } from '../catalogue-filter'
import { missingFields } from '../contract-filter'
import type { curationContract } from '../contract-curation'
import type { Tx } from './changes'

export type Facets = z.infer<NonNullable<(typeof curationContract.facets)['~orpc']['outputSchema']>>

/** The most values that are listed of one field; the ones that most have. */
const mostValues = 200

interface GroupRow {
  field: 'category' | 'licence' | 'embedding_model' | 'expression'
  value: string
  celebrities: number
}

/** Values of fields with how many have them, the most frequent first, and what is missing: all in one walk. */
export async function readFacets(tx: Tx): Promise<Facets> {
  const { rows: groups } = await sql<GroupRow>`
    select field, value, celebrities
    from (
      select
        case when grouping(c.category) = 0 then 'category' when grouping(c.licence) = 0 then 'licence'
          when grouping(c.embedding_model) = 0 then 'embedding_model' else 'expression' end as field,
        coalesce(c.category, c.licence, c.embedding_model, c.expression) as value, count(*)::int as celebrities
      from public.celebrity_facts as c
      group by grouping sets ((c.category), (c.licence), (c.embedding_model), (c.expression))
    ) as g
    where value <> ''
    order by celebrities desc, value`.execute(tx)
  const of = (field: GroupRow['field']) =>
    groups
      .filter((group) => group.field === field)
      .slice(0, mostValues)
      .map(({ value, celebrities }) => ({ value, celebrities }))
  return {
    categories: of('category'),
    licences: of('licence'),
    models: of('embedding_model'),
    expressions: of('expression').filter(
      (one): one is { value: Expression; celebrities: number } =>
        expressionSchema.safeParse(one.value).success,
    ),
    ...(await countMissing(tx)),
  }
}

async function countMissing(tx: Tx): Promise<Pick<Facets, 'missing' | 'quality_deciles'>> {
  const counts = missingFields.map((field) => sql`${sql.lit(field)}, count(*) filter (where ${lacks[field]})`)
  const { rows } = await sql<{ missing: Facets['missing']; deciles: number[] | null }>`
    select jsonb_build_object(${sql.join(counts)}) as missing,
      percentile_cont(array[0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9]) within group (order by c.quality_score)
        filter (where c.quality_score is not null) as deciles
    from public.celebrity_facts as c`.execute(tx)
  return { missing: rows[0].missing, quality_deciles: rows[0].deciles ?? [] }
}
