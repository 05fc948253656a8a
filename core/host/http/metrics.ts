import { createHash } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Database } from '../../database/connect'
import { queueNow } from '../../jobs/monitor/now'
import { listWorkers } from '../../jobs/monitor/workers'
import type { QueueNow, JobWorker, Times } from '../../jobs/contract-monitor'

/** One metric of the text format of Prometheus, version 0.0.4. */
interface Metric {
  name: string
  help: string
  samples: { labels?: Record<string, string>; value: number }[]
}

/**
 * Figures of the queue for a Prometheus on this machine. Labels hold no names: a worker is known by a hash of its id,
 * since ids hold the names of people's machines.
 */
export function describeMetrics(now: QueueNow, workers: readonly JobWorker[]): string {
  const gauges: Metric[] = [
    {
      name: 'semblance_jobs',
      help: 'Jobs by kind and status.',
      samples: now.by_kind.flatMap(({ kind, ...counts }) =>
        Object.entries(counts).map(([status, value]) => ({ labels: { kind, status }, value })),
      ),
    },
    single('semblance_jobs_completed', 'Completed jobs; beyond 100,000 an estimate.', now.completed),
    single('semblance_jobs_due', 'Pending jobs that may be tried now.', now.due),
    single(
      'semblance_jobs_undismissed',
      'Failed jobs that nobody has dismissed or cancelled.',
      now.undismissed,
    ),
    single(
      'semblance_backlog_age_seconds',
      'Age of the oldest job that is due.',
      now.backlog.age_seconds ?? 0,
    ),
    {
      name: 'semblance_jobs_per_minute',
      help: 'Jobs a minute over the last 15 minutes.',
      samples: (['created', 'completed', 'failed'] as const).map((event) => ({
        labels: { event },
        value: now.per_minute[event],
      })),
    },
    quantiles('semblance_job_wait_seconds', 'From created, or due again, to started.', now.wait),
    quantiles('semblance_job_run_seconds', 'From started to ended.', now.run),
    {
      name: 'semblance_worker_up',
      help: '1 where the worker is healthy.',
      samples: workers.map(({ id, state, health }) => ({
        labels: { worker: hashed(id), state },
        value: health === 'healthy' ? 1 : 0,
      })),
    },
    {
      name: 'semblance_worker_jobs',
      help: 'Jobs that the worker holds.',
      samples: workers.map(({ id, holds }) => ({ labels: { worker: hashed(id) }, value: holds })),
    },
  ]
  return gauges.map(printMetric).join('')
}

const hashed = (id: string) => createHash('sha256').update(id).digest('hex').slice(0, 12)

const single = (name: string, help: string, value: number): Metric => ({ name, help, samples: [{ value }] })

function quantiles(name: string, help: string, times: Times): Metric {
  const values = times ? { '0.5': times.p50, '0.95': times.p95, '0.99': times.p99 } : {}
  return {
    name,
    help,
    samples: Object.entries(values).map(([quantile, ms]) => ({ labels: { quantile }, value: ms / 1000 })),
  }
}

/** A metric in the text format: HELP and TYPE once, then a line for each sample. */
export function printMetric({ name, help, samples }: Metric): string {
  const lines = samples.map(({ labels = {}, value }) => {
    const pairs = Object.entries(labels).map(([label, text]) => `${label}="${escapeLabel(text)}"`)
    return `${name}${pairs.length > 0 ? `{${pairs.join(',')}}` : ''} ${value}\n`
  })
  const escaped = help.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')
  return `# HELP ${name} ${escaped}\n# TYPE ${name} gauge\n${lines.join('')}`
}

function escapeLabel(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('"', '\\"')
}

/** Answers on 127.0.0.1 alone. @throws where the port is taken */
export async function serveMetrics(database: Database, port: number) {
  const server = createServer((request, response) => {
    const isAsked = request.method === 'GET' && request.url === '/metrics' && isLoopback(request.headers.host)
    if (!isAsked) {
      response.writeHead(404, { 'content-type': 'text/plain' }).end('GET /metrics\n')
      return
    }
    readMetrics(database).then(
      (text) =>
        response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' }).end(text),
      () =>
        response.writeHead(503, { 'content-type': 'text/plain' }).end('The database cannot be reached.\n'),
    )
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', resolve)
  })
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

/** A page elsewhere that had its name lead here is not answered. */
function isLoopback(host: string | undefined): boolean {
  return /^(127\.0\.0\.1|localhost)(:\d+)?$/.test(host ?? '')
}

async function readMetrics(database: Database): Promise<string> {
  return database.asService(async (tx) => describeMetrics(await queueNow(tx), await listWorkers(tx)))
}
