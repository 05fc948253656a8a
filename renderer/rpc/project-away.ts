/** The Supabase project did not answer: people sign in there, and photos lie there. */
export class ProjectAwayError extends Error {
  override readonly name = 'ProjectAwayError'
  /** @param host The project's, as in its URL. */
  constructor(host: string) {
    super(`Supabase at ${host} does not answer. It is tried again by itself; check this machine's network.`)
  }
}
