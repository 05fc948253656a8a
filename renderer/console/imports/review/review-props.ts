import type { Import } from '../../../../core/celebrities/contract-import-schemas'
import type { ImportSearch } from '../search'

/** What the parts of a review share: the import, and what the address says is shown of it. */
export interface ReviewSpaceProps {
  of: Import
  filters: ImportSearch
  onChange: (change: Partial<ImportSearch>) => void
}
