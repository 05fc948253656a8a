import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { ElectronApplication, Page } from 'playwright'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createEmptyDatabase, postgresAvailable } from '../factories/database'
import { lacksDesktop, launchDesktop, openDisplay } from './harness/desktop'
import { freshHome, type Home } from './harness/directories'
import { keepEvidence } from './harness/failures'
import * as steps from './harness/steps'

/**
 * Real: Electron, its window, its safeStorage, the host in its utility process, PostgreSQL. Not real in one step: that
 * the key which safeStorage encrypts with comes from a keyring, which test machines lack.
 */
describe.skipIf(lacksDesktop() || !(await postgresAvailable()))('connections in the window', () => {
  let home: Home
  let display: Awaited<ReturnType<typeof openDisplay>>
  let app: ElectronApplication
  let page: Page
  let database: Awaited<ReturnType<typeof createEmptyDatabase>>
  let output = ''

  const file = () => join(home.path, 'connection.json')

  beforeAll(async () => {
    home = await freshHome()
    database = await createEmptyDatabase()
    display = await openDisplay()
    app = await launchDesktop(home, display.name)
    for (const stream of [app.process().stdout, app.process().stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => (output += text))
    }
    page = await app.firstWindow()
    await steps.createFirstAdmin(page)
    await steps.goTo(page, 'Connections')
  })
  afterAll(async () => {
    await app?.close()
    display?.close()
    home?.remove()
    await database?.drop()
  })

  const step = (name: string, work: () => Promise<void>) =>
    it(name, async () => {
      keepEvidence(page, () => output)
      await work()
    })

  async function connectTo(url: string) {
    await page.getByText('PostgreSQL server', { exact: true }).click()
    await page.getByLabel('Database URL', { exact: true }).fill(url)
    await page.getByRole('button', { name: 'Test and connect' }).click()
  }

  step('saves no password where it can only be scrambled with a key that everybody knows', async () => {
    await page.getByText('Passwords can’t be encrypted on this machine').waitFor({ timeout: 60_000 })
    expect(await page.getByRole('button', { name: 'Test and connect' }).isDisabled()).toBe(true)
  })

  step('keeps it encrypted where there is a keyring, and starts with it', async () => {
    await app.evaluate(({ safeStorage }) => {
      safeStorage.setUsePlainTextEncryption(true)
      safeStorage.getSelectedStorageBackend = () => 'gnome_libsecret'
    })
    await page.getByText('Encrypted by the keyring of GNOME').waitFor({ timeout: 30_000 })
    await connectTo(database.url)
    await page.getByRole('heading', { name: 'Create the first administrator' }).waitFor({ timeout: 120_000 })
    const text = readFileSync(file(), 'utf8')
    expect(statSync(file()).mode & 0o777).toBe(0o600)
    expect(JSON.parse(text)).toMatchObject({ secrets: { protection: 'keychain' } })
    expect(text).not.toContain(database.url)
    // The page comes back where it was; who signs in first looks at the overview.
    await page.evaluate(() => (location.hash = '#/overview'))
    await steps.createFirstAdmin(page)
    await steps.goTo(page, 'Connections')
    await page.getByText('Saved on this page').waitFor()
    await page.getByRole('list', { name: 'State of the connections' }).getByText('answers').waitFor()
  })

  step(
    'says why it could not start with a connection that is gone, and goes back to the one before',
    async () => {
      await database.drop()
      await app.close()
      app = await launchDesktop(home, display.name)
      page = await app.firstWindow()
      const alert = page.getByRole('alert')
      await alert.getByText('Semblance could not start').waitFor({ timeout: 60_000 })
      await alert.getByRole('link', { name: 'Change the connection…' }).click()
      await page.getByRole('heading', { name: 'Connections', level: 1 }).waitFor({ timeout: 30_000 })
      await page.getByRole('button', { name: 'Back to the former connection: this machine alone' }).click()
      await page
        .getByRole('alertdialog')
        .getByRole('button', { name: 'Go back' })
        .click({ noWaitAfter: true })
      await page
        .getByRole('heading', { name: 'Sign in to the console' })
        .or(page.getByRole('heading', { name: /Overview|Connections/ }))
        .waitFor({ timeout: 120_000 })
      database = await createEmptyDatabase()
    },
  )
})
