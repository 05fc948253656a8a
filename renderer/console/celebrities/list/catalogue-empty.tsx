import { useNavigate } from '@tanstack/react-router'
import { SearchX, Star } from 'lucide-react'
import { Button } from '../../../kit/button'
import { EmptyState } from '../../../kit/empty-state'

/** There are celebrities, and the filters leave none of them. */
export function NobodyFits({ onReset }: { onReset: () => void }) {
  return (
    <EmptyState
      icon={<SearchX />}
      title="No celebrity fits these filters"
      actions={<Button onPress={onReset}>Clear the filters</Button>}
    >
      Search for a shorter part of the name, widen a range, or clear the filters to see everybody.
    </EmptyState>
  )
}

/** The gallery is empty. */
export function NobodyYet({ onAdd }: { onAdd: (() => void) | undefined }) {
  const navigate = useNavigate()
  return (
    <EmptyState
      icon={<Star />}
      title="No celebrities yet"
      actions={
        onAdd && (
          <>
            <Button variant="primary" onPress={onAdd}>
              Add celebrity
            </Button>
            <Button onPress={() => void navigate({ to: '/imports', search: { new: true } })}>Import…</Button>
          </>
        )
      }
    >
      {onAdd
        ? 'Drop a photo here, or import a folder. Each photo is analysed, and people find the celebrities who look like them.'
        : 'A curator adds them. People then find the celebrities who look like them.'}
    </EmptyState>
  )
}
