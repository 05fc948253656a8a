import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { InspectedFace } from '../../../core/matching/contract'
import { formatCount } from '../../kit/format'
import { Notice } from '../../kit/notice'
import { Section } from '../../kit/section'
import { Segmented } from '../../kit/segmented'
import { Skeleton } from '../../kit/skeleton'
import { useApi } from '../../rpc/connection'
import { describeError } from '../../rpc/errors'
import { ShortenedList } from '../lists/shortened-list'
import { CelebrityLink, PersonLink } from './nearest-links'
import { useSeen } from '../../kit/use-seen'

const limit = 12

/** Who else resembles either side most, whether or not it is a match: exact, by today's weights. */
export function NearestSection({ a, b }: { a: InspectedFace; b: InspectedFace }) {
  const [ref, isSeen] = useSeen<HTMLDivElement>()
  const [what, setWhat] = useState<'people' | 'celebrities'>('people')
  return (
    <div ref={ref}>
      <Section title="Nearest others of each side" aside="whoever they are, by today’s weights">
        <Segmented
          label="Nearest"
          options={[
            { id: 'people', label: 'People' },
            { id: 'celebrities', label: 'Celebrities' },
          ]}
          value={what}
          onChange={setWhat}
        />
        <div className="grid grid-cols-2 items-start gap-4">
          <NearestOf face={a} what={what} isAsked={isSeen} />
          <NearestOf face={b} what={what} isAsked={isSeen} />
        </div>
      </Section>
    </div>
  )
}

function NearestOf({
  face,
  what,
  isAsked,
}: {
  face: InspectedFace
  what: 'people' | 'celebrities'
  isAsked: boolean
}) {
  const { face_id: faceId, celebrity_id: celebrityId } = face
  const input = faceId ? { face_id: faceId, limit } : { celebrity_id: celebrityId ?? '', limit }
  const query = useQuery({
    ...useApi().matching.nearest.queryOptions({ input, staleTime: 60_000 }),
    enabled: isAsked && (faceId !== null || celebrityId !== null),
  })
  return (
    <div className="flex min-w-0 flex-col gap-1">
      <h4 className="truncate font-medium">{face.name ?? 'Unnamed person'}</h4>
      {query.isError ? (
        <Notice tone="warning">{describeError(query.error)}</Notice>
      ) : !query.data ? (
        <Skeleton className="h-48 w-full" />
      ) : query.data[what].length === 0 ? (
        <p className="text-ink-3">
          {what === 'people'
            ? 'Nobody else is analysed by this model.'
            : 'No celebrity is analysed by this model.'}
        </p>
      ) : what === 'people' ? (
        <ShortenedList
          items={query.data.people}
          getKey={({ face_id }) => face_id}
          renderItem={(person) => <PersonLink person={person} />}
        />
      ) : (
        <ShortenedList
          items={query.data.celebrities}
          getKey={({ celebrity_id }) => celebrity_id}
          renderItem={(celebrity) => <CelebrityLink celebrity={celebrity} />}
        />
      )}
      {query.data && <span className="sr-only">{formatCount(query.data[what].length)} found</span>}
    </div>
  )
}
