import type { Check } from '../../servers/contract'
import { checkConnection, type ConnectionProblem, type ConnectionSettings } from './connection-config'
import { callersSteps, databaseSteps } from './connection-test/database'
import { projectSteps } from './connection-test/project'
import { failed, type Step, takeSteps } from './connection-test/steps'
import { togetherSteps } from './connection-test/together'

interface Options {
  /** Where the migrations lie. */
  migrations: string
  signal?: AbortSignal
  /** How long one check may take, in milliseconds. Default 10 s. */
  limitMs?: number
}

/**
 * Tries a would-be connection and changes nothing: the database from its address to its schema, the project from its
 * address to its keys, and that both belong together. Tells each check when it begins and when it is done.
 */
export async function* testConnection(
  given: ConnectionSettings,
  options: Options,
): AsyncGenerator<Check, void> {
  const { signal = new AbortController().signal } = options
  yield* takeSteps(stepsOf(given, options.migrations), signal, options.limitMs)
}

function stepsOf(given: ConnectionSettings, migrations: string): Step[] {
  const { problems = [] } = checkConnection(given)
  // What can be said of one side is said, whatever is wrong with the other.
  const wrong = new Set(problems.map(({ field }) => field))
  const formSteps = problems.map(({ field, message }, index): Step => {
    const part = field === 'databaseUrl' || field === 'callersDatabaseUrl' ? 'database' : 'project'
    const look = () => Promise.resolve(failed(describeProblem({ field, message }), 'Correct the field.'))
    return { id: `form-${index}`, name: labels[field], part, field, look }
  })
  const { databaseUrl, callersDatabaseUrl } = given
  // Its own fields alone decide whether the project can be asked.
  const project =
    checkConnection({ ...given, databaseUrl: 'postgresql://host/name', callersDatabaseUrl: undefined })
      .connection?.supabase ?? null
  return [
    ...formSteps,
    ...(databaseUrl && !wrong.has('databaseUrl')
      ? databaseSteps(databaseUrl, { migrations, isShared: Boolean(given.supabaseUrl) })
      : []),
    ...(databaseUrl && callersDatabaseUrl && !wrong.has('callersDatabaseUrl')
      ? callersSteps(callersDatabaseUrl, databaseUrl)
      : []),
    ...(project ? projectSteps(project) : []),
    ...(project && databaseUrl && !wrong.has('databaseUrl') ? togetherSteps(databaseUrl, project) : []),
  ]
}

/** A problem of a field as a sentence for a page, where fields have no variables. */
export function describeProblem({ field, message }: ConnectionProblem): string {
  return `${labels[field]} ${message.replace(/as SEMBLANCE_\w+/, 'in its own field')}.`
}

const labels = {
  databaseUrl: 'The database’s URL',
  callersDatabaseUrl: 'The login of callers',
  supabaseUrl: 'The project’s URL',
  publishableKey: 'The publishable key',
  secretKey: 'The secret key',
  jwtSecret: 'The JWT secret',
} as const
