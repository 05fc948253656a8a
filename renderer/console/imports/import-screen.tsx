import { Link } from '@tanstack/react-router'
import { ChevronLeft, FileX2, Trash2 } from 'lucide-react'
import { useState } from 'react'
import type { Import } from '../../../core/celebrities/contract-import-schemas'
import { StatusDot } from '../../kit/badge'
import { EmptyState } from '../../kit/empty-state'
import { ErrorState } from '../../kit/error-state'
import { Page } from '../../kit/page'
import { SkeletonRows } from '../../kit/skeleton'
import { describeError, errorCode } from '../../rpc/errors'
import { AwayNotice } from './away-notice'
import { DiscardDialog } from './discard-dialog'
import { EffectsDialog } from './effects-dialog'
import { ImportActions, type Shown } from './import-actions'
import { ImportStrip } from './import-strip'
import { isRunning, statusOf } from './import-words'
import { Notes } from './notes'
import { PathText } from './path-text'
import { PublishDialog } from './publish-dialog'
import type { ReviewSpaceProps } from './review/review-props'
import { ReviewSpace } from './review/review-space'
import { SettingsDialog } from './settings-dialog'
import { UndoDialog } from './undo-dialog'
import { UploadPanel } from './upload-panel'
import { useImport } from './use-import'
import { useReopening } from './use-reopening'

/** One import: how far it is, its review, and what comes of it. */
export function ImportScreen({ id, filters, onChange }: Omit<ReviewSpaceProps, 'of'> & { id: string }) {
  const query = useImport(id)
  const reopening = useReopening(id)
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
        actions={<ImportActions of={of} reopening={reopening} onShow={setShown} />}
      >
        <AwayNotice />
        <ImportStrip
          of={of}
          onSettings={() => setShown('settings')}
          onReopen={() => {
            onChange({ outcome: 'needs_person', code: undefined, search: undefined, file: undefined })
            reopening.reopen()
          }}
        />
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
