import { type ErrorComponentProps, Link } from '@tanstack/react-router'
import { Compass } from 'lucide-react'
import { EmptyState } from '../../kit/empty-state'
import { ErrorState } from '../../kit/error-state'
import { describeError } from '../../rpc/errors'

/** An address that leads nowhere. */
export function NotFound() {
  return (
    <div className="flex h-full">
      <EmptyState
        icon={<Compass />}
        title="There is no such screen"
        actions={
          <Link to="/overview" className="font-medium text-accent-ink underline-offset-2 hover:underline">
            Go to the overview
          </Link>
        }
      >
        The address may be from another version of Semblance.
      </EmptyState>
    </div>
  )
}

/** A screen that broke: the rest of the console goes on. */
export function ScreenFailed({ error, reset }: ErrorComponentProps) {
  return (
    <div className="flex h-full">
      <ErrorState title="This screen could not be shown" message={describeError(error)} onRetry={reset} />
    </div>
  )
}
