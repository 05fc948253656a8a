import { TriangleAlert, Info } from 'lucide-react'
import type { Pair } from '../../../core/matching/contract'
import { Notice } from '../../kit/notice'
import { Section } from '../../kit/section'

/** Whether the score can be relied on, and if not, why. */
export function DoubtsSection({ pair }: { pair: Pair }) {
  const { doubts } = pair
  if (doubts.length === 0) {
    return <Notice tone="good">Both photos are good enough: nothing speaks against the score.</Notice>
  }
  const isHigh = doubts.some(({ severity }) => severity === 'high')
  return (
    <Section
      title={isHigh ? 'The score is unreliable because …' : 'The score is a little unreliable because …'}
    >
      <ul className="flex flex-col gap-1">
        {doubts.map(({ side, code, severity, because }) => (
          <li key={`${side} ${code} ${because}`} className="flex gap-2">
            {severity === 'high' ? (
              <TriangleAlert className="mt-0.5 size-4 shrink-0 text-warning" aria-label="Important" />
            ) : (
              <Info className="mt-0.5 size-4 shrink-0 text-ink-3" aria-label="Worth knowing" />
            )}
            <span className="min-w-0 text-pretty">{because}</span>
          </li>
        ))}
      </ul>
    </Section>
  )
}
