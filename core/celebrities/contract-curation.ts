import { eventIterator, oc } from '@orpc/contract'
import { z } from 'zod'
import { boxSchema, detectedGenderSchema, expressionSchema, faceAttributesSchema } from '../model/face'
import { celebritySummarySchema } from './contract'
import { celebrityFilterSchema } from './contract-filter'

/** Looking after the gallery: what is in it, where it is thin, and every change with its undo. */

const count = z.number().int().min(0)
const unit = z.number().min(0).max(1)
const group = z.object({
  /** What takes all of it back: `curation.undo`. */
  group_id: z.uuid(),
  changed: count,
  /** Left out, and why: gone, or the same already. */
  skipped: z.array(z.object({ id: z.uuid(), reason: z.string() })),
})
export type ChangeGroup = z.infer<typeof group>

/** Single celebrities, or all that match a filter at that moment. */
export const curationSelectionSchema = z.union([
  z.object({ ids: z.array(z.uuid()).min(1).max(10_000) }),
  z.object({
    all: celebrityFilterSchema,
    /** Who was taken out of them again. */
    except: z.array(z.uuid()).max(10_000).optional(),
  }),
])
export type CurationSelection = z.infer<typeof curationSelectionSchema>

/** What can be written; a field that is not there stays, null empties it. */
export const celebrityEditSchema = z
  .object({
    name: z.string('A celebrity needs a name: it can’t be emptied.').trim().min(1, 'Enter a name.').max(200),
    bio: z.string().trim().max(2000).nullable(),
    category: z.string().trim().max(100).nullable(),
    gender: detectedGenderSchema.nullable(),
    licence: z.string().trim().max(500).nullable(),
    source: z.string().trim().max(2000).nullable(),
  })
  .partial()
  .refine((edit) => Object.keys(edit).length > 0, 'Nothing would change.')
export type CelebrityEdit = z.infer<typeof celebrityEditSchema>

export const ageBands = ['0-17', '18-24', '25-34', '35-44', '45-54', '55-64', '65+'] as const
/** By the individual typology angle of CIELAB, arctan((L − 50) / b), degrees: > 55, > 41, > 28, > 10, > −30, else. */
export const skinTones = ['very light', 'light', 'intermediate', 'tan', 'brown', 'dark', 'unknown'] as const

/** A photo of a celebrity: the one that they are known by has their id. */
export const celebrityPhotoSchema = faceAttributesSchema.extend({
  id: z.uuid(),
  is_current: z.boolean(),
  image_url: z.string().nullable(),
  thumbnail_url: z.string().nullable(),
  image_width: z.number().int().nullable(),
  image_height: z.number().int().nullable(),
  detection_box: boxSchema.nullable(),
  image_hash: z.string().nullable(),
  embedding_model: z.string().nullable(),
  licence: z.string().nullable(),
  source: z.string().nullable(),
  import_id: z.uuid().nullable(),
  created_at: z.date().nullable(),
  /** To the current photo, -1..1; null for itself, or where the two were analysed by different models. */
  cosine: z.number().nullable(),
})
export type CelebrityPhoto = z.infer<typeof celebrityPhotoSchema>

export const changeKinds = [
  'add',
  'edit',
  'merge',
  'replace_photo',
  'add_photo',
  'remove_photo',
  'trash',
  'import',
  'distinguish',
] as const

export const changeSchema = z.object({
  id: z.number().int(),
  group_id: z.uuid(),
  celebrity_id: z.uuid(),
  kind: z.enum(changeKinds),
  /** In words: “Category from nothing to Actor”. */
  what: z.string(),
  changed_by_name: z.string().nullable(),
  changed_at: z.date(),
  undone_at: z.date().nullable(),
  can_undo: z.boolean(),
})
export type CelebrityChange = z.infer<typeof changeSchema>

const ids = z.object({ id: z.uuid() })
const page = { cursor: z.string().optional(), limit: z.number().int().min(1).max(200).default(60) }

