import { importRulesSchema, type ImportRules } from '../../core/celebrities/contract-import-schemas'
import type { GalleryPhoto, PlanFace, PlanFile, PlanInput } from '../../core/celebrities/import/plan/types'
import { madeEmbedding, madeModel } from './planned-files'

/** What a plan is made of, with made-up faces: one number names a person's face. */

export interface FaceGiven {
  of: number
  /** A number of the photo; 0 for the person's own face. */
  noise?: number
  /** How much of the photo's own there is in it. */
  strength?: number
  quality?: number | null
  age?: number | null
  size?: number
  components?: PlanFace['components']
}

export function planFile(
  id: number,
  given: Partial<Omit<PlanFile, 'faces'>> & { faces?: FaceGiven[] } = {},
): PlanFile {
  const { faces = [{ of: id }], ...rest } = given
  return {
    ...{ id, path: `${id}.jpg`, name: `Person ${id}`, nameOriginal: null, licence: 'CC0', source: 'made' },
    ...{
      state: 'analyzed',
      reasonCode: null,
      reason: null,
      imageHash: `hash ${id}`,
      sourceHash: null,
      pictureHash: null,
    },
    ...{ pixels: 1_000_000, model: madeModel, changedReason: null, published: null },
    ...rest,
    faces: faces.map((face, index) => ({
      index,
      embedding: madeEmbedding(face.of, face.noise ?? 0, face.strength),
      quality: face.quality === undefined ? 0.8 : face.quality,
      components: face.components ?? null,
      age: face.age === undefined ? 40 : face.age,
      area: (face.size ?? 100) ** 2,
    })),
  }
}

export function galleryPhoto(
  of: number,
  { noise = 0, ...given }: Partial<GalleryPhoto> & { noise?: number } = {},
): GalleryPhoto {
  return {
    celebrityId: celebrityId(of),
    ...{ photoId: null, name: `Person ${of}`, imageHash: `gallery ${of}`, pictureHash: null, quality: 0.8 },
    ...{ embedding: madeEmbedding(of, noise), model: madeModel, age: 40, seen: '2026-01-01 00:00:00+00' },
    ...given,
  }
}

export const celebrityId = (of: number) => `00000000-0000-4000-8000-${String(of).padStart(12, '0')}`

export function planInput(
  files: readonly PlanFile[],
  given: Partial<Omit<PlanInput, 'rules' | 'files'>> & { rules?: Partial<ImportRules> } = {},
): PlanInput {
  const { rules = {}, ...rest } = given
  return {
    gallery: [],
    decisions: [],
    distinctions: [],
    ...rest,
    files,
    rules: importRulesSchema.parse(rules),
  }
}
