import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { formatAmount, formatCount } from '../../kit/format'
import { Notice } from '../../kit/notice'
import { Section } from '../../kit/section'
import { Skeleton } from '../../kit/skeleton'
import { useConnection } from '../../rpc/connection'
import { describeError } from '../../rpc/errors'

/** Of whom an undo left photos, and why. */
export function KeptList({ id }: { id: string }) {
  const { api } = useConnection()
  const kept = useQuery(api.imports.kept.queryOptions({ input: { id } }))
  if (kept.isPending) return <Skeleton className="h-4 w-2/3" />
  if (kept.isError) return <Notice tone="bad">{describeError(kept.error)}</Notice>
  return (
    <Section title="Kept" aside={formatCount(kept.data.length)}>
      <ul className="flex max-h-64 flex-col overflow-y-auto">
        {kept.data.map(({ celebrity_id: celebrity, name, reason, photos, place }) => (
          <li key={`${celebrity} ${reason}`} className="flex flex-col border-b py-1.5 last:border-b-0">
            <span className="flex min-w-0 items-baseline gap-2">
              <Whom {...{ celebrity, place }} name={name ?? 'Unnamed'} />
              <span className="shrink-0 text-sm text-ink-3">{formatAmount(photos, 'photo')}</span>
            </span>
            <span className="text-sm text-pretty text-ink-3">{reason}</span>
          </li>
        ))}
      </ul>
    </Section>
  )
}

/** Leads to where they are; who was merged into another is nowhere. */
function Whom({
  celebrity,
  name,
  place,
}: {
  celebrity: string
  name: string
  place: 'gallery' | 'trash' | null
}) {
  if (place === null) return <span className="truncate font-medium">{name}</span>
  return (
    <Link
      to="/celebrities"
      search={place === 'trash' ? { tab: 'trash', search: name } : { id: celebrity }}
      className="truncate font-medium hover:text-accent-ink hover:underline"
    >
      {name}
    </Link>
  )
}
