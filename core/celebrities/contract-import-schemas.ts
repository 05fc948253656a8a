import { z } from 'zod'
import { boxSchema, detectedGenderSchema, faceAttributesSchema } from '../model/face'
import { qualityComponentSchema, leastComponentsSchema } from '../model/quality'

/** What imports of celebrities are made of. */

const count = z.number().int().min(0)
const unit = z.number().min(0).max(1)

export const importStates = [
  'uploading',
  'scanning',
  'analyzing',
  'review',
  'publishing',
  'published',
  'undoing',
  'undone',
  'discarded',
] as const
export type ImportState = (typeof importStates)[number]

export const sourceKinds = ['folder', 'zip', 'csv', 'upload'] as const

/** The one outcome that a file has before anything is published. */
export const outcomes = [
  /** The photo that a new celebrity will be known by. */
  'new_celebrity',
  /** Kept beside the one that they are known by. */
  'further_photo',
  /** Better than the one that they are known by, and takes its place; the other one is kept as a further photo. */
  'replaces_photo',
  'duplicate',
  'rejected',
  /** Nothing happens with it until a person has decided. */
  'needs_person',
] as const
export type Outcome = (typeof outcomes)[number]

/** Why a file has its outcome. */
export const outcomeCodes = [
  // new_celebrity, further_photo, replaces_photo
  'only_photo',
  'best_photo',
  'not_the_best',
  'better_than_gallery',
  'not_better_than_gallery',
  'accepted',
  // duplicate, from the surest to the least sure
  'same_bytes',
  'same_picture',
  'same_bytes_in_gallery',
  'same_picture_in_gallery',
  // rejected
  'by_person',
  'not_a_photo',
  'unreadable',
  'too_large',
  'unsafe_path',
  /** Words about photos that can't be used: a row of a CSV, a sidecar. */
  'bad_description',
  'no_face',
  'low_quality',
  'poison',
  'gone',
  // needs_person
  'two_names_one_face',
  'one_name_two_faces',
  'same_person_in_gallery',
  'name_in_gallery_other_face',
  'several_faces',
  'maybe_minor',
  'no_name',
  'no_licence',
  'no_source',
  /** What a CSV says of it can't be used as it is. */
  'doubted_description',
  'changed_underneath',
] as const
export type OutcomeCode = (typeof outcomeCodes)[number]

export const importRulesSchema = z.object({
  /** Of the unified score. */
  min_quality: unit.default(0.4),
  min_components: leastComponentsSchema.default({}),
  /** Estimated younger than this, with the models' uncertainty of `age_uncertainty` years, is held for a person. */
  adult_age: z.number().int().min(0).max(120).default(18),
  age_uncertainty: z.number().min(0).max(40).default(8),
  /** Cosine from which two faces are taken for one person, and under which for two. */
  same_person: unit.default(0.5),
  other_person: unit.default(0.25),
  /** Bits of 64 that two copies of one picture differ in at most. */
  same_picture: z.number().int().min(0).max(32).default(6),
})
export type ImportRules = z.infer<typeof importRulesSchema>

export const defaultsSchema = z.object({
  licence: z.string().trim().max(500).nullable(),
  source: z.string().trim().max(2000).nullable(),
  category: z.string().trim().max(100).nullable(),
  gender: detectedGenderSchema.nullable(),
})
export type ImportDefaults = z.infer<typeof defaultsSchema>

export const importSchema = z.object({
  id: z.uuid(),
  name: z.string(),
  source_kind: z.enum(sourceKinds),
  /** Null where it was uploaded, and for callers who are not on that machine. */
  source_path: z.string().nullable(),
  state: z.enum(importStates),
  paused: z.boolean(),
  /** What it stands still for, in words. */
  problem: z.string().nullable(),
  defaults: defaultsSchema,
  rules: importRulesSchema,
  created_at: z.date(),
  published_at: z.date().nullable(),
  /** Files of each kind: seen, to be analysed, analysed, rejected by what they are, published, undone. */
  files: count,
  found: count,
  analyzed: count,
  rejected: count,
  published: count,
  people: count,
  /** By the plan; all zero before there is one. */
  outcomes: z.record(z.enum(outcomes), count),
  /** Why the plan holds files for a person, or drops them: {code: files}. */
  reasons: z.partialRecord(z.enum(outcomeCodes), count),
  /** The plan is of this very state of files and decisions. */
  is_planned: z.boolean(),
  /** Of the step under way: files a second and seconds left; null where nothing runs or too little is known. */
  rate: z.number().nullable(),
  seconds_left: z.number().nullable(),
  /** When the gallery was compared with last; null: never, since the shared database was never reached. */
  gallery_at: z.date().nullable(),
})
export type Import = z.infer<typeof importSchema>

