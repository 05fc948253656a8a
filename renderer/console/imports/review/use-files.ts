import { useInfiniteQuery, type InfiniteData } from '@tanstack/react-query'
import type { ImportFile, ShownFile } from '../../../../core/celebrities/contract-import-schemas'
import { useApi, type Connection } from '../../../rpc/connection'
import { usePages } from '../../lists/use-pages'
import type { ImportSearch } from '../search'
import { withChanged } from './review-walk'

/** Files of one page. */
const pageSize = 200

type FilePage = { items: ImportFile[]; total: number; next_cursor: string | null }

/**
 * The files of an import that fit the filters, those for a person first. Those of other filters are never kept in sight:
 * a key would decide about one of them.
 */
export function useFiles(id: string, { outcome, code, search }: ImportSearch) {
  const api = useApi()
  const query = useInfiniteQuery(
    api.imports.files.infiniteOptions({
      input: (cursor: string | undefined) => ({ id, outcome, code, search, cursor, limit: pageSize }),
      initialPageParam: undefined,
      getNextPageParam: (page) => page.next_cursor ?? undefined,
      structuralSharing: false,
    }),
  )
  return { query, ...usePages(query) }
}

/** Shows files as they are after a decision, where they stand: a list does not move under whoever works through it. */
export function showChanged({ api, queries }: Connection, changed: readonly ImportFile[]): void {
  queries.setQueriesData<InfiniteData<FilePage>>(
    { queryKey: api.imports.files.key({ type: 'infinite' }) },
    (data) => data && { ...data, pages: withChanged(data.pages, changed) },
  )
  void queries.invalidateQueries({ queryKey: api.imports.file.key() })
}

/** What a decision says that one was shown of a file. */
export const shownOf = ({ id, outcome_code, face_index }: ShownFile): ShownFile => ({
  id,
  outcome_code,
  face_index,
})

/** All files that fit the filters, loaded or not. */
export async function allShown(
  { client }: Connection,
  id: string,
  { outcome, code, search }: ImportSearch,
): Promise<ShownFile[]> {
  const files: ShownFile[] = []
  let cursor: string | undefined
  do {
    const page = await client.imports.files({ id, outcome, code, search, cursor, limit: 500 })
    files.push(...page.items.map(shownOf))
    cursor = page.next_cursor ?? undefined
  } while (cursor !== undefined)
  return files
}
