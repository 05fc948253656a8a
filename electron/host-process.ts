import { type MessagePortMain, powerMonitor, utilityProcess, type UtilityProcess } from 'electron/main'
import type { FromHost, ToHost } from './messages'
import { answerSecret } from './secrets'

export type HostState =
  | { phase: 'starting'; line: string }
  | { phase: 'ready'; url: string; supabaseUrl: string }
  | { phase: 'failed'; message: string; mayConnect: boolean; former: string | null }

export interface HostProcess {
  state(): HostState
  /** Starts the host, or starts it again after it has failed. */
  start(): void
  /** Has a host that could not start go back to the connection before. */
  restoreFormer(): void
  /** Hands the host one end of a channel; the page holds the other. */
  connect(port: MessagePortMain): void
  /** Lets the host write what it has open; resolves when its process has ended. */
  close(): Promise<void>
}

interface Options {
  /** The built entry, `host-process.js`. */
  entry: string
  onState: (state: HostState) => void
}

/** Waits before the host is started again after it died, in milliseconds; when they are used up it has failed. */
const restartDelays = [500, 1000, 2000, 5000, 10_000]
/** A host that ran this long has recovered from what it died of before. */
const recoveredAfterMs = 60_000
/** How much of what a host prints is kept, in characters, in case it dies of it. */
const lastWords = 4000
/** How long running jobs may take to be given back. */
const closeTimeoutMs = 10_000

/** Runs the host in a process of its own and keeps it running. */
export function createHostProcess({ entry, onState }: Options): HostProcess {
  let state: HostState = { phase: 'starting', line: 'Starting…' }
  let child: UtilityProcess | null = null
  let deaths = 0
  let readySince = 0
  let closing = false
  let restart: NodeJS.Timeout | undefined
  let printed = () => ''
  /** The end of a host that another one takes the place of. */
  let replaced: Promise<void> | undefined

  const enter = (next: HostState) => {
    state = next
    onState(next)
  }

  function fork(): void {
    const forked = (child = utilityProcess.fork(entry, [], { serviceName: 'Semblance host', stdio: 'pipe' }))
    printed = keepLastWords(forked)
    followPower(forked)
    forked.on('message', (message: FromHost) => {
      if (message.type === 'secret') forked.postMessage(answerSecret(message))
      // One that was replaced has nothing more to say.
      else if (child === forked) hear(message)
    })
    forked.once('exit', (code) => {
      // One that was replaced, or asked to close, has not died.
      if (child !== forked) return
      child = null
      if (!closing) died(code)
    })
  }

  function hear(message: FromHost): void {
    if (message.type === 'progress') process.stderr.write(`${message.line}\n`)
    if (message.type === 'failed') process.stderr.write(`${message.message}\n`)
    if (message.type === 'progress' && state.phase === 'starting')
      enter({ phase: 'starting', line: message.line })
    if (message.type === 'failed') {
      const { message: text, mayConnect, former } = message
      enter({ phase: 'failed', message: text, mayConnect, former })
    }
    if (message.type === 'restart') restartGently()
    if (message.type === 'ready') {
      readySince = Date.now()
      enter({ phase: 'ready', url: message.url, supabaseUrl: message.supabaseUrl })
    }
  }

  function died(code: number): void {
    // It has said why it can't start; starting it again would only repeat that.
    if (state.phase === 'failed') return
    if (state.phase === 'ready' && Date.now() - readySince > recoveredAfterMs) deaths = 0
    process.stderr.write(printed())
    const delay = restartDelays[deaths]
    deaths += 1
    if (delay === undefined) {
      enter({
        phase: 'failed',
        message: `The host has stopped ${deaths} times in a row (last with code ${code}).`,
        ...{ mayConnect: false, former: null },
      })
      return
    }
    enter({ phase: 'starting', line: 'The host stopped unexpectedly. Starting it again…' })
    restart = setTimeout(fork, delay)
  }

  /** Another host in place of this one, which may write first what it has open. */
  function restartGently(): void {
    const old = child
    child = null
    deaths = 0
    enter({ phase: 'starting', line: 'Starting with the new connection…' })
    const next = () => {
      if (!closing) fork()
    }
    if (!old) return next()
    replaced = endProcess(old)
    void replaced.then(next)
  }

  return {
    state: () => state,
    start() {
      clearTimeout(restart)
      deaths = 0
      enter({ phase: 'starting', line: 'Starting…' })
      const failed = child
      child = null
      if (!failed) return fork()
      // It holds what the next one needs until it has ended.
      failed.once('exit', fork)
      failed.kill()
    },
    restoreFormer() {
      const message: ToHost = { type: 'restore' }
      child?.postMessage(message)
    },
    connect(port) {
      const message: ToHost = { type: 'port' }
      if (child) child.postMessage(message, [port])
      else port.close()
    },
    async close() {
      closing = true
      clearTimeout(restart)
      await replaced
      if (child) await endProcess(child)
    },
  }
}

/** Native libraries print what concerns nobody; what a person should read comes as a message. */
function keepLastWords({ stdout, stderr }: UtilityProcess): () => string {
  let printed = ''
  for (const stream of [stdout, stderr]) {
    stream?.on('data', (chunk: Buffer) => (printed = (printed + chunk.toString()).slice(-lastWords)))
  }
  return () => printed
}

function endProcess(child: UtilityProcess): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => child.kill(), closeTimeoutMs)
    child.once('exit', () => {
      clearTimeout(timer)
      resolve()
    })
    const message: ToHost = { type: 'close' }
    child.postMessage(message)
  })
}

/** Tells a host what this machine runs on, once it listens and whenever that changes. */
function followPower(host: UtilityProcess): void {
  const tell = () => {
    const message: ToHost = { type: 'power', isOnBattery: powerMonitor.isOnBatteryPower() }
    host.postMessage(message)
  }
  host.once('spawn', tell)
  powerMonitor.on('on-battery', tell).on('on-ac', tell)
  host.once('exit', () => powerMonitor.off('on-battery', tell).off('on-ac', tell))
}
