import { Link } from '@tanstack/react-router'
import type { Overview } from '../../../core/overview/contract'
import { formatAmount, formatCount, formatNumber } from '../../kit/format'
import type { ScreenPath } from '../shell/screens'

/** How much there is of everything, each number with what it is to be compared with. */
export function CountStrip({ counts }: { counts: Overview['counts'] }) {
  const perFace = (matches: number) =>
    counts.analyzed_faces === 0
      ? 'none yet'
      : `${formatNumber(matches / counts.analyzed_faces, 1)} per analysed face`
  const cells: { to: ScreenPath; label: string; count: number; note: string }[] = [
    { to: '/people', label: 'People', count: counts.people, note: formatAmount(counts.faces, 'photo') },
    {
      to: '/people',
      label: 'Faces analysed',
      count: counts.analyzed_faces,
      note: ofTotal(counts.analyzed_faces, counts.faces),
    },
    {
      to: '/celebrities',
      label: 'Celebrities',
      count: counts.celebrities,
      note: ofTotal(counts.analyzed_celebrities, counts.celebrities, 'analysed'),
    },
    { to: '/matches', label: 'Matches', count: counts.matches, note: perFace(counts.matches * 2) },
    {
      to: '/celebrities',
      label: 'Celebrity lookalikes',
      count: counts.celebrity_matches,
      note: perFace(counts.celebrity_matches),
    },
  ]
  return (
    <ul
      aria-label="Counts"
      className="grid shrink-0 grid-cols-5 overflow-hidden rounded-md border bg-panel max-[899px]:grid-cols-3"
    >
      {cells.map(({ to, label, count, note }) => (
        <li key={label} className="-mt-px -ml-px min-w-0 border-t border-l">
          <Link
            to={to}
            className="flex flex-col px-4 py-3 transition-colors hover:bg-raised focus-visible:-outline-offset-2"
          >
            <span className="truncate text-ink-2">{label}</span>
            <span className="text-2xl font-semibold tracking-tight">{formatCount(count)}</span>
            <span className="truncate text-sm text-ink-3">{note}</span>
          </Link>
        </li>
      ))}
    </ul>
  )
}

function ofTotal(part: number, total: number, word = ''): string {
  if (total === 0) return 'none yet'
  const amount =
    part === total ? `all ${formatCount(total)}` : `${formatCount(part)} of ${formatCount(total)}`
  return word ? `${amount} ${word}` : `${part === total ? 'all' : `of ${formatCount(total)}`} photos`
}
