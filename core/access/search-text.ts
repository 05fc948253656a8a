/** The `ilike` pattern that finds a text anywhere; what a person types has no wildcards, and PostgreSQL's text no NUL. */
export function containsPattern(text: string): string {
  return `%${text.replaceAll('\0', '').replace(/[\\%_]/g, String.raw`\$&`)}%`
}
