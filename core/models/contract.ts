import { oc } from '@orpc/contract'
import { z } from 'zod'

const count = z.number().int()
const packName = z.string().min(1).max(100)

/** What an install is doing on the machine that answers. */
export const installationSchema = z.object({
  pack: z.string(),
  state: z.enum(['running', 'failed']),
  /** 0..1 */
  progress: z.number(),
  /** What is being done, or why it failed and what to do. */
  message: z.string(),
})
export type Installation = z.infer<typeof installationSchema>

export const packViewSchema = z.object({
  name: z.string(),
  title: z.string(),
  version: count,
  licence: z.string(),
  /** What has to be accepted before an install; null where nothing has. */
  terms: z.object({ summary: z.string(), url: z.string() }).nullable(),
  /** On the machine that answers. */
  is_installed: z.boolean(),
  /** Whether the database's embeddings are this pack's. */
  is_active: z.boolean(),
  /** Whether an install can fetch it, or only files of one's own make it. */
  can_fetch: z.boolean(),
  /** Null where it is known only after the install. */
  embedding_model: z.string().nullable(),
  /** What fills each role: a decoder, or the pack that lends it. */
  roles: z.record(z.string(), z.string()),
  /** Bytes of its files, where the manifest says them. */
  file_bytes: z.number().nullable(),
  /** What it runs on here, once it was opened; `null` before. */
  speed: z
    .object({
      provider: z.string(),
      /** Milliseconds for one run of every model. */
      warm_up_ms: z.number(),
      memory_bytes: z.number(),
      /** Why it runs on nothing faster. */
      note: z.string().nullable(),
    })
    .nullable(),
})
export type PackView = z.infer<typeof packViewSchema>

export const modelsSchema = z.object({
  packs: z.array(packViewSchema),
  /** What the database searches in; null until the first photo is analysed. */
  active: z.object({ pack: z.string(), embedding_model: z.string(), since: z.date() }).nullable(),
  /** What the machine that answers analyses with, and what is wrong where it is not what the database wants. */
  machine: z.object({
    title: z.string(),
    state: z.enum(['missing', 'installing', 'ready', 'failed']),
    embedding_model: z.string().nullable(),
    provider: z.string(),
    message: z.string(),
  }),
  installation: installationSchema.nullable(),
})
export type ModelsView = z.infer<typeof modelsSchema>

/** A number for each kind of photo that has an embedding: `photos` are further ones of celebrities. */
const countsSchema = z.object({ faces: count, celebrities: count, photos: count })

export const switchPlanSchema = z.object({
  /** Names this very plan: `start` executes it only while it still holds. */
  basis: z.string(),
  from: z.object({ pack: z.string(), embedding_model: z.string() }).nullable(),
  to: z.object({ pack: z.string(), title: z.string(), embedding_model: z.string() }),
  /** Photos to analyse again. */
  to_do: countsSchema,
  /** Of these, photos that are not in Storage: they can't be. Null where this database can't tell. */
  missing: countsSchema.nullable(),
  /** Embeddings that are in the new space already. */
  done_already: countsSchema,
  /** Null where nothing was measured yet. */
  estimate: z
    .object({
      /** Between the two figures that there are: what photos take the workers, and what the models take here. */
      seconds: z.object({ least: z.number(), most: z.number() }),
      /** For one photo, by one thread. */
      photo_ms: z.object({ least: z.number(), most: z.number() }),
      /** What was measured: the new pack's models, or the active one's, as the new one is not opened yet. */
      measured_on: z.enum(['new_pack', 'active_pack']),
      /** Workers that were heard of within the last minute, this machine's among them, and their threads together. */
      workers: count,
      threads: count,
    })
    .nullable(),
  /** Bytes to fetch and to keep of the pack's files on each machine that helps; 0 where it is installed here. */
  fetch_bytes: z.number().nullable(),
  /** Bytes of the database that staged analyses take until the switch, about. */
  staging_bytes: z.number(),
  /** Roles that another model fills afterwards; null where a pack has none. */
  roles: z.array(z.object({ role: z.string(), from: z.string().nullable(), to: z.string().nullable() })),
  /** Settings that were found by the old pack's scores. */
  thresholds: z.array(z.object({ key: z.string(), value: z.number() })),
  /** Why it can't be started now; null where it can. */
  obstacle: z.string().nullable(),
})
export type SwitchPlan = z.infer<typeof switchPlanSchema>

