import { Link } from '@tanstack/react-router'
import {
  ChevronLeft,
  FileX2,
  Pause,
  Play,
  Settings2,
  Trash2,
  Undo2,
  Upload as UploadIcon,
  Users,
} from 'lucide-react'
import { useState } from 'react'
import type { Import } from '../../../core/celebrities/contract-import-schemas'
import { StatusDot } from '../../kit/badge'
import { Button } from '../../kit/button'
import { EmptyState } from '../../kit/empty-state'
import { ErrorState } from '../../kit/error-state'
import { formatCount } from '../../kit/format'
import { Page } from '../../kit/page'
import { SkeletonRows } from '../../kit/skeleton'
import { describeError, errorCode } from '../../rpc/errors'
import { AwayNotice } from './away-notice'
import { DiscardDialog } from './discard-dialog'
import { EffectsDialog } from './effects-dialog'
import { ImportStrip } from './import-strip'
import { isRunning, planTotals, statusOf } from './import-words'
import { Notes } from './notes'
import { PathText } from './path-text'
import { PublishDialog } from './publish-dialog'
import type { ReviewSpaceProps } from './review/review-props'
import { ReviewSpace } from './review/review-space'
import { SettingsDialog } from './settings-dialog'
import { UndoDialog } from './undo-dialog'
import { UploadPanel } from './upload-panel'
import { useImport } from './use-import'
import { usePausing } from './use-pausing'

type Shown = 'settings' | 'effects' | 'publish' | 'discard' | 'undo'

/** One import: how far it is, its review, and what comes of it. */
export function ImportScreen({ id, filters, onChange }: Omit<ReviewSpaceProps, 'of'> & { id: string }) {
  const query = useImport(id)
  const [shown, setShown] = useState<Shown>()
  const of = query.data
  if (!of) {
    return (
      <Page title="Import" tabs={<BackLink />}>
        {query.isError ? (
          <NotThere error={query.error} onRetry={() => void query.refetch()} />
        ) : (
          <SkeletonRows label="Loading the import" />
        )}
      </Page>
    )
  }
  const { label, tone } = statusOf(of)
  const close = () => setShown(undefined)
  return (
    <Notes>
      <Page
        title={of.name}
        tabs={
          <div className="order-first flex items-center">
            <BackLink />
          </div>
        }
        filters={
          <StatusDot tone={tone} isLive={isRunning(of)}>
            {label}
          </StatusDot>
        }
        actions={<Actions of={of} onShow={setShown} />}
      >
        <AwayNotice />
        <ImportStrip of={of} onSettings={() => setShown('settings')} />
        {of.state === 'uploading' ? (
          <UploadPanel of={of} />
        ) : of.files > 0 ? (
          <ReviewSpace of={of} filters={filters} onChange={onChange} />
        ) : (
          <NoFiles of={of} />
        )}
        {shown === 'settings' && <SettingsDialog of={of} onClose={close} />}
        {shown === 'effects' && <EffectsDialog of={of} onClose={close} />}
        {shown === 'publish' && <PublishDialog of={of} onClose={close} />}
        {shown === 'discard' && <DiscardDialog of={of} onClose={close} />}
        {shown === 'undo' && (
          <UndoDialog
            of={{ id, name: of.name, celebrities: of.outcomes.new_celebrity, photos: of.published }}
            onClose={() => {
              close()
              void query.refetch()
            }}
          />
        )}
      </Page>
    </Notes>
  )
}

function BackLink() {
  return (
    <Link
      to="/imports"
      search={{}}
      className="flex items-center gap-1 rounded-sm text-ink-2 hover:text-ink [&_svg]:size-3.5"
    >
      <ChevronLeft aria-hidden />
      All imports
    </Link>
  )
}

function NotThere({ error, onRetry }: { error: Error; onRetry: () => void }) {
  if (errorCode(error) === 'NOT_FOUND') {
    return (
      <EmptyState icon={<Trash2 />} title="This import is not on this machine">
        It was discarded, or the address is of another machine.
      </EmptyState>
    )
  }
  return (
    <ErrorState title="The import could not be loaded" message={describeError(error)} onRetry={onRetry} />
  )
}

/** What can be done with an import as it stands. */
function Actions({ of, onShow }: { of: Import; onShow: (what: Shown) => void }) {
  const { canPause, canResume, pause, resume, isPending } = usePausing(of)
  const isOpen = !['publishing', 'published', 'undoing', 'undone'].includes(of.state)
  const { goes } = planTotals(of)
  return (
    <>
      {canPause && (
        <Button icon={<Pause aria-hidden />} isPending={isPending} onPress={pause}>
          Pause
        </Button>
      )}
      {canResume && (
        <Button icon={<Play aria-hidden />} isPending={isPending} onPress={resume}>
          Resume
        </Button>
      )}
      {(of.state === 'undone' || (isOpen && of.published === 0)) && (
        <Button variant="ghost" icon={<Trash2 aria-hidden />} onPress={() => onShow('discard')}>
          Discard…
        </Button>
      )}
      {of.state === 'published' && (
        <Link
          to="/celebrities"
          search={{ import: of.id }}
          className="font-medium text-accent-ink hover:underline"
        >
          Show in the catalogue
        </Link>
      )}
      {(of.state === 'published' || (of.state === 'review' && of.published > 0)) && (
        // Also of what a part of it has published: the rest is under review again.
        <Button icon={<Undo2 aria-hidden />} onPress={() => onShow('undo')}>
          Undo import…
        </Button>
      )}
      {isOpen && (
        <Button icon={<Settings2 aria-hidden />} onPress={() => onShow('settings')}>
          Defaults and rules…
        </Button>
      )}
      {of.state === 'review' && (
        <>
          <Button icon={<Users aria-hidden />} onPress={() => onShow('effects')}>
            Effects…
          </Button>
          <Button variant="primary" icon={<UploadIcon aria-hidden />} onPress={() => onShow('publish')}>
            {goes > 0 ? `Publish ${formatCount(goes)}…` : 'Publish…'}
          </Button>
        </>
      )}
    </>
  )
}

function NoFiles({ of }: { of: Import }) {
  if (isRunning(of)) return <SkeletonRows label="Looking for files" rows={6} />
  if (of.problem !== null) {
    return (
      <EmptyState icon={<FileX2 />} title="Nothing could be read">
        What is wrong stands above. Mend it and resume the import, or discard it.
      </EmptyState>
    )
  }
  return (
    <EmptyState icon={<Trash2 />} title="There are no files in it">
      {of.source_kind === 'upload' ? (
        'Nothing was uploaded. Discard it, and begin anew.'
      ) : of.source_path ? (
        <>
          Nothing was found at <PathText path={of.source_path} />.
        </>
      ) : (
        'Nothing was found at its source.'
      )}
    </EmptyState>
  )
}
