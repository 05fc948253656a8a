import type { CurrentServers } from '../../../core/servers/contract'
import { Segmented } from '../../kit/segmented'
import { TextField } from '../../kit/text-field'
import { isSameProject, type FormValues, type Kind, type problemsByField } from './form-values'
import { SecretField } from './secret-field'

const kinds: { id: Kind; label: string }[] = [
  { id: 'project', label: 'Supabase project' },
  { id: 'server', label: 'PostgreSQL server' },
]

/** The fields of a connection, each with what is wrong with it. */
export function ConnectionFields({
  current,
  values,
  problems,
  onChange,
}: {
  current: CurrentServers
  values: FormValues
  problems: ReturnType<typeof problemsByField>
  onChange: (values: FormValues) => void
}) {
  const set = (changed: Partial<FormValues>) => onChange({ ...values, ...changed })
  const isProject = values.kind === 'project'
  const keys = current.keys
  const isKept = isSameProject(values, current)
  return (
    <div className="flex flex-col gap-4">
      <div className="flex flex-col items-start gap-1.5">
        <Segmented
          label="Kind of connection"
          options={kinds}
          value={values.kind}
          onChange={(kind) => set({ kind })}
        />
        <p className="text-sm text-ink-3">
          {isProject
            ? 'Accounts, photos and matches are the project’s, shared with every other client of it.'
            : 'Matches lie in your own PostgreSQL; accounts and photos stay with this host.'}
        </p>
      </div>
      {isProject && (
        <>
          <TextField
            label="Project URL"
            placeholder="https://abcdefghijkl.supabase.co"
            description="Dashboard: Connect, or Project settings › Data API."
            inputMode="url"
            autoComplete="off"
            spellCheck="false"
            value={values.supabaseUrl}
            onChange={(supabaseUrl) => set({ supabaseUrl })}
            {...(problems.supabaseUrl ? { errorMessage: problems.supabaseUrl } : {})}
          />
          <SecretField
            label="Publishable key"
            placeholder="sb_publishable_…"
            description="Every page is handed this one; never a secret key."
            isSet={isKept && keys.publishable !== null}
            hint={keys.publishable && `…${keys.publishable}`}
            value={values.publishableKey}
            onChange={(publishableKey) => set({ publishableKey })}
            errorMessage={problems.publishableKey}
          />
        </>
      )}
      <SecretField
        label="Database URL"
        placeholder="postgresql://postgres.abcdefghijkl:…@…pooler.supabase.com:5432/postgres"
        description={
          isProject
            ? 'Dashboard: Connect › Session pooler. With the database’s password in it, special characters percent-encoded.'
            : 'postgresql://user:password@host:5432/database. PostgreSQL 15 or newer with pgvector 0.8.'
        }
        isSet={keys.databaseUrl}
        hint={null}
        value={values.databaseUrl}
        onChange={(databaseUrl) => set({ databaseUrl })}
        errorMessage={problems.databaseUrl}
      />
      {isProject && (
        <SecretField
          label="Secret key"
          placeholder="sb_secret_…"
          description="Needed on a host that analyses faces. It passes by row-level security and never leaves this machine."
          isOptional
          isSet={isKept && keys.secretKey}
          value={values.secretKey}
          onChange={(secretKey) => set({ secretKey })}
          errorMessage={problems.secretKey}
        />
      )}
      <RareFields {...{ current, values, problems, set, isProject, isKept }} />
    </div>
  )
}

function RareFields({
  current: { keys },
  values,
  problems,
  set,
  isProject,
  isKept,
}: {
  current: CurrentServers
  values: FormValues
  problems: ReturnType<typeof problemsByField>
  set: (changed: Partial<FormValues>) => void
  isProject: boolean
  isKept: boolean
}) {
  const isNeeded = Boolean(problems.jwtSecret ?? problems.callersDatabaseUrl)
  return (
    <details className="group" open={isNeeded || keys.jwtSecret || keys.callersDatabaseUrl || undefined}>
      <summary className="w-fit cursor-default rounded-sm text-ink-2 hover:text-ink">Rarely needed</summary>
      <div className="flex flex-col gap-4 pt-3">
        {isProject && (
          <SecretField
            label="JWT secret"
            description="Only for projects that still sign tokens with a shared secret (HS256)."
            isOptional
            isSet={isKept && keys.jwtSecret}
            value={values.jwtSecret}
            onChange={(jwtSecret) => set({ jwtSecret })}
            errorMessage={problems.jwtSecret}
          />
        )}
        <SecretField
          label="Database URL of callers"
          description="A login that is granted anon and authenticated alone, where the one above may not make it."
          isOptional
          isSet={keys.callersDatabaseUrl}
          value={values.callersDatabaseUrl}
          onChange={(callersDatabaseUrl) => set({ callersDatabaseUrl })}
          errorMessage={problems.callersDatabaseUrl}
        />
      </div>
    </details>
  )
}