export const switchFailureSchema = z.object({
  job_id: z.uuid(),
  subject: z.enum(['face', 'celebrity']),
  subject_id: z.uuid(),
  /** Of the person or the celebrity. */
  name: z.string().nullable(),
  thumbnail_url: z.string().nullable(),
  error_code: z.string().nullable(),
  error_message: z.string().nullable(),
  attempts: count,
  /** Whether somebody has said that the switch may be made without it. */
  is_accepted: z.boolean(),
})
export type SwitchFailure = z.infer<typeof switchFailureSchema>

export const switchProgressSchema = z.object({
  id: z.uuid(),
  state: z.enum(['running', 'paused', 'completed', 'cancelled']),
  from_pack: z.string().nullable(),
  from_model: z.string().nullable(),
  to_pack: z.string(),
  to_model: z.string(),
  started_at: z.date(),
  started_by_name: z.string().nullable(),
  paused_at: z.date().nullable(),
  ended_at: z.date().nullable(),
  /** Of an open switch: photos in all, staged, waiting or under way, failed and not accepted, accepted. */
  total: count,
  staged: count,
  waiting: count,
  running: count,
  failed: count,
  accepted: count,
  /** Photos a second over the last minute; null where none was staged in it. */
  per_second: z.number().nullable(),
  seconds_left: z.number().nullable(),
  /** Workers that have one of its jobs now. */
  workers: count,
  /** What came of it, where it is completed. */
  outcome: z
    .object({
      ...{ faces: count, celebrities: count, photos: count, left_out: count, rescored: count },
      /** For pairs that only the new scores make: queued as the switch was made, still to come, failed for good. */
      searches: z.object({ all: count, left: count, failed: count }),
    })
    .nullable(),
  /** Whether the machine that answers has the new pack, and so helps. */
  helps: z.boolean(),
})
export type SwitchProgress = z.infer<typeof switchProgressSchema>

export const modelsContract = {
  /** Staff. */
  packs: oc.output(modelsSchema),
  /** Admin. Fetches a pack onto the machine that answers; `packs` tells how far it is. CONFLICT while another is. */
  install: oc
    .input(z.object({ pack: packName, accept_terms: z.boolean().default(false) }))
    .output(z.object({})),
  /** Admin. Changes nothing. Opens the pack where it is installed, to measure it. */
  plan: oc.input(z.object({ pack: packName })).output(switchPlanSchema),
  /** Admin. Executes the plan of that `basis`; CONFLICT where it is another by now. */
  start: oc.input(z.object({ pack: packName, basis: z.string() })).output(z.object({ id: z.uuid() })),
  /** Staff. The open switch, else the last one; null where there was none. */
  progress: oc.output(switchProgressSchema.nullable()),
  /** Staff. Photos of the open switch that failed for good, oldest first. */
  failures: oc
    .input(z.object({ limit: z.number().int().min(1).max(200).default(100) }))
    .output(z.array(switchFailureSchema)),
  /** Admin. CONFLICT where it is in no state for that. */
  pause: oc.output(z.object({})),
  resume: oc.output(z.object({})),
  /** Admin. What was staged is removed; the old space is what it was. */
  cancel: oc.output(z.object({})),
  /** Admin. All failed photos are tried again; gives how many. */
  retryFailed: oc.output(z.object({ retried: count })),
  /** Admin. The photos that have failed until now are left out: they keep their row, not comparable to the others. */
  acceptFailed: oc.output(z.object({ accepted: count })),
}
