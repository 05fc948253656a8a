import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { Celebrity } from '../../../../core/celebrities/contract'
import { ScoreBadge } from '../../../kit/face/score-badge'
import { formatCount, formatDateTime } from '../../../kit/format'
import { Facts, Section } from '../../../kit/section'
import { Thumbnail } from '../../../kit/thumbnail'
import { useApi } from '../../../rpc/connection'
import { ShortenedList } from '../../lists/shortened-list'

/** The users that a celebrity was found for. */
export function PeopleSection({ celebrity: { lookalikes } }: { celebrity: Celebrity }) {
  return (
    <Section
      title="People who look like them"
      aside={lookalikes.length > 0 ? formatCount(lookalikes.length) : undefined}
    >
      {lookalikes.length === 0 ? (
        <p className="text-ink-3">Nobody yet. Who is found appears here by itself.</p>
      ) : (
        <ShortenedList
          items={lookalikes}
          getKey={(person) => person.face_id}
          renderItem={(person) => (
            <Link
              to="/people"
              search={{ id: person.profile_id }}
              className="-mx-2 flex items-center gap-2.5 rounded-md px-2 py-1 hover:bg-raised"
            >
              <Thumbnail src={person.thumbnail_url} name={person.name} size={32} />
              <span className="min-w-0 grow">
                <span className="block truncate">{person.name ?? 'Unnamed person'}</span>
                <span className="block truncate text-sm text-ink-3">{person.school ?? 'No school'}</span>
              </span>
              <ScoreBadge score={person.similarity_score} />
            </Link>
          )}
        />
      )}
    </Section>
  )
}

/** Where the current photo comes from; licence and source can be written and stand above. */
export function ProvenanceSection({ celebrity }: { celebrity: Celebrity }) {
  const { provenance, created_at, updated_at, id } = celebrity
  const photos = useQuery(useApi().curation.photos.queryOptions({ input: { id } })).data
  return (
    <Section title="Provenance">
      <Facts
        facts={[
          ['Original name', provenance?.name_original],
          [
            'Import',
            provenance?.import ? (
              <Link to="/imports" search={{ id: provenance.import.id }} className="text-accent-ink underline">
                {provenance.import.name}
              </Link>
            ) : (
              'None, added by hand'
            ),
          ],
          ['Photos', photos && formatCount(photos.length)],
          ['Added', formatDateTime(created_at)],
          ['Changed', formatDateTime(updated_at)],
        ]}
      />
    </Section>
  )
}