/** What a file was compared with. */
const referenceSchema = z.object({
  file_id: z.number().int().nullable(),
  celebrity_id: z.uuid().nullable(),
  /** Which of the celebrity's further photos; null: the one that they are known by. */
  photo_id: z.uuid().nullable(),
  name: z.string().nullable(),
  thumbnail_url: z.string().nullable(),
  /** By embedding, -1..1. */
  cosine: z.number().nullable(),
  /** Of 64. */
  bits_apart: z.number().int().nullable(),
})

export const importFileSchema = z.object({
  id: z.number().int(),
  path: z.string(),
  name: z.string().nullable(),
  name_original: z.string().nullable(),
  person_id: z.number().int().nullable(),
  person_name: z.string().nullable(),
  /** How many files show that person. */
  person_files: count,
  state: z.enum(['found', 'analyzed', 'rejected']),
  outcome: z.enum(outcomes).nullable(),
  outcome_code: z.enum(outcomeCodes).nullable(),
  /** In words, for a person. */
  outcome_reason: z.string().nullable(),
  reference: referenceSchema.nullable(),
  faces: count,
  face_index: z.number().int().nullable(),
  quality_score: unit.nullable(),
  age: z.number().int().nullable(),
  gender: detectedGenderSchema.nullable(),
  licence: z.string().nullable(),
  source: z.string().nullable(),
  category: z.string().nullable(),
  thumbnail_url: z.string().nullable(),
  published_at: z.date().nullable(),
})
export type ImportFile = z.infer<typeof importFileSchema>

export const importFileDetailSchema = importFileSchema.extend({
  bio: z.string().nullable(),
  bytes: z.number().nullable(),
  width: z.number().int().nullable(),
  height: z.number().int().nullable(),
  image_hash: z.string().nullable(),
  /** The whole photo, as browsers show it, upright. */
  image_url: z.string().nullable(),
  found_faces: z.array(
    faceAttributesSchema.extend({
      face_index: z.number().int(),
      box: boxSchema,
      detection_score: z.number(),
      /** Against the other faces of this person, or what the gallery knows of them; null where there is nothing. */
      cosine_to_person: z.number().nullable(),
    }),
  ),
  /** The chosen face's place in the gallery: the share of its photos that are worse, 0..1, by component. */
  percentiles: z.partialRecord(z.enum(['quality_score', ...qualityComponentSchema.options]), unit),
  /** Other files of the same person, best first. */
  siblings: z.array(importFileSchema),
  decisions: z.array(
    z.object({
      id: z.number().int(),
      kind: z.string(),
      decided_at: z.date(),
      undone_at: z.date().nullable(),
    }),
  ),
})
export type ImportFileDetail = z.infer<typeof importFileDetailSchema>

/** A file as somebody was shown it when they decided: the reason of its outcome, and which face is meant. */
const shownFileSchema = z.object({
  id: z.number().int(),
  outcome_code: z.enum(outcomeCodes).nullable(),
  face_index: z.number().int().nullable(),
})
export type ShownFile = z.infer<typeof shownFileSchema>

/** What a person can say of files. */
export const decisionSchema = z.discriminatedUnion('kind', [
  /**
   * Publish it as it is, whatever it was shown to be held for (never without a name, a licence and a source). CONFLICT
   * where it is held for something else by now: nothing is decided then.
   */
  z.object({ kind: z.literal('accept'), files: z.array(shownFileSchema).min(1).max(10_000) }),
  z.object({ kind: z.literal('reject'), file_ids: z.array(z.number().int()).min(1).max(10_000) }),
  z.object({ kind: z.literal('face'), file_id: z.number().int(), face_index: z.number().int().min(0) }),
  /** One person: with the person of another file, or with a celebrity. */
  z.object({
    kind: z.literal('same_person'),
    file_id: z.number().int(),
    with: z.union([z.object({ file_id: z.number().int() }), z.object({ celebrity_id: z.uuid() })]),
  }),
  /** Not who it was compared with; remembered over all imports. */
  z.object({ kind: z.literal('different_person'), file_id: z.number().int() }),
  /** Null fields stay as they are. */
  z.object({
    kind: z.literal('describe'),
    file_ids: z.array(z.number().int()).min(1).max(10_000),
    name: z.string().trim().min(1, 'Enter a name.').max(200).nullable().default(null),
    bio: z.string().trim().max(2000).nullable().default(null),
    category: z.string().trim().max(100).nullable().default(null),
    gender: detectedGenderSchema.nullable().default(null),
    licence: z.string().trim().max(500).nullable().default(null),
    source: z.string().trim().max(2000).nullable().default(null),
  }),
  /** Back to what the plan says by itself. */
  z.object({ kind: z.literal('reset'), file_ids: z.array(z.number().int()).min(1).max(10_000) }),
])
export type Decision = z.infer<typeof decisionSchema>
