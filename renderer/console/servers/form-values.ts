import type {
  Check,
  ConnectionFieldName,
  ConnectionInput,
  CurrentServers,
} from '../../../core/servers/contract'

export type Kind = 'project' | 'server'

/** What stands in the form. A secret that is undefined stays what it is. */
export interface FormValues {
  kind: Kind
  supabaseUrl: string
  publishableKey: string | undefined
  databaseUrl: string | undefined
  secretKey: string | undefined
  jwtSecret: string | undefined
  callersDatabaseUrl: string | undefined
}

/** The form for what is in use or saved. */
export function startValues({ mode, supabaseUrl, saved, source }: CurrentServers): FormValues {
  const isProject = mode === 'shared' || (saved?.supabaseUrl ?? null) !== null
  const isServer = !isProject && source !== 'default'
  return {
    kind: isServer ? 'server' : 'project',
    supabaseUrl: isProject ? (supabaseUrl ?? saved?.supabaseUrl ?? '') : '',
    publishableKey: undefined,
    databaseUrl: undefined,
    secretKey: undefined,
    jwtSecret: undefined,
    callersDatabaseUrl: undefined,
  }
}

/** Whether the form still means the project whose keys are set: they stay with its URL alone. */
export function isSameProject(values: FormValues, current: CurrentServers): boolean {
  const known = startValues(current).supabaseUrl
  return known !== '' && values.supabaseUrl.trim().replace(/\/+$/, '') === known
}

/** What is sent. Of a server alone, nothing of a project. */
export function toInput(values: FormValues): ConnectionInput {
  const { kind, supabaseUrl, publishableKey, databaseUrl, secretKey, jwtSecret, callersDatabaseUrl } = values
  const logins = { databaseUrl, callersDatabaseUrl }
  if (kind === 'server') return withoutUndefined({ ...logins, supabaseUrl: '' })
  return withoutUndefined({ ...logins, supabaseUrl, publishableKey, secretKey, jwtSecret })
}

function withoutUndefined(input: Record<string, string | undefined>): ConnectionInput {
  return Object.fromEntries(Object.entries(input).filter(([, value]) => value !== undefined))
}

/** What the test found wrong with each field, what is worst first. */
export function problemsByField(checks: readonly Check[]): Partial<Record<ConnectionFieldName, string>> {
  const problems: Partial<Record<ConnectionFieldName, string>> = {}
  for (const { field, state, message } of checks) {
    if (field && state === 'failed') problems[field] ??= message
  }
  return problems
}
