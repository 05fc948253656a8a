import type { Page } from 'playwright'
import { beforeAll, describe, expect } from 'vitest'
import { expectAccessible } from './harness/accessible'
import { lacksChromium } from './harness/browser'
import { consoleInChromium } from './harness/console'
import type { RunningHost } from './harness/host'
import { shoot } from './harness/pictures'
import { homeWithSamples } from './harness/sample-home'
import { goTo, signIn } from './harness/steps'

/** All but the settings, which are there already. */
const screens = [
  ...['Overview', 'People', 'Celebrities', 'Imports', 'Models', 'Connections', 'Jobs', 'Matches'],
]
const soon = { timeout: 120_000 }

/** Real: the host as its command starts it, which is killed and started again; Chromium with the console. */
describe.skipIf(lacksChromium())('a console whose host is gone', () => {
  const { open, restart, step } = consoleInChromium()
  let host: RunningHost
  let page: Page

  beforeAll(async () => {
    ;({ page, host } = await open({ home: await homeWithSamples() }))
    await signIn(page)
  })

  const status = () => page.getByRole('contentinfo', { name: 'Status' })
  /** What stands where something is on its way. */
  const waiting = () => page.locator('main .animate-pulse, main .animate-spin')
  const away = async () => {
    await host.kill()
    await page.getByRole('alert').getByText('The host does not answer.').waitFor(soon)
    await status().getByText('No connection to the host').waitFor(soon)
  }
  const back = async () => {
    host = await restart()
    await page.getByText('The host does not answer.').waitFor({ ...soon, state: 'detached' })
    await status().getByText('Connected').waitFor(soon)
    await status()
      .getByText(/^Worker /)
      .waitFor(soon)
  }

  step('says nothing of a worker, a queue and models that it does not hear of', async () => {
    await status()
      .getByText(/^Worker /)
      .waitFor(soon)
    const main = page.getByRole('main')
    expect(await main.getByText('Not known').count()).toBe(0)
    await away()
    for (const stale of [/^Worker /, /^Queue |pending/, /^Models /]) {
      expect(await status().getByText(stale).count()).toBe(0)
    }
    // The cards of the worker and of the models.
    expect(await main.getByText('Not known').count()).toBe(2)
    await shoot(page, 'away-open')
    await back()
    expect(await main.getByText('Not known').count()).toBe(0)
  })

  step('says on every screen that is opened then what is missing, and fills it by itself', async () => {
    // What was seen before is kept, and shown: a page that is opened anew has seen one screen alone.
    await goTo(page, 'Settings')
    await page.reload()
    await status()
      .getByText(/^Worker /)
      .waitFor(soon)
    await away()
    for (const screen of screens) {
      await goTo(page, screen)
      await expect.poll(() => waiting().count(), soon).toBe(0)
      const said = await page.locator('main').getByText('The Semblance host does not answer.').allInnerTexts()
      expect(said.length, screen).toBeGreaterThan(0)
      for (const text of said) expect(text.match(/tried again/g), screen).toHaveLength(1)
      await expectAccessible(page)
      await shoot(page, `away-${screen}`)
    }
    await back()
    for (const screen of [...screens].reverse()) {
      await goTo(page, screen)
      await expect.poll(() => waiting().count(), soon).toBe(0)
      expect(
        await page.locator('main').getByText('The Semblance host does not answer.').count(),
        screen,
      ).toBe(0)
    }
  })
})
