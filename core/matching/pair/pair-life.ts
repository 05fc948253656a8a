import { sql, type Transaction } from 'kysely'
import type { Tables } from '../../database/tables'
import type { Role } from '../../model/roles'
import type { MatchPair } from '../contract-pair'

type Tx = Transaction<Tables>

/** Whether a role may see connections and babies: docs/permissions.md. Curators keep photos, they don't judge people. */
export const seesConnections = (role: Role): boolean => role === 'moderator' || role === 'admin'

/** What people have made of a match: reactions, connections, babies. */
export async function lifeOfMatch(
  tx: Tx,
  matchId: string,
  { a, b, role }: { a: string | null; b: string | null; role: Role },
): Promise<Pick<MatchPair, 'reactions' | 'connections' | 'babies'>> {
  const sideOf = (profileId: string | null) => (profileId === a ? 'a' : profileId === b ? 'b' : null)
  const reactions = await tx
    .selectFrom('reactions')
    .select(['id', 'user_profile_id', 'reaction_type', 'created_at'])
    .where('match_id', '=', matchId)
    .orderBy('created_at')
    .orderBy('id')
    .execute()
  const isShown = seesConnections(role)
  const babies = isShown ? await babiesOf(tx, matchId) : null
  return {
    reactions: reactions.map(({ user_profile_id, ...rest }) => ({ ...rest, side: sideOf(user_profile_id) })),
    connections: isShown ? await connectionsOf(tx, matchId) : null,
    babies:
      babies?.map(({ generated_by_profile_id, ...rest }) => ({
        ...rest,
        generated_by: sideOf(generated_by_profile_id),
      })) ?? null,
  }
}

async function connectionsOf(tx: Tx, matchId: string) {
  return tx
    .selectFrom('mutual_connections as c')
    .select(['c.id', 'c.status', 'c.created_at', 'c.updated_at'])
    .select(
      sql<number>`(select count(*)::int from public.messages m where m.connection_id = c.id)`.as('messages'),
    )
    .where('c.match_id', '=', matchId)
    .orderBy('c.created_at')
    .orderBy('c.id')
    .execute()
}

async function babiesOf(tx: Tx, matchId: string) {
  return tx
    .selectFrom('babies')
    .select(['id', 'image_url', 'created_at', 'generated_by_profile_id'])
    .where('match_id', '=', matchId)
    .orderBy('created_at')
    .orderBy('id')
    .execute()
}
