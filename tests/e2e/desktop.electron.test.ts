import { once } from 'node:events'
import { createServer } from 'node:net'
import type { ElectronApplication, Page } from 'playwright'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { chooseNatively, lacksDesktop, launchDesktop, openDisplay } from './harness/desktop'
import { freshHome, type Home } from './harness/directories'
import { keepEvidence } from './harness/failures'
import { preparePhotos, type ScenarioPhotos } from './harness/photos'
import * as steps from './harness/steps'

/** Real: everything. Electron, its window, the host in its utility process, the database, the models. */
describe.skipIf(lacksDesktop())('the console in its own window', () => {
  let home: Home
  let display: Awaited<ReturnType<typeof openDisplay>>
  let app: ElectronApplication
  let page: Page
  let photos: ScenarioPhotos
  let output = ''

  async function launch() {
    app = await launchDesktop(home, display.name)
    for (const stream of [app.process().stdout, app.process().stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => (output += text))
    }
    page = await app.firstWindow()
  }

  beforeAll(async () => {
    home = await freshHome()
    photos = await preparePhotos(home.photos)
    display = await openDisplay()
    await launch()
  })
  afterAll(async () => {
    await app?.close()
    display?.close()
    home?.remove()
  })

  const step = (name: string, work: () => Promise<void>) =>
    it(name, async () => {
      keepEvidence(page, () => output)
      await work()
    })

  step('lets the first person in as the admin', () => steps.createFirstAdmin(page))
  step('fills with sample people, live', () => steps.loadSamples(page))
  step('adds a celebrity from a photo', () => steps.addCelebrity(page, photos))
  step('imports a folder of photos from where it lies', () =>
    steps.importFolder(page, photos, () => chooseNatively(app, page, photos.folder.path)),
  )
  step('finds who an uploaded face resembles', () => steps.uploadFace(page, photos))
  step('shows a match side by side', () => steps.inspectMatch(page))

  step('gives the page nothing of Node, no other window, no other file', async () => {
    expect(page.url()).toMatch(/^app:\/\/semblance\/console\//)
    expect(
      await page.evaluate(() => ['require', 'process', 'module'].filter((name) => name in window)),
    ).toEqual([])
    expect(await page.evaluate(() => window.open('file:///etc/hosts') === null)).toBe(true)
    expect(await page.evaluate(() => fetch('http://127.0.0.1:9/').catch(String))).toContain('Failed to fetch')
    expect(await page.evaluate(() => fetch('/assets/..%2f..%2fpackage.json').then((r) => r.status))).toBe(404)
    const ran = await page.evaluate(() => {
      const script = document.createElement('script')
      script.textContent = 'window.ran = true'
      document.body.append(script)
      return 'ran' in window
    })
    expect(ran).toBe(false)
  })

  step('goes on by itself after the host was killed', async () => {
    const before = await hostPid(app)
    process.kill(before, 'SIGKILL')
    await expect.poll(() => hostPid(app).catch(() => before), { timeout: 60_000 }).not.toBe(before)
    await steps.goTo(page, 'Jobs')
    await page.getByRole('main').getByRole('link', { name: 'Jobs', exact: true }).click()
    await page.getByRole('grid', { name: 'Jobs' }).getByRole('row').nth(1).waitFor({ timeout: 60_000 })
  })

  step('says in the window why it could not start, and starts when asked again', async () => {
    await app.close()
    const other = createServer().listen(home.port, '127.0.0.1')
    await once(other, 'listening')
    await launch()
    const alert = page.getByRole('alert')
    await alert.getByText('Semblance could not start').waitFor({ timeout: 60_000 })
    expect(await alert.innerText()).toContain(`Port ${home.port}`)
    other.close()
    await once(other, 'close')
    await alert.getByRole('link', { name: 'Try again' }).click({ noWaitAfter: true })
    await page.getByRole('navigation', { name: 'Screens' }).waitFor({ timeout: 60_000 })
  })

  // The last one: Playwright goes on waiting for a navigation that was refused.
  step('stays where it is', async () => {
    await page.evaluate(() => void (location.href = 'https://example.org/'))
    await new Promise((resolve) => setTimeout(resolve, 1000))
    const url = await app.evaluate(({ BrowserWindow }) =>
      BrowserWindow.getAllWindows()[0]?.webContents.getURL(),
    )
    expect(url).toMatch(/^app:\/\/semblance\/console\//)
  })
})

function hostPid(app: ElectronApplication): Promise<number> {
  return app.evaluate(({ app: electron }) => {
    const host = electron.getAppMetrics().find((metric) => metric.name === 'Semblance host')
    if (!host) throw new Error('There is no host.')
    return host.pid
  })
}
