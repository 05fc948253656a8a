import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { MatchSummary } from '../../../core/matching/contract'
import { FactorMini } from '../../kit/face/factor-mini'
import { ScoreBadge } from '../../kit/face/score-badge'
import { formatCount, formatLabel } from '../../kit/format'
import { Notice } from '../../kit/notice'
import { Section } from '../../kit/section'
import { Skeleton } from '../../kit/skeleton'
import { Thumbnail } from '../../kit/thumbnail'
import { useApi } from '../../rpc/connection'
import { describeError } from '../../rpc/errors'
import { ShortenedList } from '../lists/shortened-list'

/** The other side of a match, seen from one face. */
function otherSide(match: MatchSummary, faceId: string) {
  return match.a.face_id === faceId ? match.b : match.a
}

/** Who the default face was found to look like: people at the left, celebrities at the right, best first. */
export function FoundByFace({ faceId }: { faceId: string }) {
  const query = useQuery(useApi().matching.ofFace.queryOptions({ input: { face_id: faceId } }))
  if (query.isPending) return <Skeleton className="h-32 w-full" />
  if (query.isError) return <Notice tone="bad">{describeError(query.error)}</Notice>
  const { matches, lookalikes } = query.data
  return (
    <div className="grid grid-cols-2 items-start gap-4">
      <Section title="Matches" aside={formatCount(matches.length)}>
        {matches.length === 0 && <Nothing>Nobody of the school resembles the default face enough.</Nothing>}
        <ShortenedList
          items={matches}
          getKey={(match) => match.id}
          renderItem={(match) => {
            const other = otherSide(match, faceId)
            return (
              <FoundLink
                search={{ id: match.id }}
                name={other.name ?? 'Unnamed person'}
                thumbnail={other.thumbnail_url}
                match={match}
              />
            )
          }}
        />
      </Section>
      <Section title="Celebrity lookalikes" aside={formatCount(lookalikes.length)}>
        {lookalikes.length === 0 && <Nothing>No celebrity resembles the default face enough.</Nothing>}
        <ShortenedList
          items={lookalikes}
          getKey={(lookalike) => lookalike.id}
          renderItem={(lookalike) => (
            <FoundLink
              search={{ lookalike: lookalike.id }}
              name={lookalike.celebrity.name}
              hint={lookalike.celebrity.category ? formatLabel(lookalike.celebrity.category) : undefined}
              thumbnail={lookalike.celebrity.thumbnail_url}
              match={lookalike}
            />
          )}
        />
      </Section>
    </div>
  )
}

function Nothing({ children }: { children: string }) {
  return <p className="text-ink-3">{children}</p>
}

function FoundLink({
  search,
  name,
  hint,
  thumbnail,
  match,
}: {
  search: Record<string, string>
  name: string
  hint?: string
  thumbnail: string | null
  match: Pick<MatchSummary, 'factors' | 'similarity_score'>
}) {
  return (
    <Link
      to="/matches"
      search={search}
      title={hint ? `${name}, ${hint}` : name}
      className="-mx-2 flex h-10 items-center gap-2 rounded-md px-2 hover:bg-raised"
    >
      <Thumbnail src={thumbnail} name={name} size={28} />
      <span className="min-w-0 grow truncate">{name}</span>
      <FactorMini factors={match.factors} />
      <ScoreBadge score={match.similarity_score} />
    </Link>
  )
}
