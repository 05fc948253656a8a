import type { PersonSummary } from '../../../core/accounts/contract'
import { DataTable, type Column } from '../../kit/data-table'
import { formatCount, formatDate, formatLabel, unknown } from '../../kit/format'
import { Thumbnail } from '../../kit/thumbnail'
import { useWideWindow } from '../lists/use-wide-window'

const name: Column<PersonSummary> = {
  id: 'name',
  header: 'Name',
  width: 'minmax(10rem, 2fr)',
  render: (person) => (
    <span className="flex items-center gap-2.5">
      <Thumbnail src={person.thumbnail_url} name={person.name} size={28} />
      <span className="truncate font-medium">{person.name ?? 'Unnamed person'}</span>
    </span>
  ),
}

const school: Column<PersonSummary> = {
  id: 'school',
  header: 'School',
  width: 'minmax(6rem, 1.5fr)',
  render: (person) => <Faint>{person.school}</Faint>,
}

const email: Column<PersonSummary> = {
  id: 'email',
  header: 'E-mail',
  width: 'minmax(8rem, 2fr)',
  render: (person) => <Faint>{person.email}</Faint>,
}

const gender: Column<PersonSummary> = {
  id: 'gender',
  header: 'Gender',
  width: '64px',
  render: (person) => <Faint>{person.gender && formatLabel(person.gender)}</Faint>,
}

const faces: Column<PersonSummary> = {
  id: 'faces',
  header: 'Faces',
  width: '44px',
  align: 'right',
  render: (person) => count(person.faces),
}

const matches: Column<PersonSummary> = {
  id: 'matches',
  header: 'Matches',
  width: '56px',
  align: 'right',
  render: (person) => count(person.matches),
}

const joined: Column<PersonSummary> = {
  id: 'joined',
  header: 'Joined',
  width: '88px',
  align: 'right',
  render: (person) => <Faint>{formatDate(person.created_at)}</Faint>,
}

const wide = [name, school, email, gender, faces, matches, joined]
/** Beside a detail pane, which says the rest. */
const narrow = [name, school, faces, matches]

function Faint({ children }: { children: string | null }) {
  return <span className="text-ink-2">{children ?? unknown}</span>
}

function count(value: number) {
  return <span className={value === 0 ? 'text-ink-3' : ''}>{formatCount(value)}</span>
}

/** The people as rows. */
export function PeopleTable({
  items,
  total,
  selectedId,
  onSelect,
  onEndReached,
}: {
  items: readonly PersonSummary[]
  total: number | undefined
  selectedId: string | undefined
  onSelect: (person: PersonSummary) => void
  onEndReached: () => void
}) {
  const isWide = useWideWindow()
  return (
    <DataTable
      label="People"
      items={items}
      total={total}
      columns={isWide || selectedId === undefined ? wide : narrow}
      getKey={(person) => person.id}
      selectedKey={selectedId}
      onSelect={onSelect}
      onEndReached={onEndReached}
      rowHeight={40}
    />
  )
}
