// The host as Electron's utility process: everything but the window happens here.
import { startHost, type Host } from '../core/host/host'
import { baseConfig, loadConfig } from '../core/host/load-config'
import { openLog } from '../core/host/log'
import { describeFailure } from '../core/host/output'
import { openRescue, type Rescue } from '../core/host/lifecycle/rescue'
import type { FromHost, ToHost } from './messages'
import { createParentVault } from './parent-vault'

const parent = process.parentPort
const tell = (message: FromHost) => parent.postMessage(message)
const say = (line: string) => tell({ type: 'progress', line })

/** Whether this machine runs on battery, as the window's process hears it from the system. */
const power = {
  isOnBattery: false,
  tell: (_isOnBattery: boolean): void => undefined,
  watch(tell: (isOnBattery: boolean) => void) {
    power.tell = tell
    tell(power.isOnBattery)
    return () => (power.tell = () => undefined)
  },
  hear(isOnBattery: boolean) {
    power.isOnBattery = isOnBattery
    power.tell(isOnBattery)
  },
}

const vault = createParentVault(tell)
const control = { vault, restart: () => tell({ type: 'restart' }) }

async function open(): Promise<Host> {
  const config = await loadConfig(vault)
  const log = openLog(config.home, config.logLevel)
  return startHost({
    config,
    log,
    say,
    control: { ...control, failure: null },
    watchBattery: (hear) => power.watch(hear),
  })
}

/** What answers in place of a host that could not start; null where not even its data directory is known. */
async function rescue(error: unknown): Promise<Rescue | null> {
  try {
    const { home, logLevel } = baseConfig()
    return await openRescue(error, { log: openLog(home, logLevel), control })
  } catch {
    return null
  }
}

/** Ends once the host has written what it had open. One that never came up has nothing to write. */
async function close(): Promise<never> {
  const running = await host.catch(() => null)
  await running?.close()
  process.exit(0)
}

// Ctrl-C in a terminal reaches this process as well; the window's process asks to close in its own time.
process.on('SIGINT', () => undefined)

const host = open()
const rescued = host.then(() => null, rescue)

/** A port without anybody to answer it is closed, which tells the page. */
async function answer(port: Electron.MessagePortMain): Promise<void> {
  const running = (await host.catch(() => null)) ?? (await rescued)
  if (!running) return port.close()
  running.handlePort(port)
  port.start()
}

parent.on('message', ({ data, ports }) => {
  const message = data as ToHost
  const [port] = ports
  if (message.type === 'close') void close()
  if (message.type === 'secret') vault.hear(message)
  if (message.type === 'power') power.hear(message.isOnBattery)
  if (message.type === 'restore') void rescued.then((standIn) => standIn?.connector.restore())
  if (message.type === 'port' && port) void answer(port)
})

host.then(
  ({ url, supabaseUrl }) => tell({ type: 'ready', url, supabaseUrl }),
  async (error: unknown) => {
    const { message = describeFailure(error), mayConnect = false, former = null } = (await rescued) ?? {}
    tell({ type: 'failed', message, mayConnect, former })
  },
)
