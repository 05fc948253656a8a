import type { ElectronApplication, Page } from 'playwright'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { postgresAvailable } from '../factories/database'
import { startProxy, type Proxy } from '../factories/proxy'
import { signInAsAdmin } from './harness/client'
import { dropFromDisk, lacksDesktop, launchDesktop, openDisplay } from './harness/desktop'
import { freshHome, type Home } from './harness/directories'
import { endSession, isRenewed } from './harness/ended-session'
import { keepEvidence } from './harness/failures'
import { acceptAll, importsPage, publishImport } from './harness/imports-page'
import { preparePhotos, type ScenarioPhotos } from './harness/photos'
import { startProject, type RunningProject } from './harness/project'
import { expectShown, goTo } from './harness/steps'

const soon = { timeout: 120_000 }

/**
 * Real: everything. Electron's window with its host in shared mode; the database and the services of the project, on
 * PostgreSQL, are cut off and come back.
 */
describe.skipIf(lacksDesktop() || !(await postgresAvailable()))('imports while the network is away', () => {
  let project: RunningProject
  let proxy: Proxy
  let home: Home
  let display: Awaited<ReturnType<typeof openDisplay>>
  let app: ElectronApplication
  let page: Page
  let photos: ScenarioPhotos
  let output = ''
  const { review, countOf } = importsPage(() => page)

  beforeAll(async () => {
    project = await startProject()
    await signInAsAdmin(project.host().url)
    proxy = await startProxy(project.databaseUrl)
    home = await freshHome()
    photos = await preparePhotos(home.photos)
    display = await openDisplay()
    app = await launchDesktop(home, display.name, {
      ...project.environment(),
      SEMBLANCE_DATABASE_URL: proxy.urlThrough(project.databaseUrl),
    })
    for (const stream of [app.process().stdout, app.process().stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => (output += text))
    }
    page = await app.firstWindow()
  })
  afterAll(async () => {
    await app?.close()
    await proxy?.close()
    await project?.close()
    display?.close()
    home?.remove()
  })

  const step = (name: string, work: () => Promise<void>) =>
    it(name, async () => {
      keepEvidence(page, () => output)
      await work()
    })

  step('begins with the network there', async () => {
    await page.getByLabel('E-mail').fill('ada@school.edu', soon)
    await page.getByLabel('Password', { exact: true }).fill('correct horse battery')
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByRole('heading', { name: 'Overview' }).waitFor(soon)
    await goTo(page, 'Imports')
    await page.getByText('No imports on this machine').waitFor(soon)
  })

  step('reads, analyses and reviews a dropped folder without it', async () => {
    await proxy.refuse()
    await project.kill()
    await page.getByText(/The shared database is away\. Reading, analysing and reviewing go on/).waitFor(soon)
    await dropFromDisk(page, 'main header + div', photos.folder.path)
    await page.getByText('Read where it is.').waitFor(soon)
    await page.getByLabel('Licence').fill('CC BY 4.0')
    await page.getByLabel('Source').fill('Labeled Faces in the Wild')
    await page.getByRole('button', { name: 'Begin' }).click()
    await page.getByText('To review', { exact: true }).waitFor(soon)
    // The text beside the photos is told, and left out.
    await expect.poll(() => countOf('Rejected'), soon).toBe(1)
    await acceptAll(page)
    await expect.poll(() => countOf('New celebrities'), soon).toBe(photos.folder.names.length)
    await page.getByRole('navigation', { name: 'Outcomes' }).getByRole('button', { name: 'New' }).click()
    await expectShown(review().getByRole('img', { name: /^Photo of/ }))
  })

  step('goes on when the session ends meanwhile, also in a window that is opened anew', async () => {
    await endSession(page, project.home)
    const rejected = await countOf('Rejected')
    await page.keyboard.press('r')
    await expect.poll(() => countOf('Rejected'), soon).toBe(rejected + 1)
    await page.reload()
    await page.getByText('To review', { exact: true }).waitFor(soon)
    expect(await isRenewed(page)).toBe(false)
    await review().getByRole('button', { name: 'Undo the last decision' }).click()
    await expect.poll(() => countOf('Rejected'), soon).toBe(rejected)
    await page.getByRole('navigation', { name: 'Outcomes' }).getByRole('button', { name: 'New' }).click()
    await expectShown(review().getByRole('img', { name: /^Photo of/ }))
  })

  step('waits with publishing, and says for what', async () => {
    await page.getByRole('button', { name: /^Publish \d+…$/ }).click()
    const dialog = page.getByRole('dialog', { name: /^Publish/ })
    await dialog.getByText(/Publishing is possible as soon as it is back/).waitFor(soon)
    expect(await dialog.getByRole('button', { name: /^Publish \d+ photos?$/ }).isDisabled()).toBe(true)
  })

  step('goes on by itself when the network is back, and publishes', async () => {
    await project.restart()
    await proxy.heal()
    const dialog = page.getByRole('dialog', { name: /^Publish/ })
    await dialog.getByText('gain a lookalike').waitFor(soon)
    expect(await isRenewed(page)).toBe(true)
    await dialog.getByRole('button', { name: 'Not yet' }).click()
    await publishImport(page)
    await goTo(page, 'Celebrities')
    for (const name of photos.folder.names) {
      await page.getByRole('option', { name: new RegExp(`^${name}`) }).waitFor(soon)
    }
  })
})
