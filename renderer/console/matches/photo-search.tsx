import { useMutation } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import type { PhotoSearch as Found } from '../../../core/matching/contract-search'
import { Button } from '../../kit/button'
import { ErrorState } from '../../kit/error-state'
import { formatCount } from '../../kit/format'
import { Section } from '../../kit/section'
import { Skeleton } from '../../kit/skeleton'
import { useConnection } from '../../rpc/connection'
import { describeError, errorCode } from '../../rpc/errors'
import { ShortenedList } from '../lists/shortened-list'
import { PhotoChoice } from '../photos/photo-choice'
import { PickFiles } from '../photos/pick-files'
import { photoProblem } from '../photos/photo-problem'
import { CelebrityLink, PersonLink } from './nearest-links'
import { PhotoFaces } from './photo-faces'

const limit = 12

/** A photo, its faces, and who is nearest to the one that is chosen. */
export function PhotoSearch({
  file,
  onFile,
  onLeave,
}: {
  file: File | null
  onFile: (file: File) => void
  /** Somebody found was gone to. */
  onLeave: () => void
}) {
  const { client } = useConnection()
  const search = useMutation({
    // The host runs one search a person: who changes their mind waits for the one that runs, and is not refused.
    scope: { id: 'photo-search' },
    mutationFn: ({ photo, face }: { photo: File; face: number }) =>
      client.matching.searchByPhoto({ photo, face_index: face, limit }),
    onSuccess: (found, { photo }) => setAnswer({ photo, found }),
  })
  // Kept while another face is searched by: the faces to choose among stay, and with them the focus.
  const [answer, setAnswer] = useState<{ photo: File; found: Found } | null>(null)
  /** A photo from outside is searched by once. */
  const searched = useRef<File | null>(null)
  const problem = file && photoProblem(file)
  const { mutate } = search
  useEffect(() => {
    if (!file || file === searched.current || problem) return
    searched.current = file
    mutate({ photo: file, face: 0 })
  }, [file, problem, mutate])

  if (!file) {
    return (
      <div className="flex gap-4">
        <PhotoChoice file={null} onFile={(found) => onFile(found.file)} />
        <p className="text-pretty text-ink-2">
          Choose a photo, or drop one here or on the list of matches. The people and celebrities who are
          nearest appear here; where it shows several faces you choose among them.
        </p>
      </div>
    )
  }
  const error = problem ?? (search.error ? describeError(search.error) : null)
  // Another time the same photo is refused for the same reason.
  const isRefused = problem !== null || errorCode(search.error) === 'IMAGE_REJECTED'
  // What stands here is of another photo until the answer has come.
  const found = answer?.photo === file ? answer.found : undefined
  return (
    <div className="grid grid-cols-1 items-start gap-4 @min-[560px]:grid-cols-[15rem_minmax(0,1fr)]">
      <div className="flex min-w-0 flex-col gap-2">
        <PhotoFaces
          file={file}
          found={found}
          isBusy={search.isPending}
          chosen={search.isPending ? search.variables.face : (found?.face_index ?? 0)}
          onFace={(face) => search.mutate({ photo: file, face })}
        />
        <PickFiles
          onFiles={([first]) => {
            if (first) onFile(first.file)
          }}
        >
          <Button>Choose another…</Button>
        </PickFiles>
        <p className="truncate text-sm text-ink-3" title={file.name}>
          {file.name}
        </p>
      </div>
      {error ? (
        <ErrorState
          title="This photo can’t be searched by"
          message={error}
          onRetry={isRefused ? undefined : () => search.mutate({ photo: file, face: 0 })}
          isRetrying={search.isPending}
        />
      ) : found && !search.isPending ? (
        <Results found={found} onLeave={onLeave} />
      ) : (
        <div role="status" aria-label="Searching" className="grid grid-cols-2 gap-4">
          <Skeleton className="h-72" />
          <Skeleton className="h-72" />
        </div>
      )}
    </div>
  )
}

function Results({ found, onLeave }: { found: Found; onLeave: () => void }) {
  const { people, celebrities } = found
  return (
    <div
      className="grid min-w-0 grid-cols-1 items-start gap-4 @min-[400px]:grid-cols-2"
      onClick={(event) => {
        if ((event.target as Element).closest('a')) onLeave()
      }}
    >
      <Section title="Nearest people" aside={formatCount(people.length)}>
        {people.length === 0 && <p className="text-ink-3">Nobody is analysed by this model yet.</p>}
        <ShortenedList
          items={people}
          getKey={({ face_id }) => face_id}
          renderItem={(person) => <PersonLink person={person} />}
          shown={8}
        />
      </Section>
      <Section title="Nearest celebrities" aside={formatCount(celebrities.length)}>
        {celebrities.length === 0 && (
          <p className="text-ink-3">No celebrity is analysed by this model yet.</p>
        )}
        <ShortenedList
          items={celebrities}
          getKey={({ celebrity_id }) => celebrity_id}
          renderItem={(celebrity) => <CelebrityLink celebrity={celebrity} />}
          shown={8}
        />
      </Section>
    </div>
  )
}
