import { z } from 'zod'
import starter from '../../resources/packs/starter.json'

const sha256 = z.string().regex(/^[0-9a-f]{64}$/)
const plainName = z.string().regex(/^[a-z0-9][a-z0-9_.-]*$/i)

const sourceSchema = z.object({
  /** A package of the registry that the user's client is set up for. */
  kind: z.literal('npm'),
  package: z.string(),
  version: z.string(),
  licence: z.string(),
  /** What a user should know of its origin. */
  note: z.string(),
})

const sourceFileSchema = z.object({ source: z.string(), path: z.string(), sha256 })
export type PackSourceFile = z.infer<typeof sourceFileSchema>

const fileSchema = z.object({
  /** As it stands in the pack's folder. */
  name: plainName,
  bytes: z.number().int().positive(),
  sha256,
  /** One source file is copied; a converter takes several and makes the file of them. */
  from: z.array(sourceFileSchema).min(1),
  converter: z.enum(['flush_denormals', 'face_api_age_gender', 'face_api_expression']).optional(),
})
export type PackFile = z.infer<typeof fileSchema>

export const modelInputSchema = z.object({
  width: z.number().int().positive(),
  height: z.number().int().positive(),
  colour: z.enum(['rgb', 'bgr', 'grey']),
  /** Fed is `(value − mean) · scale`, a number a channel in the order of `colour`, value in 0..255. */
  mean: z.array(z.number()),
  scale: z.array(z.number()),
})
export type ModelInput = z.infer<typeof modelInputSchema>

/** A model of a pack; `decoder` says how its outputs are read. */
const modelAs = <const Decoder extends string>(...decoders: Decoder[]) =>
  z.object({ file: plainName, decoder: z.enum(decoders), input: modelInputSchema })

/** What the models of a pack do. The first three are needed; the others give attributes. */
const rolesSchema = z.object({
  detector: modelAs('ultraface'),
  landmarks: modelAs('points_68'),
  recogniser: modelAs('arcface'),
  pose: modelAs('hopenet').optional(),
  age_gender: modelAs('face_api_age_gender').optional(),
  expression: modelAs('face_api_expression').optional(),
})
export type DetectorName = z.infer<typeof rolesSchema>['detector']['decoder']
export interface PackModel {
  file: string
  decoder: string
  input: ModelInput
}

/** A pack: which files, where they come from, how each is fed and how its answer is read. */
export const packManifestSchema = z
  .object({
    name: plainName,
    title: z.string(),
    /** Goes up when files, inputs or decoders change. */
    version: z.number().int().positive(),
    licence: z.string(),
    sources: z.record(z.string(), sourceSchema),
    files: z.array(fileSchema).min(1),
    roles: rolesSchema,
  })
  .superRefine((manifest, context) => {
    const names = new Set(manifest.files.map((file) => file.name))
    for (const [role, model] of Object.entries(manifest.roles)) {
      if (!names.has(model.file))
        context.addIssue(`role ${role} names a file that the pack lacks: ${model.file}`)
      const channels = model.input.colour === 'grey' ? 1 : 3
      if (model.input.mean.length !== channels || model.input.scale.length !== channels) {
        context.addIssue(`role ${role} needs ${channels} values of mean and scale`)
      }
    }
    for (const file of manifest.files) {
      for (const { source } of file.from) {
        if (!manifest.sources[source])
          context.addIssue(`file ${file.name} names an unknown source: ${source}`)
      }
    }
  })
export type PackManifest = z.infer<typeof packManifestSchema>

/** What a fresh machine analyses with. */
export const starterManifest: PackManifest = packManifestSchema.parse(starter)
