/** The `ilike` pattern that finds a text anywhere; what a person types has no wildcards. */
export function containsPattern(text: string): string {
  return `%${text.replace(/[\\%_]/g, String.raw`\$&`)}%`
}
