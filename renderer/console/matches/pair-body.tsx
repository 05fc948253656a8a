import { useMemo, type ReactNode } from 'react'
import type { MatchPair, Pair } from '../../../core/matching/contract-pair'
import { compareShapes } from '../../kit/face/procrustes'
import { Notice } from '../../kit/notice'
import { Section } from '../../kit/section'
import { BondsSection } from './bonds-section'
import { DisplacementSection } from './displacement-section'
import { DoubtsSection } from './doubts-section'
import { HistorySection } from './history-section'
import { NearestSection } from './nearest-section'
import { PairComparison } from './pair-comparison'
import { PairPhotos } from './pair-photos'
import type { PairRef } from './pair-ref'
import { PairScores } from './pair-scores'
import { QualitySection } from './quality-section'
import { StandingSection } from './standing-section'
import { Waterfall } from './waterfall'

export interface PairBodyProps {
  pair: Pair | MatchPair
  reference: PairRef
  /** Where each side leads. */
  sides: { a?: ReactNode; b?: ReactNode }
  /** At full width: in two columns, where there is the room. */
  isWide: boolean
}

/** A pair seen through: how alike the two look, how the score came about, and what it is worth. */
export function PairBody({ pair, reference, sides, isWide }: PairBodyProps) {
  const { a, b } = pair
  const comparison = useMemo(() => compareShapes(a.landmarks_68, b.landmarks_68), [a, b])
  const names = [a.name ?? 'the first', b.name ?? 'the second'] as const
  const banner = (
    <Notice key="banner" tone="neutral">
      <strong className="font-medium text-ink">Exploration, not evidence.</strong> A resemblance does not say
      who somebody is.
    </Notice>
  )
  const photos = <PairPhotos key="photos" pair={pair} comparison={comparison} sides={sides} />
  const score = [
    <PairScores key="scores" pair={pair} />,
    <DoubtsSection key="doubts" pair={pair} />,
    <Section key="waterfall" title="How the score comes about">
      <Waterfall pair={pair} />
    </Section>,
    <StandingSection key={`standing ${reference.id}`} pair={reference} names={names} />,
  ]
  const faces = [
    <DisplacementSection key="displacement" comparison={comparison} />,
    <QualitySection key="quality" a={a} b={b} />,
  ]
  const life = [
    'reactions' in pair && <BondsSection key="bonds" pair={pair} names={names} />,
    <HistorySection key={`history ${reference.id}`} pair={reference} names={names} />,
    <NearestSection key={`nearest ${reference.id}`} a={a} b={b} />,
  ]
  const values = <PairComparison key="values" a={a} b={b} />
  if (isWide) {
    return (
      <div className="mx-auto grid w-full max-w-360 grid-cols-1 items-start gap-x-8 gap-y-4 @min-[960px]:grid-cols-2">
        <div className="flex min-w-0 flex-col gap-4">
          {banner}
          {photos}
          {faces}
          {values}
        </div>
        <div className="flex min-w-0 flex-col gap-4">
          {score}
          {life}
        </div>
      </div>
    )
  }
  return (
    <>
      {banner}
      {photos}
      {score}
      {faces}
      {life}
      {values}
    </>
  )
}
