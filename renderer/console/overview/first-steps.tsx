import { useNavigate } from '@tanstack/react-router'
import { Sparkles, Star, UsersRound } from 'lucide-react'
import type { PackStatus } from '../../../core/model/status'
import { Button } from '../../kit/button'
import { isAtLeast, useMe } from '../shell/me'
import { useSamples } from './use-samples'

/** What to do while there is nobody yet. */
export function FirstSteps({ pack }: { pack: PackStatus }) {
  const navigate = useNavigate()
  const { role } = useMe()
  const { status, load } = useSamples()
  const isOffered = status.data?.state === 'none' && isAtLeast(role, 'admin')
  return (
    <section className="flex items-center gap-3 rounded-md border bg-panel px-4 py-3">
      <span className="flex size-9 shrink-0 items-center justify-center rounded-md bg-accent-soft text-accent-ink">
        <UsersRound className="size-5 stroke-[1.75]" aria-hidden />
      </span>
      <div className="min-w-0 grow">
        <h2 className="font-semibold">Nobody here yet</h2>
        <p className="text-pretty text-ink-2">
          {isOffered
            ? 'Load sample people to see photos go in and matches come out, or begin with celebrities of your own.'
            : 'Begin with celebrities: add a photo, or import a folder of them.'}
          {pack.state === 'installing' &&
            ' The models are still being set up; jobs start when they are ready.'}
        </p>
      </div>
      {isOffered && (
        <Button
          variant="primary"
          icon={<Sparkles aria-hidden />}
          isPending={load.isPending}
          onPress={() => load.mutate(undefined)}
        >
          Load sample people
        </Button>
      )}
      <Button icon={<Star aria-hidden />} onPress={() => void navigate({ to: '/celebrities' })}>
        Add celebrities
      </Button>
    </section>
  )
}
