import { eventIterator, oc } from '@orpc/contract'
import { z } from 'zod'
import {
  decisionSchema,
  defaultsSchema,
  importFileDetailSchema,
  importFileSchema,
  importRulesSchema,
  importSchema,
  outcomeCodes,
  outcomes,
} from './contract-import-schemas'

/**
 * Imports of celebrities: scan, analyse, review, publish. All but publishing happens in the staging area of the host's
 * machine. Every procedure asks for a curator.
 */

const count = z.number().int().min(0)
const importId = z.object({ id: z.uuid() })

export const importFileFilterSchema = z.object({
  outcome: z.enum(outcomes).optional(),
  code: z.enum(outcomeCodes).optional(),
  person_id: z.number().int().optional(),
  search: z.string().max(200).optional(),
})
export type ImportFileFilter = z.infer<typeof importFileFilterSchema>

/** Bytes of one piece of an uploaded file at most. */
export const mostPieceBytes = 8 * 1024 * 1024

export const importsContract = {
  /** Newest first; those that were discarded are gone. */
  list: oc.output(z.array(importSchema)),
  /** NOT_FOUND. */
  get: oc.input(importId).output(importSchema),
  /** The import whenever it changes, at most twice a second; ends with it. */
  watch: oc.input(importId).output(eventIterator(importSchema)),
  /**
   * From a folder, ZIP or CSV on the host's machine: scanning begins at once. Without a path, files are uploaded next.
   * Only calls from that very machine may name a path; BAD_REQUEST where there is nothing to read.
   */
  create: oc
    .input(
      z.object({
        name: z.string().trim().min(1).max(200).optional(),
        path: z.string().min(1).max(4000).optional(),
        defaults: defaultsSchema.partial().default({}),
        rules: importRulesSchema.partial().default({}),
      }),
    )
    .output(importSchema),
  /** A piece of a file, in order; a piece that is there already is skipped. Gives how many bytes of the file are there. */
  upload: oc
    .input(
      z.object({
        id: z.uuid(),
        path: z.string().min(1).max(1000),
        offset: count,
        piece: z
          .instanceof(Blob)
          .refine((blob) => blob.size <= mostPieceBytes, 'The piece is larger than 8 MiB.'),
      }),
    )
    .output(z.object({ bytes: count })),
  /** All is uploaded: scanning begins. */
  uploaded: oc.input(importId).output(importSchema),
  pause: oc.input(importId).output(importSchema),
  resume: oc.input(importId).output(importSchema),
  /**
   * Removes an import from this machine, with what was uploaded; the source is left alone. CONFLICT while something of it
   * is published.
   */
  discard: oc.input(importId).output(z.object({})),
  /** Defaults and rules; the plan is made anew. */
  update: oc
    .input(
      z.object({
        id: z.uuid(),
        defaults: defaultsSchema.partial().optional(),
        rules: importRulesSchema.partial().optional(),
      }),
    )
    .output(importSchema),

  /** In order of need: those for a person first, then by person and path. */
  files: oc
    .input(
      z.object({
        id: z.uuid(),
        ...importFileFilterSchema.shape,
        cursor: z.string().optional(),
        limit: z.number().int().min(1).max(500).default(100),
      }),
    )
    .output(z.object({ items: z.array(importFileSchema), total: count, next_cursor: z.string().nullable() })),
  file: oc.input(z.object({ id: z.uuid(), file_id: z.number().int() })).output(importFileDetailSchema),
  /**
   * The outcomes that the decision changed. CONFLICT while the import is published, or where somebody else has decided about
   * its files after `seen`: the last decision about them that was shown, null where there was none. Without it, nobody asks.
   */
  decide: oc
    .input(z.object({ id: z.uuid(), decision: decisionSchema, seen: z.number().int().nullable().optional() }))
    .output(z.object({ import: importSchema, changed: z.array(importFileSchema) })),
  /** Takes the caller's last decision back that stands; null where there is none. */
  undoDecision: oc
    .input(importId)
    .output(
      z.object({ import: importSchema, changed: z.array(importFileSchema), undone: z.string().nullable() }),
    ),
  /** Makes the caller's decision again that was taken back last; null where there is none, or something was decided since. */
  redoDecision: oc
    .input(importId)
    .output(
      z.object({ import: importSchema, changed: z.array(importFileSchema), redone: z.string().nullable() }),
    ),

  /**
   * Which people would gain or lose a lookalike, by the exact search, if this were published: nothing is stored.
   * UNAVAILABLE where the shared database can't be reached.
   */
  effects: oc.input(importId).output(
    z.object({
      gaining: count,
      losing: count,
      /** People who have none today and would have one. */
      first: count,
      examples: z
        .array(
          z.object({
            profile_id: z.uuid(),
            name: z.string().nullable(),
            thumbnail_url: z.string().nullable(),
            kind: z.enum(['gain', 'loss']),
            celebrity: z.string(),
            file_id: z.number().int().nullable(),
            score: z.number(),
          }),
        )
        .max(20),
    }),
  ),

  /**
   * Executes the plan of this revision: exactly that. CONFLICT where the plan is of another one. What changed underneath
   * is held for a person and the import goes back to review with it.
   */
  publish: oc.input(importId).output(importSchema),
  /**
   * Takes up an import again that is published: it is reviewed as before, but for its files that are published, and what is
   * decided is published as part of it. Publishing with nothing left to publish closes it again. One that is being published
   * stops and is reviewed with the rest open: the way out where its source is gone for good. Needs no network; CONFLICT
   * where it is neither.
   */
  reopen: oc.input(importId).output(importSchema),
  /**
   * Takes back all that was published by it, on whichever machine: rows, images, matches. What somebody changed since is
   * left, and named.
   */
  undo: oc.input(importId).output(z.object({ undone: count, kept: count })),
  /** Imports that were published to this database from any machine, newest first. */
  published: oc.output(
    z.array(
      z.object({
        id: z.uuid(),
        name: z.string(),
        host_name: z.string().nullable(),
        state: z.enum(['publishing', 'published', 'undoing', 'undone']),
        created_by_name: z.string().nullable(),
        created_at: z.date(),
        celebrities: count,
        photos: count,
        undone_at: z.date().nullable(),
        /** Photos that an undo has taken back, and that it has left. */
        undone: count,
        kept: count,
      }),
    ),
  ),
  /** Of whom an undo left how many photos, and why. */
  kept: oc.input(importId).output(
    z.array(
      z.object({
        celebrity_id: z.uuid(),
        name: z.string().nullable(),
        reason: z.string(),
        photos: count,
        /** Where they are to be found; null: nowhere, they were merged into another. */
        place: z.enum(['gallery', 'trash']).nullable(),
      }),
    ),
  ),
}
