import { createHash } from 'node:crypto'
import { sql } from 'kysely'
import type { DetectedGender } from '../../../model/face'
import type { Refusal } from '../source/source-errors'
import type { Staging } from '../staging/staging'
import type { Locator } from '../staging/staging-tables'
import { mayBeSeveral } from './names'
import { mostPathBytes } from './tree'

/** What the source says of a photo. */
export interface Description {
  name?: string
  name_original?: string
  bio?: string
  category?: string
  gender?: DetectedGender
  licence?: string
  source?: string
}

/** A file of the source as the scan leaves it. */
export interface FileRow extends Description {
  path: string
  locator: Locator
  bytes: number | null
  modifiedAt: Date | null
  refusal?: Refusal | undefined
  /** Why what the source says of a photo can't be used as it is, a sentence: the photo waits for a person. */
  doubt?: string | undefined
}

const chunk = 500

export interface RowWriter {
  write(row: FileRow): Promise<void>
  /** Writes what is left. */
  end(): Promise<void>
}

/**
 * Writes rows of `files` in order, a few hundred at a time. One whose path is there already is left as it is, with its
 * id and all that was found out about it, so that the same scan can be begun again at any time.
 */
export function createRowWriter(
  staging: Staging,
  importId: string,
  onWritten: (rows: number) => void,
): RowWriter {
  let waiting: FileRow[] = []
  let written = 0

  const flush = async () => {
    if (waiting.length === 0) return
    const rows = JSON.stringify(waiting.map(toRow))
    await staging.transaction(async (tx) => {
      const { rows: inserted } = await sql`
        insert into files (import_id, path, locator, bytes, modified_at, name_original, name, bio, category, gender,
          licence, source, state, reason_code, reason)
        select ${importId}::uuid, path, locator, bytes, modified_at, name_original, name, bio, category, gender,
          licence, source, state, reason_code, reason
        from rows from (jsonb_to_recordset(${rows}::jsonb) as (path text, locator jsonb, bytes bigint,
          modified_at timestamptz, name_original text, name text, bio text, category text, gender text, licence text,
          source text, state text, reason_code text, reason text)) with ordinality
        order by ordinality
        on conflict (import_id, path) do nothing
        returning id`.execute(tx)
      if (inserted.length === 0) return
      await sql`update imports set revision = revision + 1 where id = ${importId}::uuid`.execute(tx)
    })
    written += waiting.length
    waiting = []
    onWritten(written)
  }
  return {
    async write(row) {
      waiting.push(row)
      if (waiting.length >= chunk) await flush()
    },
    end: flush,
  }
}

function toRow({ path, refusal, doubt, modifiedAt, ...rest }: FileRow) {
  const isLong = Buffer.byteLength(path) > mostPathBytes
  const rejection = isLong ? longPath : refusal
  const reason = rejection?.reason ?? doubt ?? severalPeople(rest.name)
  return {
    ...rest,
    path: isLong ? shortened(path) : textOf(path),
    modified_at: isDate(modifiedAt) ? modifiedAt.toISOString() : null,
    state: rejection ? 'rejected' : 'found',
    reason_code: rejection?.code ?? null,
    reason: reason === undefined ? null : textOf(reason),
  }
}

/** Why a name is asked about before it is a celebrity's. */
function severalPeople(name: string | undefined): string | undefined {
  if (name === undefined || !mayBeSeveral(name)) return undefined
  return `“${name}” may be the name of several people. Say who this is, or accept it where it is one person's.`
}

/** Archives and old disks hold times that PostgreSQL does not. */
function isDate(date: Date | null): date is Date {
  return date !== null && date.getTime() > -6e13 && date.getTime() < 2.5e14
}

const longPath: Refusal = {
  code: 'unsafe_path',
  reason: `The path of the file is longer than ${mostPathBytes.toLocaleString('en')} bytes.`,
}

/** The beginning, and what tells it from another path that begins alike. */
function shortened(path: string): string {
  const hash = createHash('sha256').update(path).digest('hex').slice(0, 16)
  return `${textOf(path.slice(0, 200))}… (${hash})`
}

/** As the database can hold it: no NUL, and no half of a letter. */
function textOf(text: string): string {
  return text.replace(/[\0\p{Surrogate}]/gu, '�')
}
