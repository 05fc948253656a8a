import type { PoolClient } from 'pg'

/** undefined_column, undefined_table, undefined_function, insufficient_privilege, and operators that types lack. */
const tellingCodes = new Set(['42703', '42P01', '42883', '42501', '42804', '22P02'])

/**
 * How many rows a query gives; where the database is not as the query expects, or may not be read, the reason. The client
 * must not be in a transaction.
 */
export async function countRows(
  client: PoolClient,
  query: string,
): Promise<{ count: number; problem: string | null; isDenied: boolean }> {
  try {
    const { rows } = await client.query<{ count: string }>(`select count(*) as count from (${query}) as rows`)
    return { count: Number(rows[0]?.count ?? 0), problem: null, isDenied: false }
  } catch (error) {
    const isTelling = error instanceof Error && 'code' in error && tellingCodes.has(String(error.code))
    if (!isTelling) throw error
    const isDenied = 'code' in error && error.code === '42501'
    const what = isDenied ? ' Use the login that owns the tables.' : ''
    return { count: 0, problem: `${error.message}.${what}`, isDenied }
  }
}
