import type { Page } from 'playwright'
import { beforeAll, describe, expect, it } from 'vitest'
import { expectAccessible } from './harness/accessible'
import { lacksChromium } from './harness/browser'
import { consoleInChromium } from './harness/console'
import { lacksPhotos } from './harness/directories'
import { prepareImport, type ImportPhotos } from './harness/import-photos'
import { beginImport, chooseInBrowser, importsPage, publishImport } from './harness/imports-page'
import { shoot } from './harness/pictures'
import * as steps from './harness/steps'

const soon = { timeout: 60_000 }

/** Real: everything. Host, models, staging area, photos of real people, and Chromium. */
describe.skipIf(lacksChromium() || lacksPhotos())('imports in a browser', () => {
  const { open, step, complaints } = consoleInChromium({ hears: true })
  let page: Page
  let photos: ImportPhotos
  let rejected = 0
  const done = () => review().getByRole('status', { name: 'What was done' })
  const { review, outcome, files, about, group, countOf, shownFile } = importsPage(() => page)

  beforeAll(async () => {
    const opened = await open()
    ;({ page } = opened)
    const prepared = prepareImport(opened.home.photos)
    if (!prepared) throw new Error('The photos have gone.')
    photos = prepared
    await steps.createFirstAdmin(page)
  })

  step('says what imports are for while there is none', async () => {
    await steps.goTo(page, 'Imports')
    await page.getByText('No imports on this machine').waitFor(soon)
    await page.getByText('Nothing has been published by an import yet.').waitFor(soon)
    await expectAccessible(page)
    await page.getByRole('button', { name: 'New import' }).first().click()
    await page.getByRole('button', { name: 'Rules' }).click()
    await page.getByRole('slider', { name: 'Least quality' }).waitFor()
    await expectAccessible(page)
    await page.getByRole('button', { name: 'Cancel' }).click()
  })

  step('sends a folder to the host, which reads and analyses it', async () => {
    await beginImport(page, { chooseFolder: chooseInBrowser(page, photos.path) })
    await expect.poll(() => countOf('All files'), soon).toBe(photos.files)
    // The plan comes a moment after the analysis.
    await expect.poll(() => countOf('Rejected'), soon).toBeGreaterThan(0)
    await page.getByText(/can’t be published without a licence and a source/).waitFor(soon)
    await shoot(page, 'import-without-licence')
  })

  step('takes licence and source for the whole batch, and makes the plan by them', async () => {
    await page.getByRole('button', { name: 'Set it…' }).click()
    const dialog = page.getByRole('dialog', { name: 'Defaults and rules' })
    await dialog.getByLabel('Licence').fill('CC BY 4.0')
    await dialog.getByLabel('Source').fill('Labeled Faces in the Wild')
    await dialog.getByRole('button', { name: 'Save' }).click()
    await expect.poll(() => countOf('New celebrities'), soon).toBeGreaterThan(5)
    await expect.poll(() => countOf('Duplicates'), soon).toBe(1)
    await shoot(page, 'import-review')
    await expectAccessible(page)
  })

  step(
    'lets the face of a photo of several people be chosen by its number, and takes that back',
    async () => {
      await page.getByLabel('Search names and paths').fill(photos.group)
      await expect.poll(() => files().getByRole('row').count(), soon).toBe(2)
      const face = (number: number) =>
        review().getByRole('button', { name: new RegExp(`^Face ${number}\\b`) })
      await face(2).waitFor(soon)
      const proposed = (await face(1).getAttribute('aria-pressed')) === 'true' ? 1 : 2
      const other = 3 - proposed
      await page.getByRole('navigation', { name: 'Outcomes' }).getByRole('button').first().focus()
      await page.keyboard.press(String(other))
      await expect.poll(() => face(other).getAttribute('aria-pressed'), soon).toBe('true')
      expect(page.url()).toContain('#/imports')
      await page.keyboard.press('f')
      await expect.poll(() => face(proposed).getAttribute('aria-pressed'), soon).toBe('true')
      await page.keyboard.press('Control+z')
      await expect.poll(() => face(other).getAttribute('aria-pressed'), soon).toBe('true')
      await page.keyboard.press('Control+z')
      await expect.poll(() => face(proposed).getAttribute('aria-pressed'), soon).toBe('true')
      await page.getByLabel('Search names and paths').fill('')
      await expect.poll(() => files().getByRole('row').count(), soon).toBeGreaterThan(5)
    },
  )

  step('shows a duplicate beside what it is one of', async () => {
    await group('Duplicates').click()
    await review().getByText('Compared with').waitFor(soon)
    await steps.expectShown(review().getByRole('img').last())
    await shoot(page, 'import-duplicate')
    await review().getByText('Swipe', { exact: true }).click()
    await review().getByRole('slider', { name: 'Swipe' }).first().waitFor()
    await expectAccessible(page)
    await review().getByText('Side by side').click()
  })

  step('decides ten photos by hand, each as soon as it is seen', async () => {
    await group('New celebrities').click()
    await expect.poll(() => files().getByRole('row').count(), soon).toBeGreaterThan(10)
    rejected = await countOf('Rejected')
    const heading = about().getByRole('heading', { level: 2 })
    const seen: string[] = []
    // Nothing is loaded ahead but what the screen itself has loaded since it was opened.
    await page.reload()
    await steps.expectShown(review().getByRole('img', { name: /^Photo of/ }))
    const began = performance.now()
    for (let item = 0; item < 10; item += 1) {
      await steps.expectShown(review().getByRole('img', { name: `Photo of ${await heading.innerText()}` }))
      const before = shownFile()
      seen.push(await heading.innerText())
      await page.keyboard.press(item === 3 ? 'r' : 'a')
      await expect.poll(shownFile, { ...soon, interval: 20 }).not.toBe(before)
    }
    const seconds = (performance.now() - began) / 1000
    process.stderr.write(`10 photos were decided in ${seconds.toFixed(1)} s\n`)
    expect(new Set(seen).size).toBe(10)
    // Under ten on a machine that does nothing else; a busy one is given time.
    expect(seconds).toBeLessThan(60)
    await expect.poll(() => countOf('Rejected'), soon).toBe(rejected + 1)
    // What was done is said, and no message lies over the buttons.
    await done()
      .getByText(/^Accepted, /)
      .waitFor()
    expect(await page.locator('[data-sonner-toast]').count()).toBe(0)
  })

  step('takes the last decisions back, one after the other, and makes them again', async () => {
    for (let back = 0; back < 7; back += 1) await page.keyboard.press('Control+z')
    await expect.poll(() => countOf('Rejected'), soon).toBe(rejected)
    await done().getByText('Undone: rejecting 1 file').waitFor(soon)
    await page.keyboard.press('Control+Shift+Z')
    await expect.poll(() => countOf('Rejected'), soon).toBe(rejected + 1)
    await done().getByText('Done again: rejecting 1 file').waitFor(soon)
    await page.keyboard.press('Control+z')
    await expect.poll(() => countOf('Rejected'), soon).toBe(rejected)
    await page.keyboard.press('Control+y')
    await expect.poll(() => countOf('Rejected'), soon).toBe(rejected + 1)
    await review().getByRole('button', { name: 'Undo the last decision' }).click()
    await expect.poll(() => countOf('Rejected'), soon).toBe(rejected)
  })

  step('hears its keys with the focus on a box or a button', async () => {
    const item = review().getByRole('status', { name: 'Item' })
    const box = files().getByRole('checkbox', { name: 'Choose all that are shown' })
    for (const focused of [box, page.getByRole('button', { name: 'Describe' })]) {
      await group('All files').click()
      await files().getByRole('row').nth(2).click()
      await item.filter({ hasText: /^2 of/ }).waitFor(soon)
      await focused.focus()
      await page.keyboard.press('n')
      await item.filter({ hasText: /^3 of/ }).waitFor(soon)
      await page.keyboard.press('p')
      await item.filter({ hasText: /^2 of/ }).waitFor(soon)
    }
  })

  step('decides about all that have one reason at once', async () => {
    await group('Further photos').click()
    await expect.poll(() => files().getByRole('row').count(), soon).toBeGreaterThan(2)
    const before = await countOf('Further photos')
    await files().getByRole('checkbox', { name: 'Choose all that are shown' }).click()
    const chosen = page.getByRole('region', { name: 'Chosen photos' })
    await chosen.getByText(`${before} chosen`).waitFor()
    await chosen.getByRole('button', { name: 'Reject' }).click()
    await expect.poll(() => countOf('Rejected'), soon).toBe(rejected + before)
    await page.keyboard.press('Control+z')
    await expect.poll(() => countOf('Rejected'), soon).toBe(rejected)
  })

  step('flips through the photos of a person, and keeps its place over a reload', async () => {
    await group('Further photos').click()
    await about().getByRole('list', { name: 'Photos of this person' }).waitFor(soon)
    const current = about()
      .getByRole('button', { name: /^Photo \d+ of/ })
      .and(page.locator('[aria-current]'))
    const first = await current.getAttribute('aria-label')
    const item = shownFile()
    await page.keyboard.press('ArrowRight')
    await expect.poll(() => current.getAttribute('aria-label'), soon).not.toBe(first)
    expect(shownFile()).toBe(item)
    await page.keyboard.press('Alt+ArrowRight')
    await expect.poll(shownFile, soon).not.toBe(item)
    const second = shownFile()
    const name = await about().getByRole('heading', { level: 2 }).innerText()
    await page.reload()
    await about().getByRole('heading', { level: 2, name }).waitFor(soon)
    expect(shownFile()).toBe(second)
    await outcome().waitFor()
  })

  step('says what its keys do, and fits a narrow window', async () => {
    await page.keyboard.press('?')
    await page.getByRole('dialog', { name: 'Keys' }).getByText('Undo the last decision').waitFor()
    await expectAccessible(page)
    await page.keyboard.press('Escape')
    await page.keyboard.press('e')
    await page.getByRole('dialog', { name: 'Describe the photo' }).getByLabel('Licence').waitFor()
    await expectAccessible(page)
    await page.keyboard.press('Escape')
    await page.setViewportSize({ width: 700, height: 800 })
    await shoot(page, 'import-narrow')
    await page.getByRole('button', { name: 'List of files' }).click()
    await files().waitFor()
    await page.getByRole('button', { name: 'Back to the photo' }).click()
    await page.getByRole('button', { name: 'Accept' }).waitFor()
    await page.setViewportSize({ width: 1280, height: 800 })
  })

  step('publishes exactly the plan', async () => {
    const people = await countOf('New celebrities')
    await page.getByRole('button', { name: /^Publish \d+…$/ }).click()
    await page.getByRole('dialog').getByText('new celebrities').waitFor()
    await shoot(page, 'import-publish')
    await expectAccessible(page)
    await page.getByRole('button', { name: 'Not yet' }).click()
    await publishImport(page)
    await expectAccessible(page)
    await page.getByRole('link', { name: 'Show in the catalogue' }).click()
    await page.getByRole('heading', { name: 'Celebrities', level: 1 }).waitFor()
    await page.getByText('From the import Actors', { exact: true }).waitFor(soon)
    await expect
      .poll(async () => (await page.locator('header h1 + span').innerText()).replace(/\D/g, ''), soon)
      .toBe(String(people))
  })

  step('takes the whole import back', async () => {
    await steps.goTo(page, 'Imports')
    await page.getByRole('button', { name: 'Undo the import Actors' }).click()
    const dialog = page.getByRole('alertdialog')
    await dialog.getByText(/^This takes back \d+ celebrities with their lookalikes/).waitFor()
    await dialog.getByRole('button', { name: 'Undo the import' }).click()
    await dialog.getByText(/Nothing is left of it\.$/).waitFor(soon)
    await shoot(page, 'import-undone')
    await expectAccessible(page)
    await dialog.getByRole('button', { name: 'Done' }).click()
    await page.getByRole('list', { name: 'Published imports' }).getByText('Undone').waitFor(soon)
    await steps.goTo(page, 'Celebrities')
    await page.getByText('No celebrities yet').waitFor(soon)
  })

  it('did all that without a complaint', () => expect(complaints).toEqual([]))

  step('reads a folder of this machine by its path, and lets it be discarded', async () => {
    await steps.goTo(page, 'Imports')
    await page.getByRole('button', { name: 'New import' }).first().click()
    await page.getByLabel('Or a folder, ZIP or CSV on this machine').fill(photos.path)
    await page.getByRole('button', { name: 'Use it' }).click()
    await page.getByText('Read where it is.').waitFor()
    await page.getByRole('button', { name: 'Begin' }).click()
    await page.getByRole('button', { name: 'Discard…' }).click(soon)
    await page.getByRole('button', { name: 'Discard the import' }).click()
    await page.getByText('On this machine').waitFor(soon)
    await expect
      .poll(
        () =>
          page
            .getByRole('list', { name: 'Imports on this machine' })
            .getByRole('listitem')
            .filter({ has: page.getByRole('link') })
            .count(),
        soon,
      )
      .toBe(1)
  })
})
