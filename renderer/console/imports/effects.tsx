import { useQuery } from '@tanstack/react-query'
import { ArrowDownRight, ArrowUpRight } from 'lucide-react'
import type { ReactNode } from 'react'
import type { Import } from '../../../core/celebrities/contract-import-schemas'
import { Button } from '../../kit/button'
import { cx } from '../../kit/class-names'
import { formatScore } from '../../kit/face/score-badge'
import { formatCount } from '../../kit/format'
import { Notice } from '../../kit/notice'
import { Skeleton } from '../../kit/skeleton'
import { Thumbnail } from '../../kit/thumbnail'
import { useApi } from '../../rpc/connection'
import { describeError } from '../../rpc/errors'
import { useSharedAway } from './away-notice'

/** Whom publishing would touch: people who gain or lose a lookalike, in numbers and by example. */
export function Effects({ of }: { of: Import }) {
  const isAway = useSharedAway()
  const effects = useQuery({
    ...useApi().imports.effects.queryOptions({ input: { id: of.id } }),
    // Of the plan and the gallery of this moment: nothing of it is kept.
    staleTime: 0,
    gcTime: 0,
    enabled: !isAway,
  })
  if (isAway && !effects.data) {
    return (
      <Notice tone="info">
        Whom it touches can be said when the shared database is back; it is asked again by itself.
      </Notice>
    )
  }
  if (effects.isError) {
    return (
      <Notice
        tone="warning"
        action={
          <Button size="sm" isPending={effects.isFetching} onPress={() => void effects.refetch()}>
            Try again
          </Button>
        }
      >
        {describeError(effects.error)}
      </Notice>
    )
  }
  if (!effects.data) {
    return (
      <div role="status" aria-label="Searching for everybody" className="flex flex-col gap-2">
        <p className="text-ink-2">Every person is searched for as if it were published…</p>
        <Skeleton className="h-4 w-2/3" />
        <Skeleton className="h-4 w-1/2" />
      </div>
    )
  }
  const { gaining, losing, first, examples } = effects.data
  return (
    <div className="flex flex-col gap-3">
      <dl className="grid grid-cols-3 gap-2">
        <Figure label="gain a lookalike" value={gaining} />
        <Figure label="have one for the first time" value={first} />
        <Figure label="lose one" value={losing} />
      </dl>
      {gaining + losing === 0 && (
        <p className="text-ink-2">Nobody’s lookalikes change: no face of it is near enough to anybody.</p>
      )}
      {examples.length > 0 && (
        <ul aria-label="Examples" className="flex max-h-64 flex-col overflow-y-auto rounded-md border">
          {examples.map(({ profile_id: id, name, thumbnail_url: url, kind, celebrity, score }, index) => (
            <li
              key={`${id} ${index}`}
              className="flex items-center gap-2.5 border-b px-3 py-1.5 last:border-b-0"
            >
              <Thumbnail src={url} name={name} size={28} />
              <span className="min-w-0 grow truncate">
                <span className="font-medium">{name ?? 'Unnamed person'}</span>
                <span className="text-ink-2">
                  {kind === 'gain' ? ' gains ' : ' loses '}
                  {celebrity}
                </span>
              </span>
              <span
                className={cx(
                  'flex items-center gap-1 text-sm [&_svg]:size-3.5',
                  kind === 'gain' ? 'text-good' : 'text-bad',
                )}
              >
                {kind === 'gain' ? <ArrowUpRight aria-hidden /> : <ArrowDownRight aria-hidden />}
                {formatScore(score)}
              </span>
            </li>
          ))}
        </ul>
      )}
    </div>
  )
}

function Figure({ label, value }: { label: ReactNode; value: number }) {
  return (
    <div className="flex flex-col-reverse justify-end rounded-md border px-3 py-2">
      <dt className="text-sm text-ink-3">{label}</dt>
      <dd className="text-lg font-semibold">{formatCount(value)}</dd>
    </div>
  )
}
