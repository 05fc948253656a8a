import { sql, type Transaction } from 'kysely'
import type { Tables } from '../database/tables'
import { SemblanceError } from '../model/errors'

type Tx = Transaction<Tables>

export interface ActiveModel {
  pack: string
  embedding_model: string
  since: Date
}

/** The space that this database searches in; null until the first photo is analysed. */
export async function readActiveModel(tx: Tx): Promise<ActiveModel | null> {
  const row = await tx
    .selectFrom('active_model')
    .select(['pack', 'embedding_model', 'since'])
    .executeTakeFirst()
  return row ?? null
}

/**
 * What a writer of embeddings does first: holds the active space until its transaction ends, so that a switch comes
 * before or after it. The first one ever decides the space; where photos were analysed before anybody noted it, what
 * most of them have does.
 *
 * @throws SemblanceError UNAVAILABLE where the vectors belong to another space: they must not be written
 */
export async function holdActiveModel(tx: Tx, embeddingModel: string): Promise<void> {
  const active = (await lockActive(tx)) ?? (await settle(tx, embeddingModel))
  if (active !== embeddingModel) throw wrongSpace(embeddingModel, active)
}

/** Why what was analysed by this model is of no use here, and what to do. */
export function wrongSpace(mine: string, active: string): SemblanceError {
  return new SemblanceError('UNAVAILABLE', describeMismatch(mine, active), {
    reason: 'other_space',
    embedding_model: mine,
    active,
  })
}

/** For a person: the machine's pack, the database's, and what to do. */
export function describeMismatch(mine: string, active: string): string {
  const [pack] = active.split('/')
  return `This machine's pack is ${mine}, the database's is ${active}: install it with semblance packs install ${pack}.`
}

async function lockActive(tx: Tx): Promise<string | undefined> {
  const row = await tx.selectFrom('active_model').select('embedding_model').forShare().executeTakeFirst()
  return row?.embedding_model
}

async function settle(tx: Tx, mine: string): Promise<string> {
  const model = (await mostCommon(tx)) ?? mine
  await tx
    .insertInto('active_model')
    .values({ pack: packOf(model), embedding_model: model })
    .onConflict((conflict) => conflict.column('id').doNothing())
    .execute()
  const settled = await lockActive(tx)
  if (settled === undefined) throw new Error('The active model could not be noted.')
  return settled
}

/** The name of the pack that a space is of. */
export const packOf = (embeddingModel: string): string => embeddingModel.split('/')[0]

/** The space that most embeddings are in. */
export async function mostCommon(tx: Tx): Promise<string | undefined> {
  const { rows } = await sql<{ embedding_model: string }>`
    select embedding_model
    from (
      select embedding_model from public.faces where embedding is not null and embedding_model is not null
      union all
      select embedding_model from public.celebrities where embedding is not null and embedding_model is not null
    ) as known
    group by embedding_model
    order by count(*) desc, embedding_model
    limit 1`.execute(tx)
  return rows[0]?.embedding_model
}
