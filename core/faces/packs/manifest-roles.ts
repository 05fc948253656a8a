import { z } from 'zod'

export const modelInputSchema = z.object({
  /** Pixels. Where the model takes any size these are the largest sides that it is shown. */
  width: z.number().int().positive(),
  height: z.number().int().positive(),
  colour: z.enum(['rgb', 'bgr', 'grey']),
  /** Fed is `(value − mean) · scale`, a number a channel in the order of `colour`, value in 0..255. */
  mean: z.array(z.number()),
  scale: z.array(z.number()),
})
export type ModelInput = z.infer<typeof modelInputSchema>

/** A role that another pack's model of the same role fills. */
const borrowedSchema = z.object({ borrow: z.string().regex(/^[a-z0-9][a-z0-9_.-]*$/i) })
export type BorrowedRole = z.infer<typeof borrowedSchema>

/** A model of a pack; `decoder` says how it is fed and its outputs are read (core/faces/decoders). */
const modelAs = <const Decoder extends string>(file: z.ZodString, ...decoders: Decoder[]) =>
  z.union([
    z.object({
      file,
      decoder: z.enum(decoders),
      input: modelInputSchema,
      /** The name of each output in the file, for decoders that can't tell them by their shapes. */
      outputs: z.record(z.string(), z.string()).optional(),
    }),
    borrowedSchema,
  ])

/** What the models of a pack do. The first three are needed; the others give attributes. */
export const rolesSchema = (file: z.ZodString) =>
  z.object({
    detector: modelAs(file, 'ultraface', 'scrfd', 'yunet'),
    landmarks: modelAs(file, 'points_68', 'insightface_3d68', 'insightface_2d106'),
    recogniser: modelAs(file, 'arcface'),
    pose: modelAs(file, 'hopenet').optional(),
    age_gender: modelAs(file, 'face_api_age_gender', 'insightface_genderage').optional(),
    expression: modelAs(file, 'face_api_expression').optional(),
  })

export const packRoles = ['detector', 'landmarks', 'recogniser', 'pose', 'age_gender', 'expression'] as const
export type PackRole = (typeof packRoles)[number]

type Roles = z.infer<ReturnType<typeof rolesSchema>>
type ModelIn<Role extends PackRole> = Exclude<NonNullable<Roles[Role]>, BorrowedRole>
export type DetectorName = ModelIn<'detector'>['decoder']
export type LandmarkerName = ModelIn<'landmarks'>['decoder']
export type AgeGenderName = ModelIn<'age_gender'>['decoder']

/** A role that the pack's own file fills. */
export interface PackModel {
  file: string
  decoder: ModelIn<PackRole>['decoder']
  input: ModelInput
  outputs?: Record<string, string> | undefined
}
