import type { BulkPlan } from '../../../../core/jobs/contract-bulk'
import { Button } from '../../../kit/button'
import { Checkbox } from '../../../kit/checkbox'
import { Dialog } from '../../../kit/dialog'
import { formatAmount, formatCount } from '../../../kit/format'
import { Notice } from '../../../kit/notice'
import { Segmented } from '../../../kit/segmented'
import { Skeleton } from '../../../kit/skeleton'
import { describeError } from '../../../rpc/errors'
import { actionWords, priorities } from './bulk-words'
import type { BulkPlanning } from './use-bulk-plan'

/** The dry run of a bulk action: how many jobs it would meet, which it leaves out and why. Running it meets exactly these. */
export function BulkDialog({ planning }: { planning: BulkPlanning }) {
  const { ask, plan, error, choices, isRunning } = planning
  const words = actionWords[ask?.action ?? 'retry']
  const eligible = plan?.eligible ?? 0
  return (
    <Dialog
      isOpen={ask !== undefined}
      onClose={planning.close}
      title={`${words.label}: ${ask?.which ?? ''}`}
      width="md"
      onSubmit={() => eligible > 0 && planning.run()}
      footer={
        <>
          <Button onPress={planning.close}>Leave it</Button>
          <Button
            type="submit"
            variant={ask?.action === 'cancel' ? 'destructive' : 'primary'}
            isDisabled={eligible === 0}
            isPending={isRunning}
            autoFocus
          >
            {plan
              ? `${words.label}${ask?.action === 'prioritise' ? ' of' : ''} ${formatAmount(eligible, 'job')}`
              : words.label}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-3">
        <p className="text-pretty text-ink-2">{words.meaning}</p>
        {ask?.action === 'prioritise' && (
          <div className="flex">
            <Segmented
              label="Priority"
              value={`${choices.priority}`}
              onChange={(id) => planning.choose({ priority: Number(id) })}
              options={priorities}
            />
          </div>
        )}
        {plan ? (
          <PlanReview plan={plan} />
        ) : error ? (
          <Notice
            tone="bad"
            action={
              <Button size="sm" onPress={planning.again}>
                Try again
              </Button>
            }
          >
            {describeError(error)}
          </Notice>
        ) : (
          <div role="status" aria-label="Counting the jobs">
            <Skeleton className="h-20" />
          </div>
        )}
        {plan && ask?.action === 'retry' && <Permanent plan={plan} planning={planning} />}
      </div>
    </Dialog>
  )
}

function PlanReview({ plan }: { plan: BulkPlan }) {
  const taken = plan.sample.filter(({ reason }) => reason === null)
  return (
    <table aria-label="Dry run" className="w-full">
      <tbody>
        <tr className="border-b font-medium">
          <td className="w-20 py-1.5 pr-3 text-right text-lg">{formatCount(plan.eligible)}</td>
          <th scope="row" className="py-1.5 text-left font-medium">
            {eligibleWords(plan)} {actionWords[plan.action].done}
            <Names names={taken.map(({ name }) => name)} total={plan.eligible} />
          </th>
        </tr>
        {plan.ineligible
          .filter(({ jobs }) => jobs > 0)
          .map(({ reason, jobs, words }) => (
            <tr key={reason} className="border-b text-ink-2">
              <td className="py-1.5 pr-3 text-right">{formatCount(jobs)}</td>
              <th scope="row" className="py-1.5 text-left font-normal text-pretty">
                left out: {words}
                <Names
                  names={plan.sample.filter((job) => job.reason === reason).map(({ name }) => name)}
                  total={jobs}
                />
              </th>
            </tr>
          ))}
      </tbody>
    </table>
  )
}

function eligibleWords({ eligible, selected }: BulkPlan): string {
  if (eligible === selected) return selected === 1 ? 'job will be' : 'jobs, all of them, will be'
  return `of ${formatAmount(selected, 'job')} will be`
}

/** A few whom it concerns: "Ada, Bob and 21 more". */
function Names({ names, total }: { names: readonly (string | null)[]; total: number }) {
  const known = names.filter((name) => name !== null).slice(0, 3)
  if (known.length === 0) return null
  const more = total - known.length
  return (
    <span className="block text-sm font-normal text-ink-3">
      {known.join(', ')}
      {more > 0 && ` and ${formatCount(more)} more`}
    </span>
  )
}

/** The way to have done what is left out by default: it rarely helps, and after a change of the models it does. */
function Permanent({ plan, planning }: { plan: BulkPlan; planning: BulkPlanning }) {
  const left = plan.ineligible.find(({ reason }) => reason === 'permanent')?.jobs ?? 0
  if (left === 0 && !planning.choices.includePermanent) return null
  return (
    <Checkbox
      isSelected={planning.choices.includePermanent}
      onChange={(includePermanent) => planning.choose({ includePermanent })}
    >
      Also those that fail the same way every time
      <span className="block text-sm text-ink-3">It can help after a change of the models.</span>
    </Checkbox>
  )
}
