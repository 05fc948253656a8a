import { Play, Square, Undo2 } from 'lucide-react'
import type { Bulk } from '../../../../core/jobs/contract-bulk'
import { Button } from '../../../kit/button'
import { isAtLeast, useMe } from '../../shell/me'
import { useBulkControls } from './use-bulks'

/** What can be done about a bulk action now: stop it, go on with it, put back what it did. */
export function BulkControls({ bulk }: { bulk: Bulk }) {
  const { role } = useMe()
  const { stop, goOn, undo } = useBulkControls()
  if (!isAtLeast(role, 'curator')) return null
  return (
    <>
      {bulk.state === 'running' && (
        <Button
          size="sm"
          icon={<Square aria-hidden />}
          isPending={stop.isPending}
          onPress={() => stop.mutate({ id: bulk.id })}
        >
          Stop
        </Button>
      )}
      {bulk.state === 'stopped' && (
        <Button
          size="sm"
          icon={<Play aria-hidden />}
          isPending={goOn.isPending}
          onPress={() => goOn.mutate({ id: bulk.id })}
        >
          Go on
        </Button>
      )}
      {bulk.can_undo && (
        <Button
          size="sm"
          icon={<Undo2 aria-hidden />}
          isPending={undo.isPending}
          onPress={() => undo.mutate({ id: bulk.id })}
        >
          Undo
        </Button>
      )}
    </>
  )
}
