import { oc } from '@orpc/contract'
import { z } from 'zod'
import { factorsSchema } from '../model/weights'
import { matchFeedContract } from './contract-feed'
import { matchListContract, matchSummarySchema } from './contract-list'
import { matchPairContract } from './contract-pair'
import { matchRemovalContract } from './contract-removal'
import { matchSearchContract } from './contract-search'

export type { MatchSummary } from './contract-list'
export type { InspectedFace, Pair } from './contract-pair'

export const lookalikeSchema = z.object({
  id: z.uuid(),
  similarity_score: z.number(),
  factors: factorsSchema,
  created_at: z.date(),
  celebrity: z.object({
    id: z.uuid(),
    name: z.string(),
    category: z.string().nullable(),
    thumbnail_url: z.string().nullable(),
  }),
})

export const matchingContract = {
  ...matchFeedContract,
  ...matchListContract,
  ...matchPairContract,
  ...matchSearchContract,
  ...matchRemovalContract,
  /** Staff, or the person whose face it is. */
  ofFace: oc
    .input(z.object({ face_id: z.uuid() }))
    .output(z.object({ matches: z.array(matchSummarySchema), lookalikes: z.array(lookalikeSchema) })),
}
