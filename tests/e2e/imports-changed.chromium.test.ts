import { cpSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright'
import { beforeAll, describe, expect, it } from 'vitest'
import type { Client } from '../../core/api/contract'
import { expectAccessible } from './harness/accessible'
import { lacksChromium } from './harness/browser'
import { signInAsAdmin } from './harness/client'
import { consoleInChromium } from './harness/console'
import { lacksPhotos, photosFolder } from './harness/directories'
import { acceptAll, beginImport, importsPage, publishImport } from './harness/imports-page'
import { shoot } from './harness/pictures'
import { createFirstAdmin } from './harness/steps'

const soon = { timeout: 120_000 }
const people = ['Abel_Pacheco', 'Adam_Sandler', 'Abdoulaye_Wade']

/** Real: everything. An import into a gallery that has people in it, and that changes while somebody reviews. */
describe.skipIf(lacksChromium() || lacksPhotos())('imports into a gallery that changes', () => {
  const { open, step, complaints } = consoleInChromium()
  let page: Page
  let folder: string
  let client: Client
  const { review, outcome, files, about, group, countOf } = importsPage(() => page)

  /** Photos of each of them, some of those that there are. */
  function lay(name: string, from: number, to: number): string {
    const path = join(folder, name)
    for (const person of people) {
      const source = join(photosFolder() ?? '', 'lfw', person)
      for (const photo of readdirSync(source).sort().slice(from, to)) {
        cpSync(join(source, photo), join(path, person, photo))
      }
    }
    return path
  }
  const byPath = (path: string) => async () => {
    await page.getByLabel('Or a folder, ZIP or CSV on this machine').fill(path)
    await page.getByRole('button', { name: 'Use it' }).click()
  }

  beforeAll(async () => {
    const { home, host, ...opened } = await open()
    page = opened.page
    folder = home.photos
    await createFirstAdmin(page)
    client = await signInAsAdmin(host.url)
  })

  step('fills the gallery', async () => {
    await beginImport(page, { chooseFolder: byPath(lay('First', 0, 2)), licence: 'CC BY 4.0' })
    await acceptAll(page)
    await publishImport(page)
  })

  step('shows where a face stands in the gallery, part by part', async () => {
    await beginImport(page, { chooseFolder: byPath(lay('Second', 1, 4)), licence: 'CC BY 4.0' })
    // All is known already, or goes beside what is there.
    await group('Further photos').click(soon)
    await expect.poll(() => countOf('Further photos'), soon).toBeGreaterThan(0)
    await about().getByText('bars: place in the gallery').waitFor(soon)
    await about()
      .getByText(/^This face is better than \d+ % of the gallery/)
      .waitFor()
    await shoot(page, 'import-percentiles')
    await expectAccessible(page)
  })

  step(
    'compares a copy with the very photo that the gallery has, also where that is a further one',
    async () => {
      await group('Duplicates').click()
      await expect.poll(() => files().getByRole('row').count(), soon).toBe(people.length + 1)
      await outcome().getByText('Same file in the gallery').waitFor(soon)
      const compared = review().getByRole('figure').getByRole('img')
      const { id } = (await client.celebrities.list({ search: 'Abdoulaye Wade' })).items[0] ?? {}
      const photos = await client.curation.photos({ id: id ?? '' })
      const name = await about().getByRole('heading', { level: 2 }).innerText()
      expect(name).toBe('Abdoulaye Wade')
      const md5 = await about().locator('code').innerText()
      const same = photos.find(({ image_hash: hash }) => hash === md5)
      expect(same).toBeDefined()
      await expect
        .poll(async () => new URL((await compared.getAttribute('src')) ?? '').pathname, soon)
        .toBe(new URL(same?.image_url ?? '').pathname)
      // A button that can't be pressed says nothing of itself: the reason stands beside it, and is heard.
      const decide = review().getByRole('group', { name: 'Decide' })
      expect(await decide.getByRole('button', { name: 'Accept' }).isDisabled()).toBe(true)
      await decide
        .getByRole('status')
        .getByText(/byte by byte/)
        .waitFor()
      await page.keyboard.press('a')
      await review()
        .getByRole('status', { name: 'What was done' })
        .getByText(/byte by byte/)
        .waitFor()
      await shoot(page, 'import-same-file')
    },
  )

  step('publishes what has not changed underneath, and asks anew for the rest alone', async () => {
    const goes = await countOf('Further photos')
    const gone = (await client.celebrities.list({ search: 'Adam Sandler' })).items[0]
    await page.getByRole('button', { name: `Publish ${goes}…` }).click()
    const dialog = page.getByRole('dialog', { name: /^Publish/ })
    await dialog.getByText('gain a lookalike').waitFor(soon)
    // At the last moment: what changes earlier is in a new plan before anybody publishes.
    await client.curation.trash({ selection: { ids: [gone?.id ?? ''] } })
    await dialog.getByRole('button', { name: /^Publish \d+ photos?$/ }).click()
    await page.getByText(/not: the gallery changed underneath since the plan/).waitFor(soon)
    const changed = await countOf('Need a person')
    expect(changed).toBeGreaterThan(0)
    await group('Need a person').click()
    await expect.poll(() => files().getByRole('row').count(), soon).toBe(changed + 1)
    await outcome().getByText('Changed since the plan').waitFor(soon)
    await page.getByText('To review', { exact: true }).waitFor()
    // What is published is not offered again, nor can it be discarded: it is undone.
    const published = goes - changed
    const left = (await countOf('New celebrities')) + (await countOf('Further photos')) - published
    await page.getByRole('button', { name: left > 0 ? `Publish ${left}…` : 'End the review' }).waitFor(soon)
    await page.getByRole('button', { name: 'Undo import…' }).waitFor()
    expect(await page.getByRole('button', { name: 'Discard…' }).count()).toBe(0)
    await shoot(page, 'import-changed')
    await expectAccessible(page)
  })

  step('publishes the rest once somebody has looked at it', async () => {
    await acceptAll(page)
    await page.getByRole('button', { name: /^Publish [1-9]\d*…$/ }).waitFor(soon)
    await publishImport(page)
    const back = await client.celebrities.list({ search: 'Adam Sandler' })
    expect(back.items).toHaveLength(1)
  })

  it('did all that without a complaint', () => expect(complaints).toEqual([]))
})
