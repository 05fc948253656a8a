import { Link } from '@tanstack/react-router'
import { ChevronLeft, Pause, Play, Settings2, Trash2, Undo2, Upload as UploadIcon, Users } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import type { Import } from '../../../core/celebrities/contract-import-schemas'
import { StatusDot } from '../../kit/badge'
import { Button } from '../../kit/button'
import { EmptyState } from '../../kit/empty-state'
import { ErrorState } from '../../kit/error-state'
import { formatAmount, formatCount } from '../../kit/format'
import { Notice } from '../../kit/notice'
import { Page } from '../../kit/page'
import { SkeletonRows } from '../../kit/skeleton'
import { describeError, errorCode } from '../../rpc/errors'
import { AwayNotice } from './away-notice'
import { DiscardDialog } from './discard-dialog'
import { EffectsDialog } from './effects-dialog'
import { StepBar } from './import-step'
import { codeWords, isRunning, planTotals, reasonsOf, stateWords } from './import-words'
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
  const { label, tone } = stateWords[of.state]
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
          <StatusDot tone={of.paused ? 'neutral' : tone} isLive={isRunning(of)}>
            {of.paused ? `${label}, paused` : label}
          </StatusDot>
        }
        actions={<Actions of={of} onShow={setShown} />}
      >
        <AwayNotice />
        <Strip of={of} onShow={setShown} />
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
      {isOpen && (
        <Button variant="ghost" icon={<Trash2 aria-hidden />} onPress={() => onShow('discard')}>
          Discard…
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
      {of.state === 'published' && (
        <>
          <Link
            to="/celebrities"
            search={{ import_id: of.id }}
            className="font-medium text-accent-ink hover:underline"
          >
            Show in the catalogue
          </Link>
          <Button icon={<Undo2 aria-hidden />} onPress={() => onShow('undo')}>
            Undo import…
          </Button>
        </>
      )}
    </>
  )
}

/** Lines above the files: the step under way, what it stands still for, what was left out so far, what lacks. */
function Strip({ of, onShow }: { of: Import; onShow: (what: Shown) => void }) {
  const rejected = reasonsOf(of, 'rejected')
  const isWorking = of.state === 'scanning' || of.state === 'analyzing'
  const changed = of.reasons.changed_underneath ?? 0
  const lacks = [!of.defaults.licence && 'licence', !of.defaults.source && 'source'].filter(Boolean)
  const missing = (of.reasons.no_licence ?? 0) + (of.reasons.no_source ?? 0)
  const lines: ReactNode[] = [
    isWorking || of.state === 'publishing' || of.state === 'undoing' ? <StepBar key="step" of={of} /> : null,
    isWorking && of.rejected > 0 ? (
      <p key="rejected" className="text-sm text-ink-2">
        Left out so far: {formatAmount(of.rejected, 'file')}
        {rejected.length > 0 &&
          `, ${rejected.map(({ code, files }) => `${formatCount(files)} ${codeWords[code].toLowerCase()}`).join(', ')}`}
      </p>
    ) : null,
    of.problem ? (
      <Notice key="problem" tone="warning">
        {of.problem}
      </Notice>
    ) : null,
    of.state === 'review' && changed > 0 ? (
      <Notice key="changed" tone="warning">
        {formatAmount(changed, 'file')} {changed === 1 ? 'was' : 'were'} not published: the gallery changed
        underneath since the plan. Look at {changed === 1 ? 'it' : 'them'} again and publish once more.
      </Notice>
    ) : null,
    (of.state === 'review' || of.state === 'uploading' || isWorking) &&
    lacks.length > 0 &&
    (of.state !== 'review' || missing > 0) ? (
      <Notice
        key="lacks"
        tone="info"
        action={
          <Button size="sm" onPress={() => onShow('settings')}>
            Set it…
          </Button>
        }
      >
        {missing > 0
          ? `${formatAmount(missing, 'file')} can’t be published without a ${lacks.join(' and a ')}.`
          : `No ${lacks.join(' and no ')} for the batch yet: nothing is published without.`}
      </Notice>
    ) : null,
  ].filter(Boolean)
  if (lines.length === 0) return null
  return <div className="flex shrink-0 flex-col gap-2 border-b px-4 py-2.5">{lines}</div>
}

function NoFiles({ of }: { of: Import }) {
  if (isRunning(of)) return <SkeletonRows label="Looking for files" rows={6} />
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
