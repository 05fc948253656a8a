import { type Config, connectionOf, readConfig } from './config'
import { readSaved, unseal } from './connection/saved-connection'
import type { Vault } from './connection/vault'

/** Where a configuration's connection comes from. */
export type ConnectionSource = 'environment' | 'saved' | 'default'

/**
 * Reads the configuration: variables, and where none of them speaks of a connection, the saved one.
 * @throws SemblanceError BAD_REQUEST, UNAVAILABLE where the saved connection can't be read
 */
export async function loadConfig(
  vault: Vault,
  environment: NodeJS.ProcessEnv = process.env,
): Promise<Config> {
  if (connectionOf(environment)) return readConfig(environment)
  const saved = await readSaved(baseConfig(environment).home)
  return readConfig(environment, saved && (await unseal(saved, vault)))
}

/** The configuration without any connection: what a host has that could not be connected. */
export function baseConfig(environment: NodeJS.ProcessEnv = process.env): Config {
  const others = Object.entries(environment).filter(([name]) => connectionOf({ [name]: 'set' }) === null)
  return readConfig(Object.fromEntries(others))
}

export async function connectionSource(
  home: string,
  environment: NodeJS.ProcessEnv = process.env,
): Promise<ConnectionSource> {
  if (connectionOf(environment)) return 'environment'
  // A broken file is one that was saved.
  const saved = await readSaved(home).catch(() => 'broken' as const)
  return saved ? 'saved' : 'default'
}
