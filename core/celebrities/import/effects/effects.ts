import { setImmediate } from 'node:timers/promises'
import type { Context } from '../../../access/context'
import { signPhotos } from '../../../access/photo-urls'
import { readWeights } from '../../../matching/pair/inspect-pair'
import { readMatchRules } from '../../../matching/search/search'
import { loadLookalikePages, searchWithout, type LookalikeFace } from './people'
import { loadNewPhotos, type NewPhoto } from './photos'
import { createScorer, type Scorer } from './score'
import { requireImport } from '../files/files'
import type { Staging } from '../staging/staging'

/**
 * Whom an import would give a lookalike, or take one from, if it were published as planned: by the score, weights,
 * threshold and limit that the worker searches with. Nothing is written anywhere.
 */

export interface ImportEffects {
  gaining: number
  losing: number
  first: number
  examples: EffectExample[]
}

export interface EffectExample {
  profile_id: string
  name: string | null
  thumbnail_url: string | null
  kind: 'gain' | 'loss'
  celebrity: string
  /** Of a gain. */
  file_id: number | null
  score: number
}

interface Found extends Omit<EffectExample, 'name' | 'thumbnail_url'> {
  name: string | null
  photo: string
}

const examplesOfAKind = 10

/**
 * Faces come and go in pages, so memory doesn't grow with the people. Reads as the host: the caller's role was checked
 * before.
 * @throws SemblanceError NOT_FOUND; what the database throws where it is away
 */
export async function importEffects(
  parts: Pick<Context, 'images' | 'log' | 'database'> & { staging: Staging },
  importId: string,
  signal?: AbortSignal,
): Promise<ImportEffects> {
  await parts.staging.transaction((tx) => requireImport(tx, importId))
  const photos = await loadNewPhotos(parts.staging, importId)
  const { rules, weights } = await parts.database.asService(async (tx) => ({
    rules: await readMatchRules(tx),
    weights: await readWeights(tx),
  }))
  const tally = createTally()
  if (photos.length > 0 && rules.celebrity_match_limit > 0) {
    const around = { rules, photos, scorer: createScorer(photos, weights), replaced: replacedBy(photos) }
    for await (const faces of loadLookalikePages(parts.database)) {
      for (const face of faces) {
        signal?.throwIfAborted()
        const incumbents = face.standing.some(({ celebrityId }) => around.replaced.has(celebrityId))
          ? await parts.database.asService((tx) => searchWithout(tx, face.faceId, around))
          : face.standing
        for (const found of changesOf(face, incumbents, around)) tally.put(face, found)
        await setImmediate()
      }
    }
  }
  const { best, ...counts } = tally.result()
  const url = await signPhotos(parts, { faces: best.map(({ photo }) => photo) })
  return {
    ...counts,
    examples: best.map(({ photo, ...rest }) => ({ ...rest, thumbnail_url: url('faces', photo) })),
  }
}

const replacedBy = (photos: readonly NewPhoto[]): ReadonlySet<string> =>
  new Set(photos.flatMap(({ celebrityId }) => celebrityId ?? []))

interface Lookalike {
  /** Of the gallery; of a new one that of its file. */
  key: string
  name: string
  fileId: number | null
  score: number
}

interface Surroundings {
  rules: { celebrity_match_threshold: number; celebrity_match_limit: number }
  scorer: Scorer
  replaced: ReadonlySet<string>
}

/** Who comes and who goes among a face's best. */
function changesOf(
  face: LookalikeFace,
  incumbents: LookalikeFace['standing'],
  { rules, scorer, replaced }: Surroundings,
): (Lookalike & { kind: 'gain' | 'loss' })[] {
  const limit = rules.celebrity_match_limit
  const old = (of: LookalikeFace['standing']): Lookalike[] =>
    of.map(({ celebrityId, name, score }) => ({ key: celebrityId, name, fileId: null, score }))
  // More may be stored than are shown: whoever is not among the best is nobody's loss.
  const had = old(face.standing.slice(0, limit))
  const staying = old(incumbents.filter(({ celebrityId }) => !replaced.has(celebrityId)).slice(0, limit))
  const floor = staying.length >= limit ? Math.min(...staying.map(({ score }) => score)) : -1
  const coming = scorer
    .above(face, Math.max(rules.celebrity_match_threshold, floor))
    .map(({ photo, score }): Lookalike => {
      return {
        key: photo.celebrityId ?? `file ${photo.fileId}`,
        name: photo.name,
        fileId: photo.fileId,
        score,
      }
    })
  const after = [...staying, ...coming].toSorted((a, b) => b.score - a.score).slice(0, limit)
  const [keptKeys, hadKeys] = [new Set(after.map(({ key }) => key)), new Set(had.map(({ key }) => key))]
  return [
    ...after.filter(({ key }) => !hadKeys.has(key)).map((one) => ({ ...one, kind: 'gain' as const })),
    ...had.filter(({ key }) => !keptKeys.has(key)).map((one) => ({ ...one, kind: 'loss' as const })),
  ]
}

/** Counts people, not faces: somebody with three photos gains once. */
function createTally() {
  const [gaining, losing, had] = [new Set<string>(), new Set<string>(), new Set<string>()]
  const examples: Record<'gain' | 'loss', Found[]> = { gain: [], loss: [] }
  return {
    put(
      face: LookalikeFace,
      { kind, name: celebrity, fileId, score }: Lookalike & { kind: 'gain' | 'loss' },
    ) {
      const { profileId, name, photo, hasAny } = face
      ;(kind === 'gain' ? gaining : losing).add(profileId)
      if (hasAny) had.add(profileId)
      const some = examples[kind]
      const known = some.find((other) => other.profile_id === profileId)
      if (known && known.score >= score) return
      if (known) some.splice(some.indexOf(known), 1)
      some.push({ profile_id: profileId, name, photo, kind, celebrity, file_id: fileId, score })
      some.sort((a, b) => b.score - a.score || (a.profile_id < b.profile_id ? -1 : 1))
      if (some.length > examplesOfAKind) some.pop()
    },
    result: () => ({
      gaining: gaining.size,
      losing: losing.size,
      first: [...gaining].filter((id) => !had.has(id)).length,
      best: [...examples.gain, ...examples.loss],
    }),
  }
}
