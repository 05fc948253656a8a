import { z } from 'zod'

/** The six similarities, each in [0, 1], that a score is the weighted sum of. */
export const factorNames = ['embedding', 'geometry', 'age', 'symmetry', 'skin_tone', 'expression'] as const
export type FactorName = (typeof factorNames)[number]

/** A similarity a factor; null where one side lacks what it compares. */
export type Factors = Record<FactorName, number | null>
export const factorsSchema: z.ZodType<Factors> = z.record(
  z.enum(factorNames),
  z.number().min(0).max(1).nullable(),
)

const weight = z.number().min(0).max(1)

/** `system_settings.matching_weights`: six numbers in [0, 1] that sum to 1 (± 1e-6). */
export const weightsSchema = z
  .strictObject({
    embedding: weight,
    geometry: weight,
    age: weight,
    symmetry: weight,
    skin_tone: weight,
    expression: weight,
  })
  .refine((w) => Math.abs(factorNames.reduce((sum, name) => sum + w[name], 0) - 1) <= 1e-6, {
    message: 'The six weights must sum to 1.',
  })
export type Weights = z.infer<typeof weightsSchema>

export const defaultWeights: Weights = {
  embedding: 0.2,
  geometry: 0.2,
  age: 0.15,
  symmetry: 0.15,
  skin_tone: 0.15,
  expression: 0.15,
}
