import type { PlanDecision, PlanInput } from './types'

/** What people's decisions come to, file by file. */
export interface Standing {
  accepted: ReadonlySet<number>
  rejected: ReadonlySet<number>
  /** Faces that a person accepted while they were told that it may be a minor's, by file. */
  adults: ReadonlyMap<number, number>
  /** The face that was picked. */
  faces: ReadonlyMap<number, number>
  /** In order: a later one holds where they contradict each other. */
  ties: readonly Tie[]
  /** Whether two of hashes and ids of celebrities were said to be two people. */
  areApart: (one: string | null, other: string | null) => boolean
  distinctions: PlanInput['distinctions']
}

export type Tie = Extract<PlanDecision, { kind: 'same_person' | 'different_person' }>

/** Decisions in order, each over those before it. */
export function foldDecisions({ decisions, distinctions }: PlanInput): Standing {
  const accepted = new Set<number>()
  const rejected = new Set<number>()
  const adults = new Map<number, number>()
  const faces = new Map<number, number>()
  let ties: Tie[] = []
  for (const decision of decisions) {
    if (decision.kind === 'face') faces.set(decision.fileId, decision.faceIndex)
    else if (decision.kind === 'same_person' || decision.kind === 'different_person') ties.push(decision)
    else {
      for (const id of decision.fileIds) {
        put(accepted, id, decision.kind === 'accept')
        put(rejected, id, decision.kind === 'reject')
        if (decision.kind === 'reset') faces.delete(id)
        if (decision.kind !== 'accept') adults.delete(id)
      }
      if (decision.kind === 'accept') for (const [id, face] of decision.adults) adults.set(id, face)
    }
    // What was rejected is in again once something else is said of it.
    if ('fileId' in decision) rejected.delete(decision.fileId)
    if (decision.kind !== 'reset') continue
    const reset = new Set(decision.fileIds)
    ties = ties.filter(({ fileId }) => !reset.has(fileId))
  }
  const pairs = new Set(distinctions.map(([one, other]) => pairOf(one, other)))
  const areApart = (one: string | null, other: string | null) =>
    pairs.size > 0 && one !== null && other !== null && pairs.has(pairOf(one, other))
  return { accepted, rejected, adults, faces, ties, areApart, distinctions }
}

function put(set: Set<number>, id: number, isIn: boolean): void {
  if (isIn) set.add(id)
  else set.delete(id)
}

const pairOf = (one: string, other: string) => (one < other ? `${one} ${other}` : `${other} ${one}`)
