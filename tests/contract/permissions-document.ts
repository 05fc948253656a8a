import { actors, permissions, type Actor, type Columns, type Permissions } from './permissions'
import { callable } from './permissions-functions'

/** A person stands in two columns: as whom a row belongs to, and as anybody else. */
const columnTitles = [
  '',
  'Not signed in',
  'The person',
  'Another person',
  'Moderator',
  'Curator',
  'Admin',
  'Suspended',
]
const titles: Record<Actor, string> = {
  anon: 'Not signed in',
  person: 'The person',
  moderator: 'Moderator',
  curator: 'Curator',
  admin: 'Admin',
  suspended: 'Suspended',
}

const preface = `# Who may do what

Printed from tests/contract/permissions.ts by \`SEMBLANCE_WRITE_DOCS=1 npx vitest run tests/contract/permissions\`; the
same test holds every line against PostgreSQL and PGlite, row by row and column by column, as each of these callers.

"own" are the rows that belong to the caller, and what "own" means stands above each table: rows of anybody else are
neither seen nor changed. "The person" is whom a row belongs to, "another person" is anybody else, matched and connected or
not. "all" are all rows, "none" is no row and no error, "refused" is an error (SQLSTATE 42501).
Moderators, curators and admins are persons, too. A suspended person's token lives on for up to an hour; staff who are
suspended, or who have shown their password alone while they have a second factor or \`staff_second_factor\` demands one,
count as persons. The service role and the schema's owner pass row-level security, but not the rules of migrations/0009_people.sql to 0011_permissions.sql and of 0019_messages.sql. The last admin who can sign
in is neither demoted nor removed by anybody but those two (0038_last_admin.sql). What has no line here is refused to
everybody.
`

/** docs/permissions.md. */
export function printPermissions(): string {
  const tables = Object.entries(permissions).map(([name, line]) => printRelation(name, line))
  return [preface, ...tables, printFunctions()].join('\n')
}

function printRelation(name: string, line: Permissions): string {
  const updates = actors.map((actor) => {
    const columns = line.update[actor]
    if (!columns) return null
    return columns.all && columns.own ? 'all, own' : columns.all ? 'all' : 'own'
  })
  const rows = [
    columnTitles,
    columnTitles.map(() => '---'),
    ['select', ...withAnother(line.select, 'none')],
    ['insert', ...withAnother(line.insert, 'refused')],
    [
      'update',
      ...withAnother(
        updates.map((cell) => cell ?? '–'),
        '–',
      ),
    ],
    ['delete', ...withAnother(line.delete, 'none')],
  ]
  return [
    `## ${name}\n`,
    ...(line.own ? [`Own: ${line.own}.\n`] : []),
    ...rows.map((cells) => `| ${cells.join(' | ')} |`),
    '',
    ...printColumns(line),
  ].join('\n')
}

/** @param others what comes of it where only own rows are meant */
function withAnother(cells: readonly string[], others: string): string[] {
  const [anon, person, ...rest] = cells
  return [anon, person, person === 'own' ? others : person, ...rest]
}

/** Which columns an update may change, one line for all who may change the same. */
function printColumns({ update }: Permissions): string[] {
  const byText = new Map<string, string[]>()
  for (const actor of actors) {
    const columns = update[actor]
    if (!columns) continue
    const text = printCell(columns)
    byText.set(text, [...(byText.get(text) ?? []), titles[actor].toLowerCase()])
  }
  const lines = Array.from(byText, ([text, who]) => `- ${who.join(', ')}: ${text}`)
  return lines.length > 0 ? ['Columns that an update changes:\n', ...lines, ''] : []
}

function printCell({ all, own }: Columns): string {
  return [all && `of all rows ${printList(all)}`, own && `of own rows ${printList(own)}`]
    .filter(Boolean)
    .join('; ')
}

function printList(columns: readonly string[]): string {
  if (!columns.includes('*')) return columns.map((column) => `\`${column}\``).join(', ')
  const but = columns.filter((column) => column.startsWith('-')).map((column) => `\`${column.slice(1)}\``)
  return `every column but ${but.join(', ')}`
}

function printFunctions(): string {
  const lines = Object.entries(callable).map(([name, roles]) => `| \`${name}\` | ${roles.join(', ')} |`)
  return [
    '## Functions\n',
    'What these roles may call. Schemas other than `public` are not shown by any API: what stands there is called by',
    'policies, triggers and the host.\n',
    '| Function | Roles |',
    '| --- | --- |',
    ...lines,
    '',
  ].join('\n')
}
