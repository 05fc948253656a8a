import type { Staging } from '../staging/staging'
import { importRulesSchema, type ImportRules } from '../../contract-import-schemas'
import { SemblanceError } from '../../../model/errors'
import { emptyMemory, planSteps, type PlanMemory } from './compute'
import { loadDecisions, loadDistinctions, toPlanDecisions } from './load-decisions'
import { loadFaces, loadFiles, type LoadedFile, type StoredPlan } from './load-files'
import { galleryVersion, loadGallery } from './load-gallery'
import { runSliced } from './sliced'
import type { GalleryPhoto, Plan, PlanFace, PlanFile } from './types'

/**
 * What is kept of an import in memory between two plans: faces, the gallery, and what was computed from them. It is only
 * ever a faster way to what a plan from nothing gives.
 */
export interface Session {
  /** Of the import, when all of this was read. */
  revision: string
  rules: ImportRules
  files: Map<number, SessionFile>
  gallery: { version: string; photos: readonly GalleryPhoto[] } | null
  memory: PlanMemory
}

interface SessionFile {
  file: PlanFile
  stored: StoredPlan
  version: string
}

export const createSession = (): Session => ({
  ...{ revision: '', files: new Map(), gallery: null, memory: emptyMemory() },
  rules: importRulesSchema.parse({}),
})

/** Reads all that may have changed; faces and the gallery only where they did. @throws SemblanceError NOT_FOUND */
export async function readAll(staging: Staging, importId: string, session: Session): Promise<void> {
  const row = await staging.transaction((tx) =>
    tx.selectFrom('imports').select(['revision', 'rules']).where('id', '=', importId).executeTakeFirst(),
  )
  if (!row) throw new SemblanceError('NOT_FOUND', 'This import is no longer on this machine.')
  session.revision = row.revision
  const rules = importRulesSchema.parse(row.rules ?? {})
  if (JSON.stringify(rules) !== JSON.stringify(session.rules)) session.memory = emptyMemory()
  session.rules = rules
  await readGallery(staging, session)
  const before = session.files
  session.files = new Map()
  for await (const page of loadFiles(staging, importId)) await takeIn(staging, session, { page, before })
}

/** Reads some files again, whose faces are as they were. */
export async function readSome(
  staging: Staging,
  { importId, ids, session }: { importId: string; ids: readonly number[]; session: Session },
): Promise<void> {
  if (ids.length === 0) return
  for await (const page of loadFiles(staging, importId, ids)) {
    await takeIn(staging, session, { page, before: session.files })
  }
}

async function readGallery(staging: Staging, session: Session): Promise<void> {
  const version = await galleryVersion(staging)
  if (session.gallery?.version === version) return
  session.gallery = { version, photos: await loadGallery(staging) }
  session.memory.gallery = null
  // Names of the gallery say which face is meant.
  session.memory.groups.clear()
}

interface Page {
  page: readonly LoadedFile[]
  before: ReadonlyMap<number, SessionFile>
}

async function takeIn(staging: Staging, session: Session, { page, before }: Page): Promise<void> {
  const isNew = ({ file, version }: LoadedFile) => before.get(file.id)?.version !== version
  const wanted = page.filter((one) => one.file.state === 'analyzed' && isNew(one)).map(({ file }) => file.id)
  const faces = wanted.length > 0 ? await loadFaces(staging, wanted) : new Map<number, PlanFace[]>()
  // A name's clusters are known by their files' ids, and one of those has other faces now.
  if (wanted.some((id) => before.has(id))) session.memory.groups.clear()
  for (const { file, stored, version } of page) {
    const known = before.get(file.id)?.file.faces ?? []
    const own = file.state === 'analyzed' ? (faces.get(file.id) ?? known) : []
    session.files.set(file.id, { file: { ...file, faces: own }, stored, version })
  }
}

/** The plan of all that was read, with the decisions of this moment. */
export async function computeIn(staging: Staging, importId: string, session: Session): Promise<Plan> {
  const { decisions, distinctions } = await staging.transaction(async (tx) => ({
    decisions: await loadDecisions(tx, importId),
    distinctions: await loadDistinctions(tx, importId),
  }))
  const input = {
    ...{ rules: session.rules, distinctions, decisions: toPlanDecisions(decisions) },
    files: [...session.files.values()].map(({ file }) => file),
    gallery: session.gallery?.photos ?? [],
  }
  return runSliced(planSteps(input, session.memory))
}
