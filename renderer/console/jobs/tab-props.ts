import type { ReactNode } from 'react'
import type { BulkAsk } from './bulk/use-bulk-plan'
import type { JobsSearch } from './search'

/** What each part of the screen is handed. */
export interface TabProps {
  search: JobsSearch
  setSearch: (change: Partial<JobsSearch>) => void
  /** Title, tabs and the live line, for the page. */
  frame: { title: string; tabs: ReactNode; actions: ReactNode }
  onAsk: (ask: BulkAsk) => void
  /** How many bulk actions have been begun here. */
  runs: number
}
