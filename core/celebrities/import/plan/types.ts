import type { StoredQualityComponents } from '../../../model/quality'
import type { ImportRules, Outcome, OutcomeCode } from '../../contract-import-schemas'
import type { Reference } from '../staging/staging-tables'

/** What a plan is made of: all that is known of files, the gallery and what people decided. Nothing of it is written to. */

export interface PlanFace {
  index: number
  /** Unit length. */
  embedding: Float32Array
  /** 0..1 */
  quality: number | null
  /** 0..100 each. */
  components: StoredQualityComponents | null
  age: number | null
  /** Of its box, in pixels. */
  area: number
}

/** 64 bits of what a picture looks like, in two halves. */
export type PictureHash = readonly [number, number]

export interface PlanFile {
  id: number
  /** Inside of the source; no other file of the import has it. */
  path: string
  name: string | null
  nameOriginal: string | null
  /** Its own, else the import's. */
  licence: string | null
  source: string | null
  state: 'analyzed' | 'rejected'
  /** Of a rejected one. */
  reasonCode: OutcomeCode | null
  /** Of a rejected one; of another, why what the source says of it can't be used as it is. */
  reason: string | null
  imageHash: string | null
  /** Of its bytes in the source, where they are more than the picture. */
  sourceHash: string | null
  pictureHash: PictureHash | null
  /** Width times height. */
  pixels: number
  model: string | null
  /** The largest first. */
  faces: readonly PlanFace[]
  /** What had changed underneath when it was to be published. */
  changedReason: string | null
  /** What came of it: no plan changes that any more. */
  published: {
    /** Null where the gallery has them no more. */
    celebrityId: string | null
    outcome: Outcome
    code: OutcomeCode
    faceIndex: number | null
  } | null
}

/** A photo of the gallery as it was seen last. */
export interface GalleryPhoto {
  celebrityId: string
  /** Null for the one that the celebrity is known by. */
  photoId: string | null
  name: string
  imageHash: string | null
  pictureHash: PictureHash | null
  quality: number | null
  embedding: Float32Array | null
  model: string | null
  age: number | null
  seen: string
}

/** What a person decided and did not take back. In order. */
export type PlanDecision =
  | {
      kind: 'accept'
      fileIds: readonly number[]
      /** Of these, files that were shown as possibly a minor when it was given, with the face that was meant. */
      adults: readonly (readonly [fileId: number, faceIndex: number])[]
    }
  | { kind: 'reject' | 'reset'; fileIds: readonly number[] }
  | { kind: 'face'; fileId: number; faceIndex: number }
  | { kind: 'same_person'; fileId: number; with: { fileId: number } | { celebrityId: string } }
  | { kind: 'different_person'; fileId: number; from: { fileId: number } | { celebrityId: string } }

export interface PlanInput {
  rules: ImportRules
  files: readonly PlanFile[]
  gallery: readonly GalleryPhoto[]
  decisions: readonly PlanDecision[]
  /** Hashes of files, or ids of celebrities: pairs that are two people. */
  distinctions: readonly (readonly [string, string])[]
}

export interface PlannedFile {
  id: number
  outcome: Outcome
  code: OutcomeCode
  reason: string
  reference: Reference | null
  /** A key of `Plan.people`. */
  person: string | null
  faceIndex: number | null
}

export interface PlannedPerson {
  /** The same person has the same key in the next plan. */
  key: string
  name: string
  nameOriginal: string | null
  celebrityId: string | null
}

export interface Plan {
  /** By path. */
  files: PlannedFile[]
  /** By key. */
  people: PlannedPerson[]
}

/** A step of work that can be interrupted: yields every few milliseconds. */
export type Steps<T> = Generator<void, T>
