import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import type { Page } from 'playwright'
import { beforeAll, describe, expect } from 'vitest'
import { openEmbeddedDatabase } from '../../core/embedded/database'
import { createSupabase } from '../../core/supabase/client'
import { codeOf, wrongCodeOf } from '../contract/codes'
import { databaseWorkerEntry } from '../factories/database'
import { expectAccessible } from './harness/accessible'
import { lacksChromium } from './harness/browser'
import { connect } from './harness/client'
import { consoleInChromium } from './harness/console'
import { type Home, hostEnvironment, root } from './harness/directories'
import type { RunningHost } from './harness/host'
import * as steps from './harness/steps'

const soon = 60_000
const password = 'correct horse battery'
const step30 = 30_000

/** Real: everything. The authenticator app is the test itself, by the secret that the page shows. */
describe.skipIf(lacksChromium())('a second factor in a browser', () => {
  const { open, newPage, restart, step } = consoleInChromium()
  let home: Home
  let host: RunningHost
  let page: Page
  /** The admin's secret, once set up, and the last code that was used. */
  let secret = ''
  let lastUse = 0

  beforeAll(async () => {
    ;({ home, host, page } = await open())
  })

  /** A code is taken once, so a second one within half a minute is the next one, and a third has to wait. */
  async function nextCode(): Promise<string> {
    const now = Math.floor(Date.now() / step30)
    const use = Math.max(now, lastUse + 1)
    if (use > now + 1)
      await new Promise((resolve) => setTimeout(resolve, (use - 1) * step30 - Date.now() + 200))
    lastUse = use
    return codeOf(secret, new Date(use * step30))
  }
  const readSecret = async (on: Page) => (await on.locator('code').innerText()).replaceAll(/\s/g, '')
  const signIn = async (on: Page, email: string) => {
    await on.getByLabel('E-mail').fill(email)
    await on.getByLabel('Password', { exact: true }).fill(password)
    await on.getByRole('button', { name: 'Sign in' }).click()
  }
  const openMenu = (on: Page) => on.getByRole('button', { name: /account and theme$/ }).click()
  const signOut = async (on: Page) => {
    await openMenu(on)
    await on.getByRole('menuitem', { name: 'Sign out' }).click()
    await on.getByRole('heading', { name: 'Sign in to the console' }).waitFor({ timeout: soon })
  }

  step('lets the first person in by password alone', () => steps.createFirstAdmin(page))

  step('does not demand what the admin has not', async () => {
    await steps.goTo(page, 'Settings')
    await page.getByRole('radiogroup', { name: 'Staff need a second factor' }).getByText('Yes').click()
    await page.getByText('Staff need a second factor was not changed').waitFor({ timeout: soon })
    await page.getByText(/Set up your own second factor first/).waitFor()
    const no = page
      .getByRole('radiogroup', { name: 'Staff need a second factor' })
      .getByRole('radio', { name: 'No' })
    await expect.poll(() => no.getAttribute('aria-checked'), { timeout: soon }).toBe('true')
  })

  step('sets an authenticator app up', async () => {
    await openMenu(page)
    await page.getByRole('menuitem', { name: 'Second factor…' }).click()
    const dialog = page.getByRole('dialog', { name: 'Second factor' })
    await dialog.getByRole('button', { name: 'Set up an authenticator app' }).click()
    const picture = dialog.getByRole('img', { name: /QR code/ })
    await expect
      .poll(() => picture.evaluate((image) => (image as HTMLImageElement).naturalWidth), { timeout: soon })
      .toBeGreaterThan(0)
    secret = await readSecret(page)
    expect(secret).toMatch(/^[A-Z2-7]{32}$/)
    await expectAccessible(page)
    const code = dialog.getByLabel('Code')
    expect(await code.getAttribute('autocomplete')).toBe('one-time-code')
    await code.fill(wrongCodeOf(secret))
    await code.press('Enter')
    await dialog.getByText(/This code is not right/).waitFor({ timeout: soon })
    expect(await code.evaluate((field) => field === document.activeElement)).toBe(true)
    await code.fill(await nextCode())
    await code.press('Enter')
    await dialog.getByText('Authenticator app', { exact: true }).waitFor({ timeout: soon })
    await expectAccessible(page)
    await page.keyboard.press('Escape')
  })

  step('asks for its code at the next sign-in', async () => {
    await signOut(page)
    await signIn(page, 'ada@school.edu')
    await page.getByRole('heading', { name: 'Enter your code' }).waitFor({ timeout: soon })
    await expectAccessible(page)
    const code = page.getByLabel('Code')
    await code.fill(wrongCodeOf(secret))
    await page.getByRole('button', { name: 'Continue' }).click()
    await page.getByText(/This code is not right/).waitFor({ timeout: soon })
    const next = await nextCode()
    await code.fill(`${next.slice(0, 3)} ${next.slice(3)}`)
    await code.press('Enter')
    await page.getByRole('navigation', { name: 'Screens' }).waitFor({ timeout: soon })
  })

  step('leads other staff to set one up, once it is demanded, and lets nobody pass', async () => {
    const admin = connect(host.url, { authorization: `Bearer ${await tokenOf(page)}` })
    const { supabase_url, publishable_key } = await admin.overview.hello()
    const supabase = createSupabase({ url: supabase_url, key: publishable_key })
    const made = await supabase.auth.signUp({
      email: 'cleo@school.edu',
      password,
      options: { data: { name: 'Cleo' } },
    })
    const id = made.data.user?.id ?? ''
    await host.stop()
    await makeCurator(home, id)
    host = await restart()
    await page.reload()

    const other = await newPage()
    await other.goto(host.console)
    await signIn(other, 'cleo@school.edu')
    await other.getByRole('navigation', { name: 'Screens' }).waitFor({ timeout: soon })

    await steps.goTo(page, 'Settings')
    await page.getByRole('radiogroup', { name: 'Staff need a second factor' }).getByText('Yes').click()
    await page.getByText('Staff need a second factor: Yes').waitFor({ timeout: soon })

    // At work at that moment: led on without a reload.
    await other.getByRole('heading', { name: 'Set up a second factor' }).waitFor({ timeout: soon })
    const refused = connect(host.url, { authorization: `Bearer ${await tokenOf(other)}` }).accounts.list({})
    await expect(refused).rejects.toMatchObject({ code: 'FORBIDDEN', data: { reason: 'second_factor' } })
    await expectAccessible(other)
    const theirs = await readSecret(other)
    await other.getByLabel('Code').fill(codeOf(theirs))
    await other.getByRole('button', { name: 'Set up' }).click()
    await other.getByRole('navigation', { name: 'Screens' }).waitFor({ timeout: soon })
    await other.context().close()
  })

  step('takes a setting back', async () => {
    await steps.goTo(page, 'Settings')
    await page.getByRole('button', { name: 'Change Matches per face, at most' }).click()
    await page.getByRole('textbox', { name: 'Matches per face, at most' }).fill('1001')
    await page.keyboard.press('Enter')
    await page.getByText('Enter a whole number from 0 to 1000.').waitFor()
    await page.getByRole('textbox', { name: 'Matches per face, at most' }).fill('33')
    await page.keyboard.press('Enter')
    const done = page.getByText('Matches per face, at most: 33')
    const focused = () => page.evaluate(() => document.activeElement?.getAttribute('aria-label'))
    expect(await focused()).toBe('Change Matches per face, at most')
    await done.waitFor({ timeout: soon })
    await page
      .locator('[data-sonner-toast]')
      .filter({ has: done })
      .getByRole('button', { name: 'Undo' })
      .click()
    await page.getByText('Matches per face, at most: 20').waitFor({ timeout: soon })
    await expectAccessible(page)
  })

  step('lets the operator help an admin who has lost theirs', async () => {
    await host.stop()
    const command = ['second-factor', '--remove', 'ada@school.edu', '--json']
    const { status, stdout } = spawnSync(
      process.execPath,
      [join(root, 'scripts', 'semblance.mjs'), ...command],
      {
        env: hostEnvironment(home),
        encoding: 'utf8',
      },
    )
    expect(status).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({
      removed: 1,
      demanded: true,
      staff: [
        { email: 'ada@school.edu', role: 'admin', has_second_factor: false },
        { email: 'cleo@school.edu', role: 'curator', has_second_factor: true },
      ],
    })
    host = await restart()
    // Her session was opened with what is lost: it has ended.
    const fresh = await newPage()
    await fresh.goto(host.console)
    await signIn(fresh, 'ada@school.edu')
    await fresh.getByRole('heading', { name: 'Set up a second factor' }).waitFor({ timeout: soon })
    await fresh.context().close()
  })
})

/** As the operator does it at the database of a host that is closed. */
async function makeCurator(home: Home, id: string): Promise<void> {
  const engine = await openEmbeddedDatabase({
    entry: databaseWorkerEntry,
    directory: join(home.path, 'database'),
  })
  const { rowCount } = await engine.pool.query(`update public.profiles set role = 'curator' where id = $1`, [
    id,
  ])
  await engine.close()
  expect(rowCount).toBe(1)
}

/** The access token that the page signs its calls with. */
async function tokenOf(page: Page): Promise<string> {
  const kept = await page.evaluate(() => localStorage.getItem('semblance-session'))
  return (JSON.parse(kept ?? '{}') as { access_token: string }).access_token
}
