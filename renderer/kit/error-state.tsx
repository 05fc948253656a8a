import { CircleAlert, RotateCw } from 'lucide-react'
import { Button } from './button'

/** Something could not be done: what happened, what to do, and a way to try again. */
export function ErrorState({
  title,
  message,
  onRetry,
  isRetrying = false,
}: {
  /** What could not be done: "The jobs could not be loaded". */
  title: string
  /** Why, and what to do next. */
  message: string
  onRetry?: () => void
  isRetrying?: boolean
}) {
  return (
    <div role="alert" className="flex grow flex-col items-center justify-center gap-1 px-6 py-12 text-center">
      <CircleAlert className="mb-2 size-6 stroke-[1.5] text-bad" aria-hidden />
      <h2 className="text-md font-semibold">{title}</h2>
      <p className="max-w-96 text-pretty text-ink-2">{message}</p>
      {onRetry && (
        <Button className="mt-3" icon={<RotateCw aria-hidden />} onPress={onRetry} isPending={isRetrying}>
          Try again
        </Button>
      )}
    </div>
  )
}
