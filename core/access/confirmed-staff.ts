import { readFile } from 'node:fs/promises'
import { z } from 'zod'
import type { Caller } from '../model/caller'
import { roles, type Role } from '../model/roles'

/** How long a confirmation counts where the database can't be asked, and how long a token that has ended may be. */
export const confirmedForMs = 7 * 24 * 60 * 60_000

/**
 * Who the shared database said is a curator or an admin, on this machine, when it was asked last. It only ever counts
 * while the database is away, and only for what touches nothing but this machine: see docs/decisions.md.
 */
export interface ConfirmedStaff {
  /** What the database has just said of whoever calls. Resolves once it can't be forgotten by a crash. */
  note: (caller: Caller, said: { role: Role; lacksSecondFactor: boolean }) => Promise<void>
  /** The database has no such account any more. */
  forget: (id: string) => Promise<void>
  /** The role that was confirmed for this very kind of sign-in within the last seven days; null where none was. */
  roleOf: (caller: Caller) => Role | null
}

const entrySchema = z.object({
  role: z.enum(['curator', 'admin']),
  at: z.number(),
  /** The sign-in that was confirmed had shown a second factor: another one has to have, too. */
  secondFactor: z.boolean(),
})
const fileSchema = z.object({ project: z.string(), people: z.record(z.string(), entrySchema) })
type Entry = z.infer<typeof entrySchema>

/** A confirmation that is newer than this is not written again. */
const refreshMs = 60 * 60_000

interface Options {
  file: string
  /** Of which project: what was confirmed by another one says nothing. */
  project: string
  write: (file: string, text: string) => Promise<void>
  /** This machine's clock, milliseconds since 1970. */
  now?: () => number
  /** Told what could not be written. */
  onProblem: (error: unknown) => void
}

export async function openConfirmedStaff({
  file,
  project,
  write,
  now = Date.now,
  onProblem,
}: Options): Promise<ConfirmedStaff> {
  const people = await readPeople(file, project)
  let writing: Promise<void> = Promise.resolve()

  function save(): Promise<void> {
    writing = writing
      .then(() => write(file, JSON.stringify({ project, people: Object.fromEntries(people) })))
      .catch(onProblem)
    return writing
  }

  async function forget(id: string): Promise<void> {
    if (people.delete(id)) await save()
  }

  /** A clock that was set back makes no confirmation last longer. */
  const isFresh = ({ at }: Entry, withinMs: number) => at <= now() && now() - at < withinMs

  return {
    forget,
    async note(caller, { role, lacksSecondFactor }) {
      const known = people.get(caller.id)
      const secondFactor = hasSecondFactor(caller)
      if (role !== 'curator' && role !== 'admin') {
        // Whoever is only asked for a code has lost nothing that was confirmed with one.
        if (!(lacksSecondFactor && known?.secondFactor)) await forget(caller.id)
        return
      }
      const isSame = known?.role === role && known.secondFactor === secondFactor
      if (known && isSame && isFresh(known, refreshMs)) return
      people.set(caller.id, { role, at: now(), secondFactor })
      await save()
    },
    roleOf(caller) {
      const known = people.get(caller.id)
      if (!known || !isFresh(known, confirmedForMs)) return null
      return known.secondFactor && !hasSecondFactor(caller) ? null : known.role
    },
  }
}

const hasSecondFactor = (caller: Caller) => caller.claims['aal'] === 'aal2'

/** One that can't be read confirms nobody. */
async function readPeople(file: string, project: string): Promise<Map<string, Entry>> {
  try {
    const read = fileSchema.parse(JSON.parse(await readFile(file, 'utf8')))
    return new Map(read.project === project ? Object.entries(read.people) : [])
  } catch {
    return new Map()
  }
}

/** Whether a role that was confirmed reaches what is needed. */
export const reaches = (role: Role, needed: Role) => roles.indexOf(role) >= roles.indexOf(needed)
