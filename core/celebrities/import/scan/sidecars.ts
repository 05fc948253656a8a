import { type Field, describe, fieldOf, fields } from './descriptions'
import type { Description } from './row-writer'

/** Bytes of a sidecar at most. */
export const mostSidecarBytes = 1_000_000

/** Of a whole folder, by these names. */
export const isFolderSidecar = (name: string): boolean => /^(person|info)\.json$/i.test(name)

/**
 * Reads a JSON file that lies beside a photo, or in a person's folder: an object with name, bio, category, gender,
 * licence and source, each a text. Other keys mean nothing here.
 * @returns what it says, and what of it could not be taken, each a clause for a person; `nameProblem` is that of a name
 *   which it says and which is none
 * @throws Error whose message is a clause for a person, where nothing can be taken
 */
export function parseSidecar(bytes: Uint8Array): {
  description: Description
  problems: string[]
  nameProblem: string | null
} {
  const content = parseJson(bytes)
  if (typeof content !== 'object' || content === null || Array.isArray(content))
    throw new Error('it holds no object with a name, a licence and so on')
  const values: Partial<Record<Field, string>> = {}
  const problems: string[] = []
  for (const [key, value] of Object.entries(content)) {
    const field = fieldOf(key)
    if (!field || field === 'file' || value === null || value === undefined) continue
    // A key of its own name counts before another word for it.
    if (values[field] !== undefined && key.toLowerCase() !== field) continue
    if (typeof value === 'string') values[field] = value
    else if ((fields as readonly string[]).includes(key.toLowerCase()))
      problems.push(`its ${field} is no text`)
  }
  const { description, problems: more } = describe(values)
  const all = [...problems, ...more]
  const isName = (problem: string) => /^its name |is no name$/.test(problem)
  return { description, problems: all, nameProblem: all.find(isName) ?? null }
}

function parseJson(bytes: Uint8Array): unknown {
  let text: string
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw new Error('it is not written in UTF-8')
  }
  try {
    return JSON.parse(text) as unknown
  } catch (error) {
    throw new Error(`it is no JSON (${(error as Error).message})`, { cause: error })
  }
}
