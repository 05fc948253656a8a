// The host as Electron's utility process: everything but the window happens here.
import { startHost, type Host } from '../core/host/host'
import { readConfig } from '../core/host/config'
import { openLog } from '../core/host/log'
import { describeFailure } from '../core/host/output'
import type { FromHost, ToHost } from './messages'

const parent = process.parentPort
const tell = (message: FromHost) => parent.postMessage(message)

const say = (line: string) => tell({ type: 'progress', line })

async function open(): Promise<Host> {
  const config = readConfig()
  return startHost({ config, log: openLog(config.home, config.logLevel), say })
}

/** Ends once the host has written what it had open. One that never came up has nothing to write. */
async function close(host: Promise<Host>): Promise<never> {
  const running = await host.catch(() => null)
  await running?.close()
  process.exit(0)
}

// Ctrl-C in a terminal reaches this process as well; the window's process asks to close in its own time.
process.on('SIGINT', () => undefined)

const host = open()
parent.on('message', ({ data, ports }) => {
  const message = data as ToHost
  if (message.type === 'close') void close(host)
  const port = ports[0]
  if (message.type !== 'port' || !port) return
  // A port without a host has nobody to answer it: closing it tells the page.
  host.then(
    (running) => {
      running.handlePort(port)
      port.start()
    },
    () => port.close(),
  )
})
host.then(
  ({ url, supabaseUrl }) => tell({ type: 'ready', url, supabaseUrl }),
  (error: unknown) => tell({ type: 'failed', message: describeFailure(error) }),
)
