import { useNavigate } from '@tanstack/react-router'
import { Sparkles, Star } from 'lucide-react'
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
    <section className="flex items-center gap-4 rounded-md border border-accent bg-accent-soft px-4 py-3">
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
