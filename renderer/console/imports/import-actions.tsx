import { Link } from '@tanstack/react-router'
import {
  Check,
  ListChecks,
  Pause,
  Play,
  Settings2,
  Trash2,
  Undo2,
  Upload as UploadIcon,
  Users,
} from 'lucide-react'
import type { Import } from '../../../core/celebrities/contract-import-schemas'
import { Button } from '../../kit/button'
import { formatCount } from '../../kit/format'
import { planTotals } from './import-words'
import type { Reopening } from './use-reopening'
import { usePausing } from './use-pausing'

export type Shown = 'settings' | 'effects' | 'publish' | 'discard' | 'undo'

/** What can be done with an import as it stands. */
export function ImportActions({
  of,
  reopening,
  onShow,
}: {
  of: Import
  reopening: Reopening
  onShow: (what: Shown) => void
}) {
  const { canPause, canResume, pause, resume, isPending } = usePausing(of)
  const isOpen = !['publishing', 'published', 'undoing', 'undone'].includes(of.state)
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
      {of.state === 'publishing' && canResume && (
        // Its source may be gone for good: what is published stays.
        <Button icon={<ListChecks aria-hidden />} isPending={reopening.isPending} onPress={reopening.reopen}>
          Back to review
        </Button>
      )}
      {(of.state === 'undone' || (isOpen && of.published === 0)) && (
        <Button variant="ghost" icon={<Trash2 aria-hidden />} onPress={() => onShow('discard')}>
          Discard…
        </Button>
      )}
      {of.state === 'published' && <OfPublished of={of} reopening={reopening} />}
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
      {of.state === 'review' && <OfReviewed of={of} reopening={reopening} onShow={onShow} />}
    </>
  )
}

function OfPublished({ of, reopening }: { of: Import; reopening: Reopening }) {
  return (
    <>
      <Link
        to="/celebrities"
        search={{ import: of.id }}
        className="font-medium text-accent-ink hover:underline"
      >
        Show in the catalogue
      </Link>
      <Button icon={<ListChecks aria-hidden />} isPending={reopening.isPending} onPress={reopening.reopen}>
        Review again
      </Button>
    </>
  )
}

function OfReviewed({
  of,
  reopening,
  onShow,
}: {
  of: Import
  reopening: Reopening
  onShow: (what: Shown) => void
}) {
  const { goes } = planTotals(of)
  return (
    <>
      <Button icon={<Users aria-hidden />} onPress={() => onShow('effects')}>
        Effects…
      </Button>
      {goes === 0 && of.published > 0 ? (
        <Button
          icon={<Check aria-hidden />}
          isDisabled={!of.is_planned}
          isPending={reopening.isPending}
          onPress={reopening.close}
        >
          End the review
        </Button>
      ) : (
        <Button variant="primary" icon={<UploadIcon aria-hidden />} onPress={() => onShow('publish')}>
          {goes > 0 ? `Publish ${formatCount(goes)}…` : 'Publish…'}
        </Button>
      )}
    </>
  )
}
