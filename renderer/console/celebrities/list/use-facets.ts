import { useQuery } from '@tanstack/react-query'
import { useApi } from '../../../rpc/connection'
import { isAtLeast, useMe } from '../../shell/me'
import type { CelebritySearch, SetSearch } from '../search'

export interface FiltersProps {
  search: CelebritySearch
  onChange: SetSearch
}

/** The values that the gallery has, with how many have them. */
export function useFacets() {
  return useQuery(useApi().curation.facets.queryOptions())
}

/** The imports that were published, for a choice; curators know of them. */
export function useImportNames() {
  const isCurator = isAtLeast(useMe().role, 'curator')
  return useQuery({ ...useApi().imports.published.queryOptions(), enabled: isCurator }).data ?? []
}
