import type { MatchPair } from '../../../core/matching/contract-pair'
import { Badge } from '../../kit/badge'
import { formatAmount, formatLabel } from '../../kit/format'
import { Section } from '../../kit/section'
import { Thumbnail } from '../../kit/thumbnail'
import { RelativeTime } from '../../kit/time'
import { connectionTones } from './connection-words'

/** What the two have made of their match: reactions, connection, babies. */
export function BondsSection({ pair, names }: { pair: MatchPair; names: readonly [string, string] }) {
  const { reactions, connections, babies } = pair
  const nameOf = (side: 'a' | 'b' | null) => (side === null ? 'Somebody' : names[side === 'a' ? 0 : 1])
  return (
    <Section title="What the two made of it">
      <dl className="grid grid-cols-[6rem_minmax(0,1fr)] gap-x-4 gap-y-1">
        <dt className="text-ink-3">Reactions</dt>
        <dd className="flex flex-col">
          {reactions.length === 0 && <span className="text-ink-3">none</span>}
          {reactions.map(({ id, side, reaction_type, created_at }) => (
            <span key={id} className="flex justify-between gap-2">
              <span className="truncate">
                {nameOf(side)}: {formatLabel(reaction_type).toLowerCase()}
              </span>
              <span className="text-ink-3">
                <RelativeTime date={created_at} />
              </span>
            </span>
          ))}
        </dd>
        <dt className="text-ink-3">Connection</dt>
        <dd className="flex flex-col gap-1">
          {connections === null && <span className="text-ink-3">shown to moderators and admins only</span>}
          {connections?.length === 0 && <span className="text-ink-3">none</span>}
          {connections?.map(({ id, status, messages, created_at }) => (
            <span key={id} className="flex items-center justify-between gap-2">
              <span className="flex items-center gap-2">
                <Badge tone={connectionTones[status]}>{formatLabel(status)}</Badge>
                {formatAmount(messages, 'message')}
              </span>
              <span className="text-ink-3">
                <RelativeTime date={created_at} />
              </span>
            </span>
          ))}
        </dd>
        <dt className="text-ink-3">Babies</dt>
        <dd className="flex flex-wrap gap-2">
          {babies === null && <span className="text-ink-3">shown to moderators and admins only</span>}
          {babies?.length === 0 && <span className="text-ink-3">none</span>}
          {babies?.map(({ id, image_url, generated_by, created_at }) => (
            <span key={id} className="flex items-center gap-2">
              <Thumbnail src={image_url} name="Baby" size={40} />
              <span className="text-sm text-ink-3">
                by {nameOf(generated_by).replace('Somebody', 'somebody')}
                <br />
                <RelativeTime date={created_at} />
              </span>
            </span>
          ))}
        </dd>
      </dl>
    </Section>
  )
}
