import { oc } from '@orpc/contract'
import { z } from 'zod'
import { faceAttributesSchema, photoFactsSchema } from '../model/face'
import { qualityFaultSchema } from '../model/quality'
import { roleSchema } from '../model/roles'

export const meSchema = z.object({
  id: z.uuid(),
  name: z.string().nullable(),
  email: z.string().nullable(),
  role: roleSchema,
  second_factor: z.object({
    /** There is one that has been verified. */
    set_up: z.boolean(),
    /** This person does nothing as staff without one. */
    required: z.boolean(),
    /** This session has shown it. */
    done: z.boolean(),
  }),
})
export type Me = z.infer<typeof meSchema>

export const passwordSchema = z
  .string()
  .min(8, 'Use at least 8 characters.')
  .refine((value) => new TextEncoder().encode(value).length <= 72, 'Use at most 72 bytes.')

export const firstAdminSchema = z.object({
  name: z.string().trim().min(1, 'Enter a name.').max(200),
  email: z.email('Enter an e-mail address.').max(320),
  password: passwordSchema,
})

/** A face with its photo and where its job stands. */
export const faceSchema = faceAttributesSchema.extend({
  ...photoFactsSchema.shape,
  id: z.uuid(),
  profile_id: z.uuid(),
  image_url: z.string().nullable(),
  thumbnail_url: z.string().nullable(),
  image_hash: z.string().nullable(),
  is_default: z.boolean(),
  created_at: z.date(),
  /** Why the face is not matched by the settings of this moment: empty where it is, or is not analysed yet. */
  quality_faults: z.array(qualityFaultSchema),
  job: z
    .object({
      id: z.uuid(),
      status: z.enum(['pending', 'processing', 'completed', 'failed']),
      attempts: z.number().int(),
      max_attempts: z.number().int(),
      error_code: z.string().nullable(),
      error_message: z.string().nullable(),
    })
    .nullable(),
})
export type FaceView = z.infer<typeof faceSchema>

export const personSummarySchema = z.object({
  id: z.uuid(),
  name: z.string().nullable(),
  email: z.string().nullable(),
  gender: z.string().nullable(),
  school: z.string().nullable(),
  role: roleSchema,
  default_face_id: z.uuid().nullable(),
  thumbnail_url: z.string().nullable(),
  faces: z.number().int(),
  matches: z.number().int(),
  created_at: z.date(),
})
export type PersonSummary = z.infer<typeof personSummarySchema>

export const personSchema = personSummarySchema.extend({ face_list: z.array(faceSchema) })
export type Person = z.infer<typeof personSchema>

export const pageInput = {
  cursor: z.string().optional(),
  limit: z.number().int().min(1).max(200).default(60),
}

export const accountsContract = {
  /** Signed in. */
  me: oc.output(meSchema),
  /** Only from this machine and only while there is no admin; else CONFLICT or FORBIDDEN. */
  createFirstAdmin: oc.input(firstAdminSchema).output(z.object({ id: z.uuid() })),
  /** Staff. People (not celebrities), by name. `search` looks in name and e-mail. */
  list: oc
    .input(z.object({ search: z.string().max(200).optional(), school: z.string().optional(), ...pageInput }))
    .output(
      z.object({
        items: z.array(personSummarySchema),
        total: z.number().int(),
        next_cursor: z.string().nullable(),
      }),
    ),
  /** Staff. The schools that people have named, with how many. */
  schools: oc.output(z.array(z.object({ school: z.string(), people: z.number().int() }))),
  /** Staff, or the person. */
  get: oc.input(z.object({ id: z.uuid() })).output(personSchema),
  /**
   * Curator, or the person. The photo lies in the bucket `faces` at `image_path` (`<profile id>/<uuid>.<ext>`), put there
   * by the caller. IMAGE_REJECTED and CONFLICT (known already) remove it again.
   */
  addFace: oc
    .input(z.object({ profile_id: z.uuid(), image_path: z.string() }))
    .output(z.object({ face_id: z.uuid() })),
  /**
   * Admin. For a person who has lost theirs: removes all of their second factors, so that they set up another. Tokens
   * that are out stay as they are until they expire.
   */
  removeSecondFactors: oc.input(z.object({ id: z.uuid() })).output(z.object({ removed: z.number().int() })),
  /** Curator, or the person. With everything found by it. */
  removeFace: oc.input(z.object({ face_id: z.uuid() })).output(z.object({})),
}
