import { useQuery } from '@tanstack/react-query'
import { FolderInput, Plus } from 'lucide-react'
import { Button } from '../../kit/button'
import { EmptyState } from '../../kit/empty-state'
import { formatCount } from '../../kit/format'
import { Page } from '../../kit/page'
import { SkeletonRows } from '../../kit/skeleton'
import { useApi } from '../../rpc/connection'
import { ListStates } from '../lists/list-states'
import { DropArea } from '../photos/drop-area'
import { AwayNotice } from './away-notice'
import { ImportRow } from './import-row'
import { isRunning } from './import-words'
import { PublishedList } from './published-list'
import { droppedPaths, offerSources, sourcesOfFiles } from './sources'

/** How often running imports are asked for, milliseconds. */
const refreshMs = 2000

/** All imports of this machine, and what was published from any. */
export function ImportList({ onNew }: { onNew: () => void }) {
  const query = useQuery({
    ...useApi().imports.list.queryOptions(),
    // What runs, here or by the command line, is seen to go on.
    refetchInterval: ({ state }) => (state.data?.some(isRunning) ? refreshMs : 5 * refreshMs),
  })
  const imports = query.data ?? []
  return (
    <Page
      title="Imports"
      count={query.data && imports.length > 0 ? formatCount(imports.length) : undefined}
      actions={
        <Button variant="primary" icon={<Plus aria-hidden />} onPress={onNew}>
          New import
        </Button>
      }
    >
      <DropArea
        hint="Drop to import"
        onFiles={(files) => {
          offerSources(sourcesOfFiles(files))
          onNew()
        }}
        onTransfer={(transfer) => {
          const sources = droppedPaths(transfer)
          if (!sources) return false
          offerSources(sources)
          onNew()
          return true
        }}
        className="flex min-h-0 grow flex-col overflow-y-auto"
      >
        <AwayNotice />
        <ListStates
          query={query}
          errorTitle="The imports could not be loaded"
          skeleton={<SkeletonRows label="Loading imports" rows={4} />}
          isEmpty={imports.length === 0}
          empty={<NoneYet onNew={onNew} />}
        >
          <section aria-labelledby="machine-title" className="flex flex-col">
            <h2 id="machine-title" className="border-b bg-app px-4 py-1.5 text-sm font-medium text-ink-3">
              On this machine
            </h2>
            <ul aria-label="Imports on this machine" className="border-b">
              {imports.map((one) => (
                <ImportRow key={one.id} of={one} />
              ))}
            </ul>
          </section>
        </ListStates>
        <PublishedList />
      </DropArea>
    </Page>
  )
}

function NoneYet({ onNew }: { onNew: () => void }) {
  return (
    <EmptyState
      icon={<FolderInput />}
      title="No imports on this machine"
      actions={
        <Button variant="primary" icon={<Plus aria-hidden />} onPress={onNew}>
          New import
        </Button>
      }
    >
      Drop a folder of photos here, or a ZIP or CSV file. It is read and analysed without a network; you
      review it, and publish it when you are ready.
    </EmptyState>
  )
}
