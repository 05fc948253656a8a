import { mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { seeded } from '../../../tests/factories/random'
import { download, partOf, type DownloadOptions } from './download'

/** Real: HTTP, the file system. The server does on demand what servers and networks do. */
const random = seeded(7)
const content = Buffer.from(Array.from({ length: 300_000 }, () => Math.floor(random() * 256)))
let server: Server
let url: string
let scratch: string
let path: string
let requests: (string | undefined)[]
let answer: (request: IncomingMessage, response: ServerResponse) => void

/** Serves the content as a good server does: ranges while the tag is still the same. */
function serve(request: IncomingMessage, response: ServerResponse, tag = '"one"', until = content.length) {
  const range = /^bytes=(\d+)-$/.exec(request.headers.range ?? '')
  const start = range && request.headers['if-range'] === tag ? Number(range[1]) : 0
  response.writeHead(start > 0 ? 206 : 200, {
    etag: tag,
    'content-length': content.length - start,
    ...(start > 0 && { 'content-range': `bytes ${start}-${content.length - 1}/${content.length}` }),
  })
  response.write(content.subarray(start, until), () => {
    if (until < content.length) response.destroy()
    else response.end()
  })
}

beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'download-test-'))
  server = createServer((request, response) => {
    requests.push(request.headers.range)
    answer(request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/pack.zip`
})
afterAll(async () => {
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
  await rm(scratch, { recursive: true, force: true })
})
beforeEach(async () => {
  path = join(await mkdtemp(join(scratch, 'run-')), 'pack.zip')
  requests = []
  answer = serve
})

const fetchIt = (options: Partial<DownloadOptions> = {}) =>
  download({ url, path, retryDelays: [1, 1], ...options })
const part = () => readFile(partOf(path))

it('fetches with progress', async () => {
  const steps: number[] = []
  await fetchIt({ onProgress: (done, total) => steps.push(done / (total ?? NaN)) })
  expect((await part()).equals(content)).toBe(true)
  expect(steps).toEqual(steps.toSorted((a, b) => a - b))
  expect(steps.at(-1)).toBe(1)
})

it('goes on where the connection broke off', async () => {
  let count = 0
  answer = (request, response) => serve(request, response, '"one"', ++count === 1 ? 100_000 : undefined)
  await fetchIt({ bytes: content.length })
  expect((await part()).equals(content)).toBe(true)
  expect(requests).toHaveLength(2)
  expect(requests[0]).toBeUndefined()
  expect(requests[1]).toMatch(/^bytes=\d+-$/)
})

it('goes on where a process was killed', async () => {
  answer = (request, response) => serve(request, response, '"one"', 120_000)
  await expect(fetchIt({ retryDelays: [] })).rejects.toMatchObject({ code: 'UNAVAILABLE' })
  const { size } = await stat(partOf(path))
  expect(size).toBeGreaterThan(0)
  answer = serve
  requests = []
  await fetchIt()
  expect(requests).toEqual([`bytes=${size}-`])
  expect((await part()).equals(content)).toBe(true)
})

it('starts again where the server has another file now, and where nobody knows what the part is of', async () => {
  answer = (request, response) => serve(request, response, '"one"', 120_000)
  await fetchIt({ retryDelays: [] }).catch(() => undefined)
  answer = (request, response) => serve(request, response, '"two"')
  await fetchIt()
  expect((await part()).equals(content)).toBe(true)

  await rm(partOf(path))
  await writeFile(partOf(path), 'something else')
  requests = []
  await fetchIt()
  expect(requests).toEqual([undefined])
  expect((await part()).equals(content)).toBe(true)
})

it('starts again where a server ignores the range, or answers with another one', async () => {
  const wrong: typeof answer = (_, response) => {
    response.writeHead(206, { etag: '"one"', 'content-range': 'bytes 5-9/10', 'content-length': 5 })
    response.end('wrong')
  }
  answer = (request, response) => serve(request, response, '"one"', 50_000)
  await fetchIt({ retryDelays: [] }).catch(() => undefined)
  answer = wrong
  await expect(fetchIt()).rejects.toMatchObject({ code: 'UNAVAILABLE' })
  answer = (request, response) => {
    delete request.headers.range
    serve(request, response)
  }
  await fetchIt()
  expect((await part()).equals(content)).toBe(true)
})

it.each([
  ['another size than expected', { bytes: 10 }],
  ['more than may come', { maxBytes: 1000 }],
])('refuses %s without fetching it', async (_, options) => {
  await expect(fetchIt(options)).rejects.toMatchObject({ code: 'UNAVAILABLE' })
  expect(requests).toHaveLength(1)
  expect(await readdir(join(path, '..'))).not.toContain('pack.zip.part')
})

it('refuses what never ends, once it is too much', async () => {
  answer = (_, response) => {
    response.writeHead(200)
    const more = () => response.write(content, () => setTimeout(more, 1))
    more()
  }
  await expect(fetchIt({ maxBytes: 1_000_000 })).rejects.toMatchObject({ code: 'UNAVAILABLE' })
  expect((await stat(partOf(path))).size).toBeLessThanOrEqual(1_000_000)
})

it('says what a server answers, and does not ask again for what is not there', async () => {
  answer = (_, response) => response.writeHead(404).end()
  await expect(fetchIt()).rejects.toThrow(/pack\.zip could not be fetched: the server answered 404/)
  expect(requests).toHaveLength(1)
  answer = (_, response) => response.writeHead(503).end()
  await expect(fetchIt()).rejects.toThrow('503')
  expect(requests).toHaveLength(4)
})

it('gives a silent connection up, and stops when it is told to', async () => {
  answer = (_, response) => response.writeHead(200, { 'content-length': 100 }).write('x')
  await expect(fetchIt({ idleMs: 100, retryDelays: [] })).rejects.toThrow('nothing came for 0.1 s')
  const abort = new AbortController()
  setTimeout(() => abort.abort(new Error('enough')), 50)
  await expect(fetchIt({ signal: abort.signal })).rejects.toThrow('enough')
})
