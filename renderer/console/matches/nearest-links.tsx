import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import type { Nearest } from '../../../core/matching/contract-search'
import { FactorMini } from '../../kit/face/factor-mini'
import { ScoreBadge } from '../../kit/face/score-badge'
import { formatLabel } from '../../kit/format'
import { Thumbnail } from '../../kit/thumbnail'
import type { MatchSearch } from './search'

const lineClass = '-mx-2 flex h-10 items-center gap-2 rounded-md px-2 hover:bg-raised'

type Found = Pick<Nearest['people'][number], 'factors' | 'similarity_score' | 'thumbnail_url'>

/** Somebody near: leads to the match of the two where there is one, else to the person. */
export function PersonLink({ person }: { person: Nearest['people'][number] }) {
  const name = person.name ?? 'Unnamed person'
  const hint = person.school ?? 'No school'
  return (
    <PairLink
      to={person.match_id ? { match: person.match_id } : { person: person.profile_id }}
      title={`${name}, ${hint}`}
    >
      <Line
        name={name}
        hint={person.match_id ? <span className="text-accent-ink">a match</span> : hint}
        found={person}
      />
    </PairLink>
  )
}

/** A celebrity near: leads to the pair where there is one, else to the celebrity. */
export function CelebrityLink({ celebrity }: { celebrity: Nearest['celebrities'][number] }) {
  const { name, category } = celebrity
  const hint = category ? formatLabel(category) : ''
  return (
    <PairLink
      to={
        celebrity.lookalike_id ? { lookalike: celebrity.lookalike_id } : { celebrity: celebrity.celebrity_id }
      }
      title={hint ? `${name}, ${hint}` : name}
    >
      <Line
        name={name}
        hint={celebrity.lookalike_id ? <span className="text-accent-ink">a lookalike</span> : hint}
        found={celebrity}
      />
    </PairLink>
  )
}

type Target = { match: string } | { lookalike: string } | { person: string } | { celebrity: string }

function PairLink({ to, title, children }: { to: Target; title: string; children: ReactNode }) {
  if ('person' in to) {
    return (
      <Link to="/people" search={{ id: to.person }} title={title} className={lineClass}>
        {children}
      </Link>
    )
  }
  if ('celebrity' in to) {
    return (
      <Link to="/celebrities" search={{ id: to.celebrity }} title={title} className={lineClass}>
        {children}
      </Link>
    )
  }
  // The list and its filters stay as they are: one looks on from pair to pair.
  const pair: Partial<MatchSearch> =
    'match' in to ? { id: to.match, lookalike: undefined } : { lookalike: to.lookalike, id: undefined }
  return (
    <Link to="/matches" search={(current) => ({ ...current, ...pair })} title={title} className={lineClass}>
      {children}
    </Link>
  )
}

function Line({ name, hint, found }: { name: string; hint: ReactNode; found: Found }) {
  return (
    <>
      <Thumbnail src={found.thumbnail_url} name={name} size={28} />
      <span className="flex min-w-0 grow flex-col leading-4">
        <span className="truncate">{name}</span>
        <span className="truncate text-sm text-ink-3">{hint}</span>
      </span>
      <FactorMini factors={found.factors} />
      <ScoreBadge score={found.similarity_score} />
    </>
  )
}
