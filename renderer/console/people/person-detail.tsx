import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { FaceView, Person, PersonSummary } from '../../../core/accounts/contract'
import { DetailPane } from '../../kit/detail-pane'
import { ErrorState } from '../../kit/error-state'
import { AttributeList } from '../../kit/face/attribute-list'
import { formatDate, formatLabel, unknown } from '../../kit/format'
import { Facts } from '../../kit/section'
import { Skeleton } from '../../kit/skeleton'
import { useApi } from '../../rpc/connection'
import { describeError } from '../../rpc/errors'
import { DropArea } from '../photos/drop-area'
import { FaceDetail } from './face-detail'
import { FaceStrip } from './face-strip'
import { FoundByFace } from './found-by-face'
import { LostFactor } from './lost-factor'
import { useAddFaces } from './use-add-faces'

/** Everything of one person: who they are, their faces, and what was found by the default one. */
export function PersonDetail({
  id,
  summary,
  onClose,
}: {
  id: string
  /** From the list, so that the title follows the arrow keys at once. */
  summary: PersonSummary | undefined
  onClose: () => void
}) {
  const query = useQuery(useApi().accounts.get.queryOptions({ input: { id } }))
  const shown = query.data ?? summary
  return (
    <DetailPane
      label="Person"
      title={shown ? (shown.name ?? 'Unnamed person') : 'Person'}
      subtitle={shown ? (shown.school ?? 'No school') : ' '}
      onClose={onClose}
      width={480}
    >
      {query.data ? (
        <PersonBody person={query.data} />
      ) : query.isError ? (
        <ErrorState
          title="This person could not be loaded"
          message={describeError(query.error)}
          onRetry={() => void query.refetch()}
          isRetrying={query.isFetching}
        />
      ) : (
        <div role="status" aria-label="Loading" className="flex flex-col gap-4">
          <Skeleton className="h-24 w-full" />
          <Skeleton className="h-66 w-full" />
        </div>
      )}
    </DetailPane>
  )
}

/** The face to show first: the default one, else the newest. */
function firstFace(person: Person): FaceView | undefined {
  return person.face_list.find((face) => face.is_default) ?? person.face_list[0]
}

function PersonBody({ person }: { person: Person }) {
  const [chosenId, setChosenId] = useState<string>()
  const faces = useAddFaces(person.id, setChosenId)
  const face = person.face_list.find(({ id }) => id === chosenId) ?? firstFace(person)
  return (
    <DropArea
      hint="Drop photos to add faces of this person"
      onFiles={(files) => faces.add(files.map(({ file }) => file))}
      className="flex flex-col gap-4"
    >
      <Facts
        facts={[
          ['Gender', person.gender ? formatLabel(person.gender) : unknown],
          ['E-mail', person.email ?? unknown],
          ['Joined', formatDate(person.created_at)],
          ['Role', person.role === 'user' ? null : formatLabel(person.role)],
        ]}
      />
      <LostFactor person={person} />
      <FaceStrip faces={person.face_list} selectedId={face?.id} onSelect={setChosenId} adding={faces} />
      {face && <FaceDetail key={face.id} face={face} name={person.name ?? 'this person'} />}
      {person.default_face_id && <FoundByFace faceId={person.default_face_id} />}
      {face?.analyzed_at && <AttributeList face={face} photo={face} />}
    </DropArea>
  )
}
