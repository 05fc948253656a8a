import { Link } from '@tanstack/react-router'
import type { JobDetail } from '../../../../core/jobs/contract-detail'
import { ScoreBadge } from '../../../kit/face/score-badge'
import { formatAmount, formatCount } from '../../../kit/format'
import { Section } from '../../../kit/section'
import { Thumbnail } from '../../../kit/thumbnail'
import { ShortenedList } from '../../lists/shortened-list'

/** What the job has found: matches and lookalikes, the best first. */
export function JobMatches({ detail: { matches, matches_total, status } }: { detail: JobDetail }) {
  if (matches.length === 0 && status !== 'completed') return null
  return (
    <Section
      title="Found by this job"
      aside={matches_total > 0 ? formatAmount(matches_total, 'match', 'matches') : undefined}
    >
      {matches.length === 0 ? (
        <p className="text-ink-3">It found nobody whom this face is not matched with already.</p>
      ) : (
        <>
          <ShortenedList
            items={matches}
            shown={5}
            getKey={(match) => `${match.kind} ${match.id}`}
            renderItem={(match) => <MatchLine match={match} />}
          />
          {matches_total > matches.length && (
            <p className="text-sm text-ink-3">The best {formatCount(matches.length)} stand here.</p>
          )}
        </>
      )}
    </Section>
  )
}

function MatchLine({ match }: { match: JobDetail['matches'][number] }) {
  return (
    <Link
      to="/matches"
      search={match.kind === 'person' ? { id: match.id } : { lookalike: match.id }}
      className="-mx-2 flex items-center gap-2.5 rounded-md px-2 py-1 hover:bg-raised"
    >
      <Thumbnail src={match.thumbnail_url} name={match.name} size={32} />
      <span className="flex min-w-0 grow flex-col">
        <span className="truncate font-medium">{match.name ?? 'No name'}</span>
        <span className="text-sm text-ink-3">{match.kind === 'person' ? 'Person' : 'Celebrity'}</span>
      </span>
      {match.score !== null && <ScoreBadge score={match.score} />}
    </Link>
  )
}
