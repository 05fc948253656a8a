/** The most that are merged at once, with the one who stays. */
export const mostMerged = 21

interface Candidate {
  id: string
  quality_score: number | null
  bio: string | null
  category: string | null
  provenance?: { licence: string | null; source: string | null } | undefined
  created_at: Date
}

/** How much is known of somebody: what would be lost if they were the one who goes. */
function known({ bio, category, provenance }: Candidate): number {
  return [bio, category, provenance?.licence, provenance?.source].filter(Boolean).length
}

/** Who stays if nobody says otherwise: the best photo, then the one of whom most is known, then the oldest. */
export function proposeWhoStays(candidates: readonly Candidate[]): string | undefined {
  const best = [...candidates].sort(
    (a, b) =>
      (b.quality_score ?? -1) - (a.quality_score ?? -1) ||
      known(b) - known(a) ||
      a.created_at.getTime() - b.created_at.getTime(),
  )
  return best[0]?.id
}
