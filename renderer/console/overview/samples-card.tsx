import { Play, Sparkles, Square, Trash2 } from 'lucide-react'
import { useState } from 'react'
import type { SamplesStatus } from '../../../core/samples/contract'
import { Badge } from '../../kit/badge'
import { Button } from '../../kit/button'
import { ConfirmDialog } from '../../kit/dialog'
import { formatDuration, formatNumber } from '../../kit/format'
import { Notice } from '../../kit/notice'
import { ProgressBar } from '../../kit/progress-bar'
import { Card } from '../../kit/section'
import { Skeleton } from '../../kit/skeleton'
import { notifyDone } from '../../kit/toast'
import { describeError } from '../../rpc/errors'
import { isAtLeast, useMe } from '../shell/me'
import { useRate } from './rate'
import { useSamples } from './use-samples'

const stateBadges = {
  none: undefined,
  loading: <Badge tone="accent">Loading</Badge>,
  partial: <Badge tone="warning">Incomplete</Badge>,
  loaded: <Badge tone="good">Loaded</Badge>,
}

/** Generated people and celebrities to try everything with. */
export function SamplesCard() {
  const samples = useSamples()
  const { data: status, error } = samples.status
  return (
    <Card title="Sample people" aside={status && stateBadges[status.state]}>
      {status ? (
        <Loaded status={status} samples={samples} />
      ) : error ? (
        <Notice tone="bad">{describeError(error)}</Notice>
      ) : (
        <>
          <Skeleton className="h-4 w-full" />
          <Skeleton className="h-4 w-2/3" />
        </>
      )}
    </Card>
  )
}

function Loaded({ status, samples }: { status: SamplesStatus; samples: ReturnType<typeof useSamples> }) {
  const { role } = useMe()
  return (
    <>
      {status.state === 'none' ? (
        <p className="text-pretty text-ink-2">
          60 generated people in 2 schools and 30 celebrities. They take the way of real photos: upload,
          queue, analysis, matching. Remove them whenever you like.
        </p>
      ) : (
        <Progress status={status} at={samples.status.dataUpdatedAt} />
      )}
      {status.message && <Notice tone="warning">{status.message}</Notice>}
      {isAtLeast(role, 'admin') ? (
        <Actions status={status} samples={samples} />
      ) : (
        status.state === 'none' && <p className="text-sm text-ink-3">An admin can load them.</p>
      )}
    </>
  )
}

/** Both stages, with speed and time left while something goes on. */
function Progress({ status, at }: { status: SamplesStatus; at: number }) {
  const { state, uploaded, analyzed, total } = status
  const isWorking = state === 'loading' || analyzed < uploaded
  const rate = useRate(analyzed, at, isWorking)
  const share = (done: number) => (total === 0 ? 0 : done / total)
  const remaining = (state === 'loading' ? total : uploaded) - analyzed
  return (
    <div className="flex flex-col gap-2.5">
      <ProgressBar label="Uploaded" value={share(uploaded)} text={`${uploaded} of ${total}`} />
      <ProgressBar label="Analysed" value={share(analyzed)} text={`${analyzed} of ${total}`} />
      {isWorking && (
        <p className="text-sm text-ink-3">
          {rate === undefined
            ? 'Measuring the speed…'
            : `${formatNumber(rate, 1)} faces a second · about ${formatDuration((remaining / rate) * 1000)} left`}
        </p>
      )}
    </div>
  )
}

function Actions({ status, samples }: { status: SamplesStatus; samples: ReturnType<typeof useSamples> }) {
  const { load, cancel, remove } = samples
  const [isAsking, setAsking] = useState(false)
  const { state } = status
  return (
    <div className="mt-auto flex gap-2">
      {state === 'none' && (
        <Button
          icon={<Sparkles aria-hidden />}
          isPending={load.isPending}
          onPress={() => load.mutate(undefined)}
        >
          Load sample people
        </Button>
      )}
      {state === 'partial' && (
        <Button
          variant="primary"
          icon={<Play aria-hidden />}
          isPending={load.isPending}
          onPress={() => load.mutate(undefined)}
        >
          Continue
        </Button>
      )}
      {state === 'loading' && (
        <Button
          icon={<Square aria-hidden />}
          isPending={cancel.isPending}
          onPress={() => cancel.mutate(undefined)}
        >
          Cancel
        </Button>
      )}
      {(state === 'partial' || state === 'loaded') && (
        <Button variant="danger" icon={<Trash2 aria-hidden />} onPress={() => setAsking(true)}>
          Remove…
        </Button>
      )}
      <ConfirmDialog
        isOpen={isAsking}
        onClose={() => setAsking(false)}
        title="Remove the sample people?"
        confirm={`Remove ${status.uploaded} samples`}
        isPending={remove.isPending}
        onConfirm={() =>
          remove.mutate(undefined, {
            onSuccess: () => notifyDone('The sample people are removed'),
            onSettled: () => setAsking(false),
          })
        }
      >
        All {status.uploaded} sample people and celebrities go, with their photos, jobs and matches. Nobody
        else is touched. They can be loaded again.
      </ConfirmDialog>
    </div>
  )
}
