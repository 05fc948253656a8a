import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright'
import { beforeAll, describe, expect, it } from 'vitest'
import { testSkip } from '../factories/requirements'
import { expectAccessible, faultsOf } from './harness/accessible'
import { lacksChromium } from './harness/browser'
import { consoleInChromium } from './harness/console'
import { photosFolder } from './harness/directories'
import { matchesPage } from './harness/matches-page'
import { homeWithSamples } from './harness/sample-home'
import * as steps from './harness/steps'

const soon = 30_000

/** A photo of somebody, and one of several people; null where they do not lie beside the checkout. */
function realPhotos(): { person: string; group: string } | null {
  const folder = photosFolder()
  const person = folder && join(folder, 'lfw', 'Winona_Ryder')
  const group = folder && join(folder, 'groups', 'insightface_t1.jpg')
  if (!person || !group || !existsSync(person) || !existsSync(group)) return null
  return { person: join(person, readdirSync(person).sort()[0] ?? ''), group }
}

/** Real: everything. The sample people go through the models, and Chromium shows what was found. */
describe.skipIf(lacksChromium())('a match seen through', () => {
  const { open, step, complaints } = consoleInChromium()
  let page: Page
  const { grid, row, pane, chosen, count, address } = matchesPage(() => page)
  const mode = (name: string) => pane().getByRole('radio', { name }).click()

  beforeAll(async () => {
    ;({ page } = await open({ home: await homeWithSamples() }))
    await steps.signIn(page)
  })

  step('opens beside the list, and says what it is not', async () => {
    await steps.goTo(page, 'Matches')
    await row(0).click()
    await pane().getByText('Exploration, not evidence.').waitFor({ timeout: soon })
  })

  step('puts the eyes of both faces on the same places', async () => {
    await mode('Side by side')
    const eyes = await pane().evaluate((element) =>
      [...element.querySelectorAll('img[alt$="turned upright"]')].map((image) => {
        const frame = image.closest('.relative')!.getBoundingClientRect()
        const circles = [...image.parentElement!.querySelectorAll('circle')].slice(0, 68)
        const center = (from: number, to: number) => {
          const boxes = circles.slice(from, to).map((circle) => circle.getBoundingClientRect())
          const middle = (low: 'left' | 'top', high: 'right' | 'bottom') =>
            boxes.reduce((sum, box) => sum + (box[low] + box[high]) / 2, 0) / boxes.length
          return [middle('left', 'right') - frame.left, middle('top', 'bottom') - frame.top].map(Math.round)
        }
        return [center(36, 42), center(42, 48)]
      }),
    )
    expect(eyes).toHaveLength(2)
    expect(eyes[1]).toEqual(eyes[0])
    const [[left, top], [right, otherTop]] = eyes[0]
    expect(right - left).toBeGreaterThan(60)
    expect(otherTop).toBe(top)
  })

  step('lays one face on the other in every way', async () => {
    const second = pane().locator('[data-layer=second]')
    const style = (name: 'clipPath' | 'opacity' | 'mixBlendMode' | 'visibility') =>
      second.evaluate((element, property) => getComputedStyle(element)[property], name)
    await mode('Swipe')
    const before = await style('clipPath')
    await pane().getByRole('slider', { name: 'Swipe' }).focus()
    for (let press = 0; press < 5; press += 1) await page.keyboard.press('ArrowRight')
    await expect.poll(() => style('clipPath')).not.toBe(before)
    await mode('Opacity')
    expect(Number(await style('opacity'))).toBeCloseTo(0.55, 5)
    await mode('Difference')
    expect(await style('mixBlendMode')).toBe('difference')
    await mode('Blink')
    const seen = new Set<string>()
    await expect.poll(async () => seen.add(await style('visibility')).size, { timeout: 5000 }).toBe(2)
  })

  step('never blinks fast, and not at all where less motion is wanted', async () => {
    await pane().getByRole('radio', { name: '2 / s' }).click()
    const changes = await pane()
      .locator('[data-layer=second]')
      .evaluate(async (element) => {
        let seen = 0
        const observer = new MutationObserver((records) => (seen += records.length))
        observer.observe(element, { attributes: true, attributeFilter: ['style'] })
        await new Promise((resolve) => setTimeout(resolve, 3000))
        observer.disconnect()
        return seen
      })
    expect(changes).toBeGreaterThan(2)
    expect(changes / 3, 'changes a second').toBeLessThan(3)
    await page.emulateMedia({ reducedMotion: 'reduce' })
    await pane().getByText('nothing blinks by itself').waitFor()
    const shown = () =>
      pane()
        .locator('[data-layer=second]')
        .evaluate((element) => element.style.visibility)
    const still = await shown()
    await page.waitForTimeout(1500)
    expect(await shown()).toBe(still)
    await pane().getByRole('button', { name: 'Show the other' }).click()
    expect(await shown()).not.toBe(still)
    await page.emulateMedia({ reducedMotion: null })
  })

  step('draws the mesh and the way from one face to the other, by keys', async () => {
    await mode('Side by side')
    await grid().focus()
    await page.keyboard.press('t')
    await page.keyboard.press('d')
    await expect.poll(() => pane().locator('[data-part=mesh]').count()).toBe(2)
    expect(await pane().locator('[data-part=shifts]').count()).toBe(1)
    const regions = pane()
      .getByRole('table', { name: /^How far each part/ })
      .getByRole('rowheader')
    expect(await regions.allInnerTexts()).toEqual(['Brows', 'Eyes', 'Nose', 'Mouth', 'Jaw', 'All points'])
    await page.keyboard.press('t')
    await page.keyboard.press('d')
    await expect.poll(() => pane().locator('[data-part=mesh]').count()).toBe(0)
  })

  step('adds the factors up to the score', async () => {
    const table = pane().getByRole('table', { name: /^The score is/ })
    const cells = await table.locator('tbody tr td:last-child').allInnerTexts()
    const sum = cells.reduce((total, cell) => total + Number(cell.replace('+', '') || 0), 0)
    const score = Number(await table.locator('tfoot td:last-child').first().innerText())
    expect(cells).toHaveLength(6)
    expect(Math.abs(sum - score)).toBeLessThan(0.004)
    expect(score).toBeGreaterThan(0.6)
  })

  step('says where the score stands, what made it, and who else is near', async () => {
    const standing = pane().getByRole('figure', { name: 'How this score stands among others' })
    await standing.waitFor({ timeout: soon })
    await pane()
      .getByText(/is higher than \d+(\.\d)?\s% of \d+ stored matches\./)
      .last()
      .waitFor()
    expect(await standing.getByRole('row').count()).toBeGreaterThan(5)
    await pane().getByRole('heading', { name: 'Jobs of both faces' }).waitFor()
    await pane().getByText('Found', { exact: false }).first().waitFor()
    await pane().getByRole('heading', { name: 'Nearest others of each side' }).scrollIntoViewIfNeeded()
    const near = pane().locator('a[href*="/matches?"], a[href*="/people?"]')
    await expect.poll(() => near.count(), { timeout: soon }).toBeGreaterThan(6)
    const before = address().get('id')
    const other = pane().locator(`a[href*="/matches?"]:not([href*="${before?.replaceAll('"', '')}"])`)
    await other.first().click()
    await expect.poll(() => address().get('id')).not.toBe(before)
    await pane().getByText('Stored score').waitFor({ timeout: soon })
  })

  step('fills the window, and walks on from there', async () => {
    await page.keyboard.press('Escape')
    await grid().focus()
    await page.keyboard.press('Home')
    await page.keyboard.press('Enter')
    await expect.poll(() => grid().count()).toBe(0)
    const title = pane().getByRole('heading', { level: 2 })
    const first = await title.innerText()
    await page.keyboard.press('j')
    await expect.poll(() => title.innerText()).not.toBe(first)
    await page.keyboard.press('k')
    await expect.poll(() => title.innerText()).toBe(first)
    await page.keyboard.press('w')
    await grid().waitFor()
    await pane().waitFor()
  })

  step('recomputes a score', async () => {
    await page.keyboard.press('r')
    await page.getByText('Recomputed: nothing changed').waitFor({ timeout: soon })
  })

  step('removes a pair with a reason, and brings it back', async () => {
    const all = await count()
    await page.keyboard.press('Delete')
    const dialog = page.getByRole('alertdialog', { name: 'Remove this pair?' })
    await dialog.getByRole('button', { name: 'Remove 1 pair' }).click()
    await dialog.getByText('Say why, in three characters at least.').waitFor()
    await dialog.getByLabel('Why').fill('They are siblings')
    await dialog.getByRole('button', { name: 'Remove 1 pair' }).click()
    await expect.poll(count, { timeout: soon }).toBe(all - 1)
    await expect.poll(() => pane().count()).toBe(0)
    await page.getByRole('button', { name: 'Undo', exact: true }).click()
    await expect.poll(count, { timeout: soon }).toBe(all)
  })

  step('removes several at once, and undoes one of them from the list', async () => {
    const all = await count()
    for (const place of [0, 1, 2]) await row(place).locator('[data-check]').click()
    await chosen().getByText('3 pairs chosen').waitFor()
    await chosen().getByRole('button', { name: 'Remove…' }).click()
    const dialog = page.getByRole('alertdialog', { name: 'Remove 3 pairs?' })
    expect(await dialog.locator('dd').allInnerTexts()).toEqual(['3', '0', '0', '0'])
    await dialog.getByLabel('Why').fill('A wrong photo')
    await dialog.getByRole('button', { name: 'Remove 3 pairs' }).click()
    await expect.poll(count, { timeout: soon }).toBe(all - 3)
    await page.keyboard.press('u')
    const removals = page.getByRole('dialog', { name: 'Removed pairs' })
    await expect.poll(() => removals.getByText('“A wrong photo”').count(), { timeout: soon }).toBe(3)
    expect(await faultsOf(page)).toEqual([])
    await page.keyboard.press('/')
    await removals.locator('input:focus').waitFor({ timeout: soon })
    await removals
      .getByRole('button', { name: /^Undo the removal/ })
      .first()
      .click()
    await expect.poll(() => removals.getByText('“A wrong photo”').count(), { timeout: soon }).toBe(2)
    await page.keyboard.press('Escape')
    await expect.poll(count, { timeout: soon }).toBe(all - 2)
  })

  step('says what the keys do', async () => {
    await grid().focus()
    await page.keyboard.press('?')
    const keys = page.getByRole('dialog', { name: 'Keys' })
    await keys.getByText('Recompute the score').waitFor()
    expect(await faultsOf(page)).toEqual([])
    await page.keyboard.press('Escape')
    await expect.poll(() => keys.count()).toBe(0)
  })

  step('can be used by everybody, beside the list and at full width', async () => {
    await row(0).click()
    await pane().getByText('Stored score').waitFor({ timeout: soon })
    for (const way of ['Swipe', 'Blink', 'Side by side']) {
      await mode(way)
      await expectAccessible(page)
    }
  })

  const photos = realPhotos()
  step(
    'searches by a photo, and stores nothing',
    async () => {
      const { person, group } = photos!
      const people = await count()
      await grid().focus()
      await page.keyboard.press('i')
      const dialog = page.getByRole('dialog', { name: 'Search by photo' })
      await dialog.getByText('Nothing is stored.').waitFor()
      await steps.choose(page, dialog.getByRole('button', { name: 'Choose a photo…' }), person)
      const found = dialog.getByRole('heading', { name: 'Nearest people' })
      await found.waitFor({ timeout: soon })
      expect(await dialog.locator('a').count()).toBeGreaterThan(8)
      expect(await faultsOf(page)).toEqual([])
      await steps.choose(page, dialog.getByRole('button', { name: 'Choose another…' }), group)
      await dialog.getByText(/^\d faces; the largest is the first/).waitFor({ timeout: soon })
      await found.waitFor({ timeout: soon })
      const first = await dialog.locator('a').allInnerTexts()
      await dialog.getByRole('radio', { name: '2', exact: true }).click()
      await expect
        .poll(async () => ((await found.count()) === 1 ? dialog.locator('a').allInnerTexts() : first), {
          timeout: soon,
        })
        .not.toEqual(first)
      const noFace = join(photosFolder() ?? '', 'no_face.png')
      await steps.choose(page, dialog.getByRole('button', { name: 'Choose another…' }), noFace)
      await dialog
        .getByRole('alert')
        .getByText(/no face/i)
        .first()
        .waitFor({ timeout: soon })
      await page.keyboard.press('Escape')
      expect(await count()).toBe(people)
    },
    { skip: !photos && testSkip('photos', 'no photos of real people lie beside the checkout') },
  )

  it('did all that without a complaint', () => expect(complaints).toEqual([]))
})
