import { useQuery } from '@tanstack/react-query'
import { PackageOpen } from 'lucide-react'
import { useState } from 'react'
import type { ModelsView, PackView } from '../../../core/models/contract'
import { DataTable } from '../../kit/data-table'
import { EmptyState } from '../../kit/empty-state'
import { Notice } from '../../kit/notice'
import { Page } from '../../kit/page'
import { SkeletonRows } from '../../kit/skeleton'
import { useApi } from '../../rpc/connection'
import { ListStates } from '../lists/list-states'
import { isAtLeast, useMe } from '../shell/me'
import { useFilters } from '../shell/use-filters'
import { packColumns } from './columns'
import { InstallDialog } from './install-dialog'
import { InstallationLine } from './installation-line'
import { PackDetail } from './pack-detail'
import { PlanDialog } from './plan-dialog'
import { searchSchema } from './search'
import { SwitchCard } from './switch-card'
import { isMoving, isOpen } from './words'

export { searchSchema }

/** How often the switch is asked for while it goes on: its rate changes without a word from the database. */
const freshFor = 2000

/** The packs of models, which of them the database's embeddings are of, and the way from one to another. */
export function Screen() {
  const api = useApi()
  const [filters, setFilters] = useFilters(searchSchema)
  const isAdmin = isAtLeast(useMe().role, 'admin')
  const [asked, setAsked] = useState<{ for: 'plan' | 'install'; pack: PackView } | null>(null)
  const models = useQuery(api.models.packs.queryOptions())
  const progress = useQuery({
    ...api.models.progress.queryOptions(),
    refetchInterval: ({ state }) => (state.data && isMoving(state.data) ? freshFor : false),
  })
  const packs = models.data?.packs ?? []
  const selected = packs.find(({ name }) => name === filters.pack)
  const isBusy = progress.data ? isOpen(progress.data) : false
  return (
    <Page
      title="Models"
      count={models.data?.active ? `searching by ${models.data.active.pack}` : undefined}
      detail={
        selected && (
          <PackDetail
            pack={selected}
            isAdmin={isAdmin}
            isBusy={isBusy}
            isInstalling={models.data?.installation?.state === 'running'}
            onPlan={() => setAsked({ for: 'plan', pack: selected })}
            onInstall={() => setAsked({ for: 'install', pack: selected })}
            onClose={() => setFilters({ pack: undefined })}
          />
        )
      }
    >
      {progress.data && <SwitchCard progress={progress.data} isAdmin={isAdmin} />}
      {models.data && <MachineNotes models={models.data} />}
      <ListStates
        query={models}
        errorTitle="The models could not be loaded"
        skeleton={<SkeletonRows label="Loading the models" />}
        isEmpty={packs.length === 0}
        empty={
          <EmptyState icon={<PackageOpen />} title="This machine knows no packs">
            Its folder of packs can’t be read. semblance doctor says why.
          </EmptyState>
        }
      >
        <DataTable
          label="Packs of models"
          items={packs}
          columns={packColumns}
          getKey={(pack) => pack.name}
          selectedKey={filters.pack}
          onSelect={(pack) => setFilters({ pack: pack.name })}
        />
      </ListStates>
      {asked?.for === 'plan' && <PlanDialog pack={asked.pack} onClose={() => setAsked(null)} />}
      {asked?.for === 'install' && <InstallDialog pack={asked.pack} onClose={() => setAsked(null)} />}
    </Page>
  )
}

/** What is wrong with the models of the machine that answers, and what it fetches. */
function MachineNotes({ models: { active, machine, installation } }: { models: ModelsView }) {
  const isOther =
    active !== null && machine.state === 'ready' && machine.embedding_model !== active.embedding_model
  if (!isOther && machine.state !== 'failed' && !installation) return null
  return (
    <div className="flex shrink-0 flex-col gap-2 border-b px-4 py-3">
      {machine.state === 'failed' && <Notice tone="bad">{machine.message}</Notice>}
      {isOther && (
        <Notice tone="warning">
          This machine analyses with {machine.embedding_model}, the database searches by{' '}
          {active.embedding_model}: it does no jobs until they are the same.
        </Notice>
      )}
      {installation && <InstallationLine installation={installation} />}
    </div>
  )
}
