import { oc } from '@orpc/contract'
import { z } from 'zod'
import { faceAttributesSchema, photoFactsSchema } from '../model/face'
import { factorNames, factorsSchema, weightsSchema } from '../model/weights'
import { connectionStatuses } from './contract-list'

/** One side of a pair seen through: photo and all attributes. */
export const inspectedFaceSchema = faceAttributesSchema.extend({
  ...photoFactsSchema.shape,
  name: z.string().nullable(),
  image_url: z.string().nullable(),
  /** Null for a celebrity. */
  face_id: z.uuid().nullable(),
  profile_id: z.uuid().nullable(),
  /** Null for a person. */
  celebrity_id: z.uuid().nullable(),
  school: z.string().nullable(),
  /** The person's own word; `gender` is what the analysis says. */
  owner_gender: z.string().nullable(),
  /** Whether this is the photo that the person is matched by. True for a celebrity. */
  is_default: z.boolean(),
})
export type InspectedFace = z.infer<typeof inspectedFaceSchema>

/** A step of the waterfall. Contributions sum to `current_score`. */
export const contributionSchema = z.object({
  factor: z.enum(factorNames),
  /** Null where it is missing. */
  value: z.number().nullable(),
  /** As the settings say. */
  weight: z.number(),
  /** What counts: over the factors that are known these sum to 1; 0 where it is missing. 0 too where there is no score. */
  effective_weight: z.number(),
  /** `value` × `effective_weight`; 0 where it is missing. */
  contribution: z.number(),
  /** Which side lacks what is compared; `models`: the embeddings live in two spaces. Null where the factor is known. */
  missing: z.enum(['a', 'b', 'both', 'models']).nullable(),
})
export type Contribution = z.infer<typeof contributionSchema>

/** Why a score is not to be relied on. */
export const doubtSchema = z.object({
  /** `pair`: what only the two together are. */
  side: z.enum(['a', 'b', 'pair']),
  code: z.enum([
    'not_analyzed',
    'different_models',
    'no_score',
    'stale_score',
    'low_quality',
    'below_gate',
    'weak_component',
    'several_faces',
    'grey_photo',
    'missing_factor',
    'old_analysis',
    'unsure_expression',
  ]),
  /** `high`: the score may be meaningless. `low`: worth knowing. High ones come first. */
  severity: z.enum(['high', 'low']),
  /** Completes "The score is unreliable because …"; no capital, no full stop. */
  because: z.string(),
})
export type Doubt = z.infer<typeof doubtSchema>

const reactionSchema = z.object({
  id: z.uuid(),
  side: z.enum(['a', 'b']).nullable(),
  reaction_type: z.string(),
  created_at: z.date(),
})

export const pairSchema = z.object({
  id: z.uuid(),
  /** As it stands in the row. */
  similarity_score: z.number(),
  /** The score by today's weights; null where too little is known of a side. */
  current_score: z.number().nullable(),
  factors: factorsSchema,
  weights: weightsSchema,
  contributions: z.array(contributionSchema),
  threshold: z.number(),
  created_at: z.date(),
  a: inspectedFaceSchema,
  b: inspectedFaceSchema,
  /** Empty: nothing speaks against the score. */
  doubts: z.array(doubtSchema),
})
export type Pair = z.infer<typeof pairSchema>

/** What hangs on a match of two people. */
export const matchPairSchema = pairSchema.extend({
  reactions: z.array(reactionSchema),
  /** Connections and babies are shown to moderators and admins; null where the caller may not see them. */
  connections: z
    .array(
      z.object({
        id: z.uuid(),
        status: z.enum(connectionStatuses),
        created_at: z.date(),
        updated_at: z.date(),
        messages: z.number().int(),
      }),
    )
    .nullable(),
  babies: z
    .array(
      z.object({
        id: z.uuid(),
        image_url: z.string(),
        created_at: z.date(),
        generated_by: z.enum(['a', 'b']).nullable(),
      }),
    )
    .nullable(),
})
export type MatchPair = z.infer<typeof matchPairSchema>

