import { join } from 'node:path'
import type { Page } from 'playwright'
import { beforeAll, describe, expect } from 'vitest'
import { faultsInBothThemes } from './harness/accessible'
import { lacksChromium } from './harness/browser'
import { consoleInChromium } from './harness/console'
import type { Home } from './harness/directories'
import type { RunningHost } from './harness/host'
import { shoot } from './harness/pictures'
import { drawFace } from './harness/photos'
import { homeWithSamples } from './harness/sample-home'
import * as steps from './harness/steps'

const soon = 60_000
const school = 'Northfield College'

/** Real: everything. Two people join a school of sample people, each with the drawn face of one of them. */
describe.skipIf(lacksChromium())('the matches of a person on the site', () => {
  const { open, newPage, step, complaints } = consoleInChromium()
  let home: Home
  let host: RunningHost
  let alma: Page
  let bruno: Page

  beforeAll(async () => {
    const viewport = { width: 390, height: 844 }
    ;({ home, host, page: alma } = await open({ home: await homeWithSamples(), viewport }))
    bruno = await newPage({ viewport })
  })

  /** Joins the school with the face of a sample person, in a file of one's own. */
  async function joinAs(page: Page, name: string, gender: 'Female' | 'Male', sample: number): Promise<void> {
    await page.goto(`${host.url}/site/`)
    await page.getByRole('button', { name: 'I am new here' }).click()
    for (const [label, value] of [
      ['Name', name],
      ['School', school],
      ['E-mail', `${name.toLowerCase()}@school.edu`],
      ['Password', 'correct horse battery'],
    ] as const)
      await page.getByLabel(label, { exact: true }).fill(value)
    await page.getByRole('button', { name: /Gender/ }).click()
    await page.getByRole('option', { name: gender, exact: true }).click()
    await page.getByRole('button', { name: 'Create my account' }).click()
    await page.getByText('Whoever does sees my name, my school and this photo.').click()
    const file = join(home.path, `${name}.png`)
    await drawFace(sample, 'person', file)
    await steps.choose(page, page.getByRole('button', { name: 'Choose a photo' }), file)
    await page.getByText('Your photo is being looked at.').waitFor({ state: 'detached', timeout: soon })
    await cards(page).first().waitFor({ timeout: soon })
  }
  const matches = (page: Page) => page.getByRole('region', { name: 'Your matches' })
  const cards = (page: Page) => matches(page).getByRole('listitem')
  const show = (page: Page, what: string) =>
    matches(page)
      .getByRole('radiogroup', { name: 'Which of them' })
      .getByRole('radio', { name: what })
      .click()

  step('stand there once the photo is analysed, in words, with a photo each', async () => {
    await joinAs(alma, 'Alma', 'Female', 0)
    const [first] = await cards(alma).all()
    await steps.expectShown(first.locator('img'))
    expect(await first.innerText()).toMatch(
      new RegExp(`${school}\\n(Strikingly|Very much|Much|Somewhat) alike`),
    )
    await matches(alma).getByText('They see the same of you').waitFor()
    // Nothing of anybody's age stands on the page.
    expect(await matches(alma).innerText()).not.toMatch(/\bage\b|years/i)
  })

  step('two people find each other, and learn of their likes once both have', async () => {
    await joinAs(bruno, 'Bruno', 'Male', 1)
    await like(bruno, 'Alma')
    await show(bruno, 'Liked')
    await expect
      .poll(() => cards(bruno).allInnerTexts(), { timeout: soon })
      .toEqual([expect.stringContaining('Alma')])
    await alma.reload()
    await card(alma, 'Bruno').waitFor({ timeout: soon })
    expect(await card(alma, 'Bruno').innerText()).not.toContain('You like each other')
    await like(alma, 'Bruno')
    await card(alma, 'Bruno').getByText('You like each other').waitFor({ timeout: soon })
  })

  const card = (page: Page, name: string) => cards(page).filter({ hasText: name })
  /** By the keyboard alone. */
  async function like(page: Page, name: string): Promise<void> {
    const heart = card(page, name).getByRole('button', { name: `Like ${name}` })
    await heart.waitFor({ timeout: soon })
    await heart.focus()
    await page.keyboard.press('Space')
    await expect.poll(() => heart.getAttribute('aria-pressed'), { timeout: soon }).toBe('true')
  }

  step('who stood in sight for a second is no longer new', async () => {
    await expect
      .poll(
        async () => {
          await alma.reload()
          await cards(alma).first().waitFor({ timeout: soon })
          await cards(alma).first().scrollIntoViewIfNeeded()
          await alma.waitForTimeout(2500)
          return cards(alma).first().getByText('New').count()
        },
        { timeout: soon },
      )
      .toBe(0)
  })

  step('can be read in the dark and in the light, wide and narrow', async () => {
    const faults: string[] = []
    for (const [width, height] of [
      [1280, 800],
      [390, 844],
    ] as const) {
      await alma.setViewportSize({ width, height })
      faults.push(...(await faultsInBothThemes(alma)).map((fault) => `${width}, ${fault}`))
      await shoot(alma, `feed-${width}`)
      const overflow = await alma.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      )
      expect(overflow).toBe(0)
      expect(await scroll(alma, 'end')).toBeLessThan(height)
      await shoot(alma, `feed-${width}-end`)
      await scroll(alma, 'start')
    }
    expect(faults).toEqual([])
  })

  step('who removes their photo is gone from the other’s page', async () => {
    await bruno.getByRole('button', { name: 'Remove my photo' }).click()
    await bruno.getByRole('button', { name: 'Choose a photo' }).waitFor({ timeout: soon })
    await alma.reload()
    await cards(alma).first().waitFor({ timeout: soon })
    expect(await card(alma, 'Bruno').count()).toBe(0)
    await show(alma, 'Liked')
    await matches(alma).getByText('You like nobody yet').waitFor({ timeout: soon })
    expect(complaints).toEqual([])
  })
})

/** Scrolls what a person can scroll, and gives where the page's last words stand then. */
async function scroll(page: Page, to: 'start' | 'end'): Promise<number> {
  return page.getByText('Removing it removes everything').evaluate((words, to) => {
    for (let box = words.parentElement; box; box = box.parentElement)
      if (getComputedStyle(box).overflowY === 'auto') box.scrollTop = to === 'end' ? box.scrollHeight : 0
    return words.getBoundingClientRect().top
  }, to)
}
