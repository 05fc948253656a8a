import { Lock } from 'lucide-react'
import { EmptyState } from '../../kit/empty-state'
import { Page } from '../../kit/page'
import { isAtLeast, useMe } from '../shell/me'
import { useFilters } from '../shell/use-filters'
import { ImportList } from './import-list'
import { ImportScreen } from './import-screen'
import { NewImport } from './new-import'
import { searchSchema } from './search'

export { searchSchema }

const nowhere = {
  id: undefined,
  file: undefined,
  outcome: undefined,
  code: undefined,
  search: undefined,
  new: undefined,
}

/** Imports of celebrities: a list, a new one, or one of them with its review. */
export function Screen() {
  const [filters, setFilters] = useFilters(searchSchema)
  const { role } = useMe()
  if (!isAtLeast(role, 'curator')) {
    return (
      <Page title="Imports">
        <EmptyState icon={<Lock />} title="Imports are for curators">
          Ask an administrator for the role of a curator.
        </EmptyState>
      </Page>
    )
  }
  if (filters.new) {
    return (
      <NewImport onClose={() => setFilters(nowhere)} onStarted={(id) => setFilters({ ...nowhere, id })} />
    )
  }
  if (filters.id) {
    return <ImportScreen key={filters.id} id={filters.id} filters={filters} onChange={setFilters} />
  }
  return <ImportList onNew={() => setFilters({ ...nowhere, new: true })} />
}
