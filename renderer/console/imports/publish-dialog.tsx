import { useMutation } from '@tanstack/react-query'
import type { Import, Outcome } from '../../../core/celebrities/contract-import-schemas'
import { Button } from '../../kit/button'
import { Dialog } from '../../kit/dialog'
import { formatAmount, formatCount } from '../../kit/format'
import { Notice } from '../../kit/notice'
import { Section } from '../../kit/section'
import { useConnection } from '../../rpc/connection'
import { describeError, errorCode } from '../../rpc/errors'
import { useSharedAway } from './away-notice'
import { Effects } from './effects'
import { outcomeLabel, outcomeWords, planTotals } from './import-words'
import { rememberImport } from './use-import'

const going: readonly Outcome[] = ['new_celebrity', 'further_photo', 'replaces_photo']
const staying: readonly Outcome[] = ['needs_person', 'duplicate', 'rejected']

/** The plan once more, then exactly that is done. */
export function PublishDialog({ of, onClose }: { of: Import; onClose: () => void }) {
  const connection = useConnection()
  const { api, queries } = connection
  const isAway = useSharedAway()
  const { goes, stays } = planTotals(of)
  const publish = useMutation(
    api.imports.publish.mutationOptions({
      onSuccess: (after) => {
        rememberImport(connection, after)
        void queries.invalidateQueries({ queryKey: api.imports.published.key() })
        onClose()
      },
      onError: (error) => {
        if (errorCode(error) === 'CONFLICT') {
          void queries.invalidateQueries({ queryKey: api.imports.get.queryKey({ input: { id: of.id } }) })
        }
      },
    }),
  )
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={`Publish “${of.name}”`}
      width="md"
      footer={
        <>
          <Button onPress={onClose}>Not yet</Button>
          <Button
            variant="primary"
            autoFocus
            isDisabled={goes === 0 || isAway || !of.is_planned}
            isPending={publish.isPending}
            onPress={() => publish.mutate({ id: of.id })}
          >
            Publish {formatAmount(goes, 'photo')}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-4">
        {publish.error && <Notice tone="warning">{describeError(publish.error)}</Notice>}
        {isAway && (
          <Notice tone="info">
            The shared database is away. Publishing is possible as soon as it is back; this window sees it by
            itself.
          </Notice>
        )}
        {of.is_planned && goes === 0 && (
          <Notice tone="info">
            There is nothing to publish yet
            {of.outcomes.needs_person > 0 ? ': decide about those that need a person first.' : '.'}
          </Notice>
        )}
        {!isAway && !of.is_planned && <Notice tone="info">The plan is being made anew…</Notice>}
        <Section title="Goes to the gallery" aside={formatAmount(goes, 'photo')}>
          <Lines of={of} outcomes={going} />
          {of.published > 0 && (
            <p className="text-sm text-ink-3">
              {formatAmount(of.published, 'photo')} of {of.published === 1 ? 'it is' : 'them are'} published
              already and stay as they are.
            </p>
          )}
        </Section>
        {stays > 0 && (
          <Section title="Stays behind" aside={formatAmount(stays, 'file')}>
            <Lines of={of} outcomes={staying} />
          </Section>
        )}
        <Section title="Whom it touches">
          <Effects of={of} />
        </Section>
        <p className="text-pretty text-ink-3">
          What changed underneath since the plan is not published but comes back for review. All of it can be
          undone later, in one go.
        </p>
      </div>
    </Dialog>
  )
}

function Lines({ of, outcomes }: { of: Import; outcomes: readonly Outcome[] }) {
  const shown = outcomes.filter((outcome) => of.outcomes[outcome] > 0)
  if (shown.length === 0) return <p className="text-ink-3">Nothing.</p>
  return (
    <ul className="flex flex-col gap-1">
      {shown.map((outcome) => (
        <li key={outcome} className="flex items-baseline gap-2">
          <span className="min-w-12 text-right font-medium">{formatCount(of.outcomes[outcome])}</span>
          <span className="shrink-0">{outcomeLabel(outcome, of.outcomes[outcome])}</span>
          <span className="min-w-0 truncate text-sm text-ink-3" title={outcomeWords[outcome].meaning}>
            {outcomeWords[outcome].meaning}
          </span>
        </li>
      ))}
    </ul>
  )
}