export const curationContract = {
  /** Staff. */
  photos: oc.input(ids).output(z.array(celebrityPhotoSchema)),
  /** Staff. Newest first, with those of who was merged into them. */
  history: oc.input(ids).output(z.array(changeSchema)),
  /** Staff. The celebrities whose faces are nearest, by the weighted score where it can be had, else by embedding. */
  similar: oc
    .input(z.object({ id: z.uuid(), limit: z.number().int().min(1).max(50).default(12) }))
    .output(z.array(celebritySummarySchema.extend({ cosine: z.number(), is_distinct: z.boolean() }))),
  /** Staff. How many celebrities there are of each age × gender × skin tone, with how many of the people are like that. */
  coverage: oc.output(
    z.object({
      cells: z.array(
        z.object({
          age: z.enum(ageBands),
          gender: detectedGenderSchema.nullable(),
          skin_tone: z.enum(skinTones),
          celebrities: count,
          people: count,
        }),
      ),
      celebrities: count,
      people: count,
      /** Not analysed: in no cell. */
      unknown: count,
    }),
  ),
  /**
   * Staff. What a person should look at: photos of one celebrity that look unlike, celebrities that look like one person,
   * photos of which few exist that are so bad. Worst first.
   */
  outliers: oc.input(z.object({ kind: z.enum(['unlike', 'alike', 'quality']), ...page })).output(
    z.object({
      items: z.array(
        z.object({
          kind: z.enum(['unlike', 'alike', 'quality']),
          celebrity: celebritySummarySchema,
          /** `alike`: the other celebrity. */
          other: celebritySummarySchema.nullable(),
          /** `unlike`: the further photo. */
          photo: celebrityPhotoSchema.nullable(),
          /** `unlike` and `alike`: cosine; `quality`: the score. */
          value: z.number(),
          why: z.string(),
        }),
      ),
      total: count,
      next_cursor: z.string().nullable(),
    }),
  ),
  /**
   * Staff. Compares celebrities with each other as far as `outliers` of `alike` needs it, which does the same without a
   * word: how many pairs are compared, of how many; ends when all are. Whoever ends it earlier stops it, and the next
   * one goes on from there.
   */
  compareAll: oc.output(eventIterator(z.object({ compared: count, total: count }))),

  /** Curator. One edit for all of them. A dry run says how many it would change and stores nothing (`group_id` is new). */
  edit: oc
    .input(
      z.object({
        selection: curationSelectionSchema,
        edit: celebrityEditSchema,
        dry_run: z.boolean().default(false),
      }),
    )
    .output(group),
  /**
   * Curator. `id` stays and takes the photos of the others, which go. CONFLICT where somebody changed one of them since
   * `seen` (their updated_at).
   */
  merge: oc
    .input(
      z.object({
        id: z.uuid(),
        others: z.array(z.uuid()).min(1).max(20),
        seen: z.record(z.uuid(), z.date()).optional(),
      }),
    )
    .output(group),
  /** Curator. These two are not one, and are not shown as alike again; `false` takes that back. In both histories. */
  distinguish: oc
    .input(z.object({ id: z.uuid(), other: z.uuid(), are_distinct: z.boolean().default(true) }))
    .output(group),
  /** Curator. Makes a further photo the one that they are known by; the other one is kept. */
  usePhoto: oc.input(z.object({ id: z.uuid(), photo_id: z.uuid() })).output(group),
  /** Curator. A new photo (`image_path` as in `celebrities.add`) takes the place of the current one, which is kept. */
  replacePhoto: oc
    .input(
      z.object({
        id: z.uuid(),
        image_path: z.string(),
        licence: z.string().trim().max(500).optional(),
        source: z.string().trim().max(2000).optional(),
      }),
    )
    .output(group),
  /** Curator. A further photo goes; its file goes when an undo can't be had any more. */
  removePhoto: oc.input(z.object({ id: z.uuid(), photo_id: z.uuid() })).output(group),
  /** Curator. Their photos are analysed anew. */
  reanalyze: oc.input(curationSelectionSchema).output(z.object({ queued: count })),

  /** Curator. Into the trash, for 30 days: nobody finds them, their lookalikes go; an undo brings all of it back. */
  trash: oc
    .input(z.object({ selection: curationSelectionSchema, dry_run: z.boolean().default(false) }))
    .output(group),
  /** Staff. What lies in the trash, newest first. */
  trashed: oc.input(z.object({ search: z.string().max(200).optional(), ...page })).output(
    z.object({
      items: z.array(
        z.object({
          change_id: z.number().int(),
          group_id: z.uuid(),
          celebrity_id: z.uuid(),
          name: z.string(),
          thumbnail_url: z.string().nullable(),
          changed_by_name: z.string().nullable(),
          changed_at: z.date(),
          purge_at: z.date(),
          photos: count,
          lookalikes: count,
        }),
      ),
      total: count,
      next_cursor: z.string().nullable(),
    }),
  ),
  /** Curator. Out of the trash for good, now: rows and files. Can't be undone. */
  purge: oc
    .input(z.object({ change_ids: z.array(z.number().int()).min(1).max(1000) }))
    .output(z.object({ purged: count })),

  /**
   * Curator. Takes a group of changes back. What somebody changed since is left as it is, and named; CONFLICT where
   * nothing of it can be taken back.
   */
  undo: oc
    .input(
      z.object({
        group_id: z.uuid(),
        /** Of the group these celebrities alone; without it all. */
        celebrity_ids: z.array(z.uuid()).min(1).max(10_000).optional(),
      }),
    )
    .output(
      z.object({
        undone: count,
        kept: z.array(z.object({ celebrity_id: z.uuid(), name: z.string(), reason: z.string() })),
      }),
    ),
  /** Curator. The caller's own last group of changes that stands and can be undone; null where there is none. */
  lastChange: oc.output(z.object({ group_id: z.uuid(), what: z.string(), changed_at: z.date() }).nullable()),
  /**
   * Curator. Does again what was taken back (edits, merges, the trash, who is told apart), as a change of its own. Whoever
   * was changed since is left; CONFLICT where nothing was taken back, or it was done again already.
   */
  redo: oc.input(z.object({ group_id: z.uuid() })).output(group),
  /** Curator. What the caller took back last and can do again; null where there is none, or they did something else since. */
  lastUndone: oc.output(z.object({ group_id: z.uuid(), what: z.string(), undone_at: z.date() }).nullable()),

  /** Staff. The matching celebrities as CSV (UTF-8, RFC 4180), in pieces; formulas of spreadsheets are made harmless. */
  exportCsv: oc
    .input(
      z.object({
        filter: celebrityFilterSchema,
        /** Of them these alone… */
        ids: z.array(z.uuid()).min(1).max(10_000).optional(),
        /** …or all but these. */
        except: z.array(z.uuid()).max(10_000).optional(),
        cursor: z.string().optional(),
      }),
    )
    .output(z.object({ text: z.string(), rows: count, next_cursor: z.string().nullable() })),
  /** Staff. Where the gallery stands: values of each field with how many have it, for filters. */
  facets: oc.output(
    z.object({
      categories: z.array(z.object({ value: z.string(), celebrities: count })),
      licences: z.array(z.object({ value: z.string(), celebrities: count })),
      models: z.array(z.object({ value: z.string(), celebrities: count })),
      expressions: z.array(z.object({ value: expressionSchema, celebrities: count })),
      missing: z.record(z.enum(['bio', 'category', 'gender', 'licence', 'source', 'embedding']), count),
      /** Of analysed ones: deciles of the quality, 9 numbers. */
      quality_deciles: z.array(unit),
    }),
  ),
}
