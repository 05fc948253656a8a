import type { ComponentProps } from 'react'
import { StatusDot } from '../../kit/badge'
import { useLiveState } from '../../rpc/hooks'

/** A state that the host tells of: while the host does not answer, nobody knows it. */
export function HeardDot(dot: ComponentProps<typeof StatusDot>) {
  return useLiveState() === 'lost' ? <StatusDot tone="neutral">Not known</StatusDot> : <StatusDot {...dot} />
}
