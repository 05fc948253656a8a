import { cpSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright'
import { beforeAll, describe, expect, it } from 'vitest'
import { createSupabase } from '../../core/supabase/client'
import { postgresAvailable } from '../factories/database'
import { lacksChromium } from './harness/browser'
import { connect } from './harness/client'
import { consoleInChromium } from './harness/console'
import { lacksPhotos, photosFolder } from './harness/directories'
import { beginImport, importsPage } from './harness/imports-page'
import { shoot } from './harness/pictures'
import { createFirstAdmin } from './harness/steps'

const soon = { timeout: 120_000 }
const account = { email: 'bea@school.edu', password: 'correct horse battery' }
const isReady = !lacksChromium() && !lacksPhotos() && (await postgresAvailable())

/** Real: everything. Two curators in two browsers, before the same photo of one import. */
describe.skipIf(!isReady)('two people who review one import', () => {
  const { open, newPage, database, step, complaints } = consoleInChromium()
  let page: Page
  let second: Page
  let folder: string
  const ada = importsPage(() => page)
  const bea = importsPage(() => second)

  beforeAll(async () => {
    const { client, environment } = await database()
    const { host, home, ...opened } = await open({ environment })
    page = opened.page
    await createFirstAdmin(page)
    const hello = await connect(host.url).overview.hello()
    const supabase = createSupabase({ url: hello.supabase_url, key: hello.publishable_key })
    const made = await supabase.auth.signUp({ ...account, options: { data: { name: 'Bea Curator' } } })
    await client.query(`update public.profiles set role = 'curator' where id = $1`, [made.data.user?.id])
    folder = join(home.photos, 'Shared')
    for (const person of ['Abel_Pacheco', 'Al_Gore', 'Alec_Baldwin']) {
      const own = join(photosFolder() ?? '', 'lfw', person)
      const [photo = ''] = readdirSync(own).sort()
      cpSync(join(own, photo), join(folder, person, photo))
    }
  })

  step('see the same photo', async () => {
    await beginImport(page, {
      licence: 'CC BY 4.0',
      chooseFolder: async () => {
        await page.getByLabel('Or a folder, ZIP or CSV on this machine').fill(folder)
        await page.getByRole('button', { name: 'Use it' }).click()
      },
    })
    await expect.poll(() => ada.countOf('New celebrities'), soon).toBe(3)
    await ada.group('New celebrities').click()
    await ada.about().getByRole('heading', { level: 2, name: 'Abel Pacheco' }).waitFor(soon)
    second = await newPage()
    await second.goto(page.url())
    await second.getByLabel('E-mail').fill(account.email)
    await second.getByLabel('Password', { exact: true }).fill(account.password)
    await second.getByRole('button', { name: 'Sign in' }).click()
    await bea.about().getByRole('heading', { level: 2, name: 'Abel Pacheco' }).waitFor(soon)
  })

  step('tells the second one what the first one decided, and decides nothing', async () => {
    // She decides before anything of it has reached her window.
    await second.route('**/rpc/imports/file*', () => undefined)
    await page.keyboard.press('r')
    await expect.poll(() => ada.countOf('Rejected'), soon).toBe(1)
    await second.keyboard.press('r')
    await bea
      .review()
      .getByRole('status', { name: 'What was done' })
      .getByText(/Somebody else has rejected this meanwhile\. Look at it again\. Nothing was decided\./)
      .waitFor(soon)
    await shoot(second, 'import-together')
    await second.unroute('**/rpc/imports/file*')
  })

  step('shows the second one what stands, and what is decided elsewhere, without a reload', async () => {
    await expect.poll(() => bea.countOf('Rejected'), soon).toBe(1)
    await page.keyboard.press('Control+z')
    await expect.poll(() => bea.countOf('Rejected'), soon).toBe(0)
    await page.keyboard.press('Control+y')
    await expect.poll(() => bea.countOf('Rejected'), soon).toBe(1)
  })

  step('lets everybody take back what is their own alone', async () => {
    await second.keyboard.press('Control+z')
    await bea.review().getByText('There is nothing of yours left to undo.').waitFor(soon)
    expect(await bea.countOf('Rejected')).toBe(1)
    await page.keyboard.press('Control+z')
    await expect.poll(() => bea.countOf('Rejected'), soon).toBe(0)
  })

  it('did all that without a complaint', () => expect(complaints).toEqual([]))
})
