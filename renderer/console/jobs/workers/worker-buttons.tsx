import { CircleStop, Hourglass, Pause, Play } from 'lucide-react'
import { type ReactNode, useState } from 'react'
import type { JobWorker, WorkerInstruction } from '../../../../core/jobs/contract-monitor'
import { Button } from '../../../kit/button'
import { ConfirmDialog } from '../../../kit/dialog'
import { formatAmount } from '../../../kit/format'
import { useInstruct } from './use-instruct'
import { instructionLabel, instructionWords, possibleInstructions } from './worker-words'

const icons: Record<WorkerInstruction, ReactNode> = {
  pause: <Pause aria-hidden />,
  resume: <Play aria-hidden />,
  drain: <Hourglass aria-hidden />,
  stop: <CircleStop aria-hidden />,
}

/** What can be asked of a worker now; what hurts is asked twice. */
export function WorkerButtons({ worker }: { worker: JobWorker }) {
  const instruct = useInstruct()
  const [asking, setAsking] = useState<WorkerInstruction>()
  const send = (instruction: WorkerInstruction) =>
    instruct.mutate({ worker_id: worker.id, instruction }, { onSettled: () => setAsking(undefined) })
  return (
    <>
      {possibleInstructions(worker).map((instruction) => {
        const { warning } = instructionWords[instruction]
        const label = instructionLabel(instruction, worker)
        return (
          <Button
            key={instruction}
            icon={icons[instruction]}
            variant={instruction === 'stop' ? 'danger' : 'secondary'}
            isPending={instruct.isPending && instruct.variables.instruction === instruction}
            onPress={() => (warning ? setAsking(instruction) : send(instruction))}
          >
            {warning ? `${label}…` : label}
          </Button>
        )
      })}
      <ConfirmDialog
        isOpen={asking !== undefined}
        onClose={() => setAsking(undefined)}
        onConfirm={() => asking && send(asking)}
        isPending={instruct.isPending}
        title={`${asking ? instructionWords[asking].label : 'Stop'} the worker on ${worker.host_name}?`}
        confirm={`${asking ? instructionWords[asking].label : 'Stop'} the worker`}
      >
        {asking && instructionWords[asking].warning}
        {worker.holds > 0 && ` It holds ${formatAmount(worker.holds, 'job')} now.`}
      </ConfirmDialog>
    </>
  )
}
