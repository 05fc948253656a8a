import { readUrl } from '../../../database/server-url'
import { SemblanceError } from '../../../model/errors'
import {
  type Address,
  askForTls,
  describeStranger,
  encrypt,
  lookUp,
  reach,
  type SslMode,
  unencrypted,
} from './network'
import { failed, type Finding, ok, skipped, type Step } from './steps'

/** A database's URL, taken apart. */
export interface Target {
  url: URL
  connectionString: string
  /** Host and database name, without a password. */
  location: string
  address: Address
  mode: SslMode
  isLocal: boolean
}

/** @throws SemblanceError BAD_REQUEST where it is no URL of a database */
export function readTarget(text: string): Target {
  const { location, connectionString } = readUrl(text)
  const url = new URL(connectionString)
  const socket = url.searchParams.get('host')
  const host = url.hostname || 'localhost'
  const isLocal = socket !== null || host === 'localhost' || host === '[::1]' || /^127\./.test(host)
  return {
    ...{ url, connectionString, location, isLocal },
    address: { host, port: Number(url.port || 5432), socket },
    mode: (url.searchParams.get('sslmode') ?? 'prefer') as SslMode,
  }
}

/** The steps up to a server that speaks PostgreSQL's language: form, name, port, language, encryption. */
export function addressSteps(text: string): Step[] {
  const common = { part: 'database', field: 'databaseUrl' } as const
  const target = () => readTarget(text)
  let speaksTls = false
  return [
    { ...common, id: 'database-url', name: 'Address', look: () => Promise.resolve(form(text)) },
    {
      ...{ ...common, id: 'database-name', name: 'Name', needs: ['database-url'] },
      look: () => {
        const { address } = target()
        return address.socket
          ? Promise.resolve(skipped('It is a socket of this machine.'))
          : lookUp(address.host)
      },
    },
    {
      ...{ ...common, id: 'database-port', name: 'Port', needs: ['database-url'] },
      look: (signal) => reach(target().address, signal),
    },
    {
      ...{ ...common, id: 'database-language', name: 'PostgreSQL', needs: ['database-port'] },
      async look(signal) {
        const asked = await askForTls(target().address, signal)
        if (asked.answer === 'other') return describeStranger(asked.text)
        speaksTls = asked.answer === 'S'
        asked.connection.destroy()
        return ok('A PostgreSQL answers.')
      },
    },
    {
      ...{ ...common, id: 'database-encryption', name: 'Encryption', needs: ['database-language'] },
      async look(signal) {
        const { mode, isLocal, address, url } = target()
        if (!speaksTls || mode === 'disable') return unencrypted(mode, isLocal)
        const asked = await askForTls(address, signal)
        if (asked.answer === 'other') return describeStranger(asked.text)
        const rootFile = url.searchParams.get('sslrootcert')
        return encrypt(asked.connection, address.host, { mode, rootFile }, signal)
      },
    },
  ]
}

/** What a text says by itself; nobody is asked. */
function form(text: string): Finding {
  if (/\[YOUR-PASSWORD\]|<password>/i.test(decodeSafely(text))) {
    return failed(
      'The password is still the placeholder of the dashboard.',
      'Replace it by the database’s password, special characters percent-encoded. Database settings › Reset password makes a new one.',
    )
  }
  try {
    const { url, location } = readTarget(text)
    if (/\.pooler\.supabase\.com$/.test(url.hostname) && !url.username.includes('.')) {
      return failed(
        `Supabase’s pooler knows its projects by the user: “${url.username}” names none.`,
        'Write the user as postgres.<project>, as Connect › Session pooler shows it.',
      )
    }
    if (!url.username && !url.searchParams.has('user')) {
      return failed('The URL names no user.', 'Write postgresql://user:password@host:5432/database.')
    }
    return ok(location)
  } catch (error) {
    if (!(error instanceof SemblanceError)) throw error
    return failed(error.message, 'Copy it from the dashboard: Connect › Session pooler.')
  }
}

function decodeSafely(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
