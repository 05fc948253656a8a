import { sql } from 'kysely'
import { z } from 'zod'
import { detectedGenderSchema } from '../../../model/face'
import type { OutcomeCode } from '../../contract-import-schemas'
import type { StagingTx } from '../staging/staging'
import type { PlanDecision } from './types'

/** What people decided, as it lies in the staging area. */

/** The reason that only an accept passes that was given for it. */
export const doubtOfAge = 'maybe_minor' satisfies OutcomeCode

const ids = z.array(z.number().int())
const target = z.union([z.object({ file_id: z.number().int() }), z.object({ celebrity_id: z.uuid() })])
const givenSchema = z.object({
  name: z.string().nullable(),
  bio: z.string().nullable(),
  category: z.string().nullable(),
  gender: detectedGenderSchema.nullable(),
  licence: z.string().nullable(),
  source: z.string().nullable(),
})
/** What an undo puts back besides: `cleared` is what had changed underneath, by file. */
const common = { file_ids: ids, cleared: z.record(z.string(), z.string()).default({}) }
const pairs = z.array(z.tuple([z.string(), z.string()])).default([])
/**
 * What an accept was given for: the reasons that were shown, each with its files, and the faces of those that may show a
 * minor. Accepts that were written before this was kept say neither, and so nothing of who is an adult.
 */
const shown = {
  shown: z.record(z.string(), ids).default({}),
  faces: z.record(z.string(), z.number().int()).default({}),
}

export const storedDecisionSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('accept'), ...common, ...shown }),
  z.object({ kind: z.literal('reject'), ...common }),
  z.object({ kind: z.literal('reset'), ...common, removed: pairs }),
  z.object({ kind: z.literal('face'), ...common, face_index: z.number().int() }),
  /** `removed`: distinctions that it contradicts. */
  z.object({ kind: z.literal('same_person'), ...common, with: target, removed: pairs }),
  /** `pairs`: distinctions that it made. */
  z.object({ kind: z.literal('different_person'), ...common, from: target, pairs }),
  z.object({ kind: z.literal('describe'), ...common, set: givenSchema }),
])
export type StoredDecision = z.infer<typeof storedDecisionSchema>

/** Those that stand, in order. What an older version wrote and this one can't read is left out. */
export async function loadDecisions(tx: StagingTx, importId: string): Promise<StoredDecision[]> {
  const rows = await tx
    .selectFrom('decisions')
    .select(['kind', 'detail'])
    .where('import_id', '=', importId)
    .where('undone_at', 'is', null)
    .orderBy('id')
    .execute()
  return rows.flatMap(({ kind, detail }) => storedDecisionSchema.safeParse({ ...detail, kind }).data ?? [])
}

/** Pairs that are two people, of which this import has a file. */
export async function loadDistinctions(
  tx: StagingTx,
  importId: string,
): Promise<readonly (readonly [string, string])[]> {
  const { rows } = await sql<{ one: string; other: string }>`
    with hashes as materialized (
      select distinct image_hash from files where import_id = ${importId} and image_hash is not null
    )
    select one, other from distinctions
    where one in (select image_hash from hashes) or other in (select image_hash from hashes)
    order by one, other`.execute(tx)
  return rows.map(({ one, other }) => [one, other] as const)
}

/** As the plan reads them; descriptions are in the files' columns. */
export function toPlanDecisions(decisions: readonly StoredDecision[]): PlanDecision[] {
  return decisions.flatMap((decision): PlanDecision[] => {
    const [fileId] = decision.file_ids
    switch (decision.kind) {
      case 'accept':
        return [{ kind: 'accept', fileIds: decision.file_ids, adults: adultsOf(decision) }]
      case 'reject':
      case 'reset':
        return [{ kind: decision.kind, fileIds: decision.file_ids }]
      case 'face':
        return [{ kind: 'face', fileId, faceIndex: decision.face_index }]
      case 'same_person':
        return [{ kind: 'same_person', fileId, with: toTarget(decision.with) }]
      case 'different_person':
        return [{ kind: 'different_person', fileId, from: toTarget(decision.from) }]
      case 'describe':
        return []
    }
  })
}

const adultsOf = ({ shown, faces }: Extract<StoredDecision, { kind: 'accept' }>) =>
  (shown[doubtOfAge] ?? []).flatMap((id) => (id in faces ? [[id, faces[id]] as const] : []))

const toTarget = (of: z.infer<typeof target>) =>
  'file_id' in of ? { fileId: of.file_id } : { celebrityId: of.celebrity_id }
