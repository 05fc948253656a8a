import { type Host, startHost } from '../host'
import { loadConfig } from '../load-config'
import { openLog } from '../log'
import { describeFailure } from '../output'
import { readFormer, restoreFormer } from '../connection/saved-connection'
import { noVault } from '../connection/vault'

export interface RunningHost {
  host: Host
  /** Resolves when its connection was changed: it is to be closed, and another one started. */
  changed: Promise<'changed'>
}

interface Options {
  say: (line: string) => void
  /** Where the host before answered, so that its pages find this one; null for the configured port. */
  port?: number | null
  /** Why it runs on another connection than was wanted. */
  failure?: string | null
}

/** Starts a host of this terminal on what is configured and saved. */
export async function runHost({ say, port = null, failure = null }: Options): Promise<RunningHost> {
  const configured = await loadConfig(noVault)
  const config = { ...configured, port: port ?? configured.port }
  const log = openLog(config.home, config.logLevel)
  let restart = () => {}
  const changed = new Promise<'changed'>((resolve) => (restart = () => resolve('changed')))
  const host = await startHost({ config, log, say, control: { vault: noVault, restart, failure } })
  return { host, changed }
}

/**
 * Starts another host in place of one that was closed. Should the connection that was saved not do, it goes back to the
 * one before: whoever changed it sits at a page that waits for this host, and is told there.
 */
export async function runAgain({ home, port, say }: Options & { home: string }): Promise<RunningHost> {
  try {
    return await runHost({ say, port })
  } catch (error) {
    if (!(await readFormer(home))) throw error
    const failure = describeFailure(error)
    say(`${failure}\nGoing back to the connection before.`)
    await restoreFormer(home)
    return runHost({ say, port, failure })
  }
}
