import type { AddressInfo, Server } from 'node:net'
import type { ConnectionSettings } from '../../core/host/connection/connection-config'
import { testConnection } from '../../core/host/connection/connection-test'
import type { Check } from '../../core/servers/contract'
import { migrationsDirectory } from './database'

/** Everything that a test of a connection finds, in its order. */
export async function check(settings: ConnectionSettings, limitMs = 5000): Promise<Check[]> {
  const found: Check[] = []
  for await (const one of testConnection(settings, { migrations: migrationsDirectory, limitMs })) {
    if (one.state !== 'running') found.push(one)
  }
  return found
}

/** The check of that name, or else the first; what it says and advises in one. */
export async function look(settings: ConnectionSettings, id: string, limitMs?: number) {
  const checks = await check(settings, limitMs)
  const { state, message, remedy, field } = checks.find((one) => one.id === id) ?? checks[0]
  return { state, field, text: `${message} ${remedy ?? ''}` }
}

/** A server on a free port of this machine. */
export async function listening(server: Server): Promise<{ port: number; close: () => void }> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { port: (server.address() as AddressInfo).port, close: () => server.close() }
}
