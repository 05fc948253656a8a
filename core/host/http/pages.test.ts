import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readPage } from './pages'

describe('readPage', () => {
  let folder: string
  let pages: string
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'semblance-pages-'))
    pages = join(folder, 'renderer')
    for (const name of ['console', 'site', 'assets']) mkdirSync(join(pages, name), { recursive: true })
    writeFileSync(join(pages, 'console', 'index.html'), 'the console')
    writeFileSync(join(pages, 'site', 'index.html'), 'the site')
    writeFileSync(join(pages, 'assets', 'main-abc.js'), 'code')
    writeFileSync(join(folder, 'secret.txt'), 'secret')
    mkdirSync(join(folder, 'renderer-other'))
    writeFileSync(join(folder, 'renderer-other', 'secret.txt'), 'secret')
  })
  afterAll(() => rmSync(folder, { recursive: true }))

  const text = async (pathname: string) => {
    const page = await readPage(pages, pathname)
    return page && new TextDecoder().decode(page.body)
  }

  it.each(['/console/', '/console/index.html', '/console/jobs', '/console/celebrities/1/'])(
    '%s is the console',
    async (path) => expect(await text(path)).toBe('the console'),
  )

  it('says of what type a file is and how long it stays as it is', async () => {
    expect(await readPage(pages, '/assets/main-abc.js')).toMatchObject({
      type: 'text/javascript; charset=utf-8',
      caching: 'public, max-age=31536000, immutable',
    })
    expect(await readPage(pages, '/site/')).toMatchObject({
      type: 'text/html; charset=utf-8',
      caching: 'no-cache',
    })
  })

  it.each([
    '/',
    '/nothing',
    '/assets',
    '/assets/gone.js',
    '/console/gone.js',
    '/../secret.txt',
    '/%2e%2e/secret.txt',
    '/assets/..%2f..%2fsecret.txt',
    '/..%2frenderer-other/secret.txt',
    '/console/..%2f..%2f..%2fsecret.txt',
    '/assets/main-abc.js%00.html',
    '/%zz',
  ])('%s is nothing', async (path) => expect(await text(path)).toBeNull())
})
