import type { AlarmAction } from '../../../../core/jobs/contract-monitor'
import { Button } from '../../../kit/button'
import { notifyDone, notifyFailed } from '../../../kit/toast'
import { isAtLeast, useMe } from '../../shell/me'
import { type JobsSearch, searchOf } from '../search'
import { useForgetWorker, useInstruct } from '../workers/use-instruct'
import { instructionWords } from '../workers/worker-words'

/** The button that leads to what an alarm is about, or mends it. */
export function AlarmButton({ action, onGo }: { action: AlarmAction; onGo: (search: JobsSearch) => void }) {
  const { role } = useMe()
  switch (action.do) {
    case 'show_jobs':
      return (
        <Button size="sm" onPress={() => onGo(searchOf(action.filter))}>
          Show the jobs
        </Button>
      )
    case 'show_worker':
      return (
        <Button size="sm" onPress={() => onGo({ tab: 'workers', on: action.worker_id })}>
          Show the worker
        </Button>
      )
    case 'show_failures':
      return (
        <Button size="sm" onPress={() => onGo({ tab: 'failures' })}>
          Show the failures
        </Button>
      )
    case 'copy_sql':
      return (
        <Button size="sm" onPress={() => void copy(action.sql)}>
          Copy the SQL
        </Button>
      )
    case 'instruct':
      return isAtLeast(role, 'curator') ? <InstructButton action={action} /> : null
    case 'forget_worker':
      return isAtLeast(role, 'admin') ? <ForgetButton workerId={action.worker_id} /> : null
  }
}

async function copy(sql: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(sql)
    notifyDone('The SQL is copied', sql)
  } catch {
    notifyFailed('The SQL could not be copied', sql)
  }
}

function InstructButton({ action }: { action: Extract<AlarmAction, { do: 'instruct' }> }) {
  const instruct = useInstruct()
  const { worker_id, instruction } = action
  return (
    <Button
      size="sm"
      isPending={instruct.isPending}
      onPress={() => instruct.mutate({ worker_id, instruction })}
    >
      {instructionWords[instruction].label}
    </Button>
  )
}

function ForgetButton({ workerId }: { workerId: string }) {
  const forget = useForgetWorker()
  return (
    <Button size="sm" isPending={forget.isPending} onPress={() => forget.mutate({ worker_id: workerId })}>
      Forget the worker
    </Button>
  )
}
