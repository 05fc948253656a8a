import { z } from 'zod'
import { rolesSchema, type BorrowedRole, type PackModel } from './manifest-roles'

export { packRoles, type ModelInput, type PackModel, type PackRole } from './manifest-roles'

const sha256 = z.string().regex(/^[0-9a-f]{64}$/)
const plainName = z.string().regex(/^[a-z0-9][a-z0-9_.-]*$/i)

const sourceWords = {
  licence: z.string(),
  /** What a user should know of its origin. */
  note: z.string(),
}

const sourceSchema = z.discriminatedUnion('kind', [
  /** A package of the registry that the user's client is set up for. */
  z.object({ kind: z.literal('npm'), package: z.string(), version: z.string(), ...sourceWords }),
  /** A zip that is downloaded. Plain HTTP only from this machine; elsewhere anybody on the way could change it. */
  z.object({
    kind: z.literal('zip'),
    url: z.string().regex(/^(https:\/\/|http:\/\/(127\.0\.0\.1|localhost)[:/])/),
    bytes: z.number().int().positive().optional(),
    sha256: sha256.optional(),
    ...sourceWords,
  }),
  /** Files that the user brings: a folder or a zip of their own. */
  z.object({ kind: z.literal('local'), ...sourceWords }),
])
export type PackSource = z.infer<typeof sourceSchema>

const sourceFileSchema = z.object({ source: z.string(), path: z.string(), sha256: sha256.optional() })
export type PackSourceFile = z.infer<typeof sourceFileSchema>

const fileSchema = z.object({
  /** As it stands in the pack's folder. */
  name: plainName,
  /** Size and sha256, where a source that can be trusted gives them; else they are recorded at the first install. */
  bytes: z.number().int().positive().optional(),
  sha256: sha256.optional(),
  /** One source file is copied; a converter takes several and makes the file of them. */
  from: z.array(sourceFileSchema).min(1),
  converter: z.enum(['flush_denormals', 'face_api_age_gender', 'face_api_expression']).optional(),
})
export type PackFile = z.infer<typeof fileSchema>

/** A pack: which files, where they come from, how each is fed and how its answer is read. */
export const packManifestSchema = z
  .object({
    name: plainName,
    title: z.string(),
    /** Goes up when files, inputs or decoders change. */
    version: z.number().int().positive(),
    licence: z.string(),
    /** What has to be accepted before the files are fetched or taken in, where the licence asks for it. */
    terms: z.object({ summary: z.string(), url: z.url() }).optional(),
    /** Whose five points the recogniser's crop is laid on: those of the 68 landmarks, or the detector's own. */
    alignment: z.enum(['landmarks', 'detector']).default('landmarks'),
    sources: z.record(z.string(), sourceSchema),
    files: z.array(fileSchema).min(1),
    roles: rolesSchema(plainName),
  })
  .superRefine((manifest, context) => {
    const names = new Set(manifest.files.map((file) => file.name))
    if (names.size !== manifest.files.length) context.addIssue('two files have the same name')
    for (const [role, model] of Object.entries(manifest.roles)) {
      if ('borrow' in model) {
        if (model.borrow === manifest.name) context.addIssue(`role ${role} is borrowed from the pack itself`)
        continue
      }
      if (!names.has(model.file))
        context.addIssue(`role ${role} names a file that the pack lacks: ${model.file}`)
      const channels = model.input.colour === 'grey' ? 1 : 3
      if (model.input.mean.length !== channels || model.input.scale.length !== channels) {
        context.addIssue(`role ${role} needs ${channels} values of mean and scale`)
      }
    }
    const { detector } = manifest.roles
    if (manifest.alignment === 'detector' && 'decoder' in detector && detector.decoder === 'ultraface') {
      context.addIssue(
        'alignment by the detector needs a detector that gives points, which ultraface does not',
      )
    }
    for (const file of manifest.files) {
      if (!file.converter && file.from.length > 1)
        context.addIssue(`file ${file.name} has several sources and no converter`)
      for (const { source } of file.from) {
        if (!manifest.sources[source])
          context.addIssue(`file ${file.name} names an unknown source: ${source}`)
      }
    }
  })
export type PackManifest = z.infer<typeof packManifestSchema>

/** The packs whose models a pack borrows, each once. */
export function lendersOf(manifest: PackManifest): string[] {
  const roles: (PackModel | BorrowedRole)[] = Object.values(manifest.roles)
  return [...new Set(roles.flatMap((role) => ('borrow' in role ? [role.borrow] : [])))]
}