const pairOf = z.object({
  id: z.uuid(),
  /** `lookalike`: the id is one of `celebrity_matches`. */
  kind: z.enum(['match', 'lookalike']).default('match'),
})

/** Scores over [0, 1] in bins of equal width; a score of 1 is in the last. */
export const histogramSchema = z.object({
  counts: z.array(z.number().int()).length(50),
  total: z.number().int(),
  /** The share of the scores that are lower, half of the equal ones among them: 0..1. Null without any. */
  percentile: z.number().min(0).max(1).nullable(),
})
export type Histogram = z.infer<typeof histogramSchema>

export const standingSchema = z.object({
  /** Where the marker stands: the stored score. */
  score: z.number(),
  /** Stored matches hold nothing below this but what stayed: a percentile among them says nothing about strangers. */
  threshold: z.number(),
  /** All stored matches, or all stored lookalikes. This pair is among them. */
  stored: histogramSchema,
  /**
   * Random pairs of two people (for a lookalike: of a person and a celebrity) of this pair's embedding model, scored by
   * today's weights: what strangers get. The same pairs each time while the people stay the same.
   */
  background: histogramSchema,
  /** `stored`: the other pairs of this person or celebrity. `background`: this very face against random others. */
  a: z.object({ stored: histogramSchema, background: histogramSchema }),
  b: z.object({ stored: histogramSchema, background: histogramSchema }),
})
export type Standing = z.infer<typeof standingSchema>

const attemptSchema = z.object({
  attempt: z.number().int(),
  worker_id: z.string().nullable(),
  started_at: z.date(),
  ended_at: z.date(),
  outcome: z.string(),
  failed_stage: z.string().nullable(),
  error_code: z.string().nullable(),
  error_message: z.string().nullable(),
})

export const pairHistorySchema = z.object({
  /** Newest first. A lookalike has them since its score changed for the first time. */
  scores: z.array(
    z.object({
      score: z.number(),
      /** Null for what was written before there was a history. */
      weights: weightsSchema.nullable(),
      /** `found`: the first. `reanalysis`: a side was analysed again. `settings`: by other weights. */
      why: z.enum(['found', 'reanalysis', 'settings', 'rescore', 'recompute']),
      at: z.date(),
    }),
  ),
  /** Of either face, newest first; at most 100. */
  jobs: z.array(
    z.object({
      id: z.uuid(),
      kind: z.enum(['face', 'celebrity']),
      side: z.enum(['a', 'b']),
      status: z.enum(['pending', 'processing', 'completed', 'failed']),
      job_type: z.string().nullable(),
      error_code: z.string().nullable(),
      error_message: z.string().nullable(),
      created_at: z.date(),
      started_at: z.date().nullable(),
      completed_at: z.date().nullable(),
      /** In order. */
      attempts: z.array(attemptSchema),
    }),
  ),
  /** Removals of this match that were undone, newest first. */
  removals: z.array(
    z.object({
      id: z.uuid(),
      reason: z.string(),
      removed_at: z.date(),
      removed_by_name: z.string().nullable(),
      undone_at: z.date().nullable(),
      undone_by_name: z.string().nullable(),
    }),
  ),
})
export type PairHistory = z.infer<typeof pairHistorySchema>

export const matchPairContract = {
  /** Staff. */
  get: oc.input(z.object({ id: z.uuid() })).output(matchPairSchema),
  /** Staff: the pair of a face and a celebrity. */
  getLookalike: oc.input(z.object({ id: z.uuid() })).output(pairSchema.extend({ celebrity_id: z.uuid() })),
  /** Staff: where the score stands among others. NOT_FOUND where the pair is gone. */
  standing: oc.input(pairOf).output(standingSchema),
  /** Staff: what made the score what it is. NOT_FOUND where the pair is gone. */
  history: oc.input(pairOf).output(pairHistorySchema),
}
