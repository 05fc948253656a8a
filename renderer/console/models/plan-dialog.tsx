import { useMutation, useQuery } from '@tanstack/react-query'
import type { PackView, SwitchPlan } from '../../../core/models/contract'
import { Button } from '../../kit/button'
import { Dialog } from '../../kit/dialog'
import { formatAmount, formatBytes, formatDuration, formatLabel, formatNumber } from '../../kit/format'
import { Notice } from '../../kit/notice'
import { Facts, Section } from '../../kit/section'
import { Skeleton } from '../../kit/skeleton'
import { useApi } from '../../rpc/connection'
import { describeError, errorCode } from '../../rpc/errors'

/** What a switch would do; the button executes what is shown, and nothing else. */
export function PlanDialog({ pack, onClose }: { pack: PackView; onClose: () => void }) {
  const api = useApi()
  const plan = useQuery({
    ...api.models.plan.queryOptions({ input: { pack: pack.name } }),
    // What somebody reads must not change under their eyes; a plan that no longer holds is refused and made anew.
    refetchOnWindowFocus: false,
    staleTime: 0,
    gcTime: 0,
  })
  const start = useMutation(
    api.models.start.mutationOptions({
      onSuccess: onClose,
      onError: (error) => errorCode(error) === 'CONFLICT' && void plan.refetch(),
    }),
  )
  const canStart = plan.data !== undefined && plan.data.obstacle === null && !plan.isFetching
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={`Switch to ${pack.title}`}
      width="md"
      footer={
        <>
          <Button onPress={onClose}>Close</Button>
          <Button
            variant="primary"
            isDisabled={!canStart}
            isPending={start.isPending}
            onPress={() => plan.data && start.mutate({ pack: pack.name, basis: plan.data.basis })}
          >
            Start the switch
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-4">
        {start.error && <Notice tone="warning">{describeError(start.error)}</Notice>}
        {plan.data ? (
          <Plan plan={plan.data} />
        ) : plan.error ? (
          <Notice tone="bad" action={<Button onPress={() => void plan.refetch()}>Try again</Button>}>
            {describeError(plan.error)}
          </Notice>
        ) : (
          <div role="status" aria-label="Making the plan" className="flex flex-col gap-2">
            <p className="text-ink-2">Counting photos and measuring the pack…</p>
            <Skeleton className="h-4 w-full" />
            <Skeleton className="h-4 w-2/3" />
            <Skeleton className="h-4 w-4/5" />
          </div>
        )}
      </div>
    </Dialog>
  )
}

const sum = ({ faces, celebrities, photos }: SwitchPlan['to_do']) => faces + celebrities + photos

const each = ({ faces, celebrities, photos }: SwitchPlan['to_do']) =>
  [
    formatAmount(faces, 'face'),
    formatAmount(celebrities, 'celebrity', 'celebrities'),
    ...(photos > 0 ? [formatAmount(photos, 'further photo')] : []),
  ].join(', ')

function Plan({ plan }: { plan: SwitchPlan }) {
  const { from, to, to_do: todo, missing, done_already: done, estimate } = plan
  const hasMissing = missing !== null && sum(missing) > 0
  return (
    <>
      {plan.obstacle && <Notice tone="warning">{plan.obstacle}</Notice>}
      <p className="text-pretty text-ink-2">
        Every photo is analysed again in the background. Searches go on as they are until the last one is
        there; then all of it changes at once, and the scores of the matches that stand are computed anew.
      </p>
      <Section title="Work">
        <Facts
          facts={[
            ['Photos to redo', each(todo)],
            ['Can’t be redone', missing && hasMissing ? `${each(missing)}: the photo is missing` : null],
            ['There already', sum(done) > 0 ? each(done) : null],
            ['Time', estimate ? formatRange(estimate.seconds, 1000) : 'not measured yet'],
            ['Measured', estimate && measuredHow(estimate)],
            [
              'To fetch',
              plan.fetch_bytes ? `${formatBytes(plan.fetch_bytes)} on each machine that helps` : null,
            ],
            ['Database', `about ${formatBytes(plan.staging_bytes)} more until the switch`],
          ]}
        />
      </Section>
      <Section title="What changes">
        <Facts
          facts={[
            [
              'Embeddings',
              <Change key="embeddings" from={from?.embedding_model ?? null} to={to.embedding_model} />,
            ],
            ...plan.roles.map(
              ({ role, ...change }) => [formatLabel(role), <Change key={role} {...change} />] as const,
            ),
          ]}
        />
      </Section>
      <Section title="To look at afterwards">
        <p className="text-pretty text-ink-2">These were set by the scores of the old models:</p>
        <Facts
          facts={plan.thresholds.map(({ key, value }) => [formatLabel(key), formatNumber(value)] as const)}
        />
      </Section>
    </>
  )
}

/** @param unit milliseconds that 1 stands for */
function formatRange({ least, most }: { least: number; most: number }, unit = 1): string {
  const [from, to] = [formatDuration(least * unit), formatDuration(most * unit)]
  return from === to ? `about ${to}` : `${from} to ${to}`
}

function measuredHow({
  photo_ms,
  measured_on,
  threads,
  workers,
}: NonNullable<SwitchPlan['estimate']>): string {
  const models = measured_on === 'new_pack' ? 'with the new models' : 'with the models of now'
  return `${formatRange(photo_ms)} a photo ${models}, ${formatAmount(threads, 'thread')} of ${formatAmount(workers, 'machine')}`
}

function Change({ from, to }: { from: string | null; to: string | null }) {
  return (
    <span className="flex flex-col text-sm whitespace-normal">
      <span className="break-all text-ink-3 line-through decoration-from-font">{from ?? 'nothing'}</span>
      <span className="break-all">{to ?? 'nothing'}</span>
    </span>
  )
}
