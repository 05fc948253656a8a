import { get } from 'node:http'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { sql } from 'kysely'
import { createTestDatabase, type TestDatabase } from '../../../tests/factories/database'
import { printMetric, serveMetrics } from './metrics'

test('labels and help are escaped', () => {
  const text = printMetric({
    name: 'm',
    help: 'a\\b\nc',
    samples: [{ labels: { l: 'a"b\\c\nd' }, value: 0.5 }, { value: 2 }],
  })
  expect(text).toBe('# HELP m a\\\\b\\nc\n# TYPE m gauge\nm{l="a\\"b\\\\c\\nd"} 0.5\nm 2\n')
})

/** Real: database and HTTP. */
describe('the endpoint for Prometheus', () => {
  let own: TestDatabase
  let metrics: Awaited<ReturnType<typeof serveMetrics>>
  beforeAll(async () => {
    own = await createTestDatabase('pglite')
    await own.database.asService((tx) =>
      sql`insert into public.workers (id, host_name, version, state)
        values ('annas-laptop-1', 'annas-laptop', '1', 'idle')`.execute(tx),
    )
    metrics = await serveMetrics(own.database, 0)
  })
  afterAll(async () => {
    await metrics.close()
    await own.close()
  })

  const ask = (path: string, host = '127.0.0.1') =>
    new Promise<{ status: number; type: string; text: string }>((resolve, reject) => {
      get({ host: '127.0.0.1', port: metrics.port, path, headers: { host } }, (response) => {
        let text = ''
        response.setEncoding('utf8').on('data', (part: string) => (text += part))
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, type: response.headers['content-type'] ?? '', text }),
        )
      }).on('error', reject)
    })

  test('answers in the text format, without anybody’s name', async () => {
    const { status, type, text } = await ask('/metrics')
    expect({ status, type }).toEqual({ status: 200, type: 'text/plain; version=0.0.4; charset=utf-8' })
    expect(text).toContain('semblance_jobs{kind="face",status="pending"} 0\n')
    expect(text).toMatch(/semblance_worker_up\{worker="[0-9a-f]{12}",state="idle"\} 1\n/)
    expect(text).not.toContain('anna')
    for (const line of text.trimEnd().split('\n')) {
      expect(line).toMatch(/^(# (HELP|TYPE) semblance_\w+ .+|semblance_\w+(\{.+\})? [0-9.e+-]+)$/)
    }
  })

  test('answers nothing else, and no page that leads a name here', async () => {
    expect((await ask('/')).status).toBe(404)
    expect((await ask('/metrics', 'elsewhere.example')).status).toBe(404)
  })
})
