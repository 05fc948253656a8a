import { join } from 'node:path'
import type { Browser, Page } from 'playwright'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findStarterPack } from '../factories/pack'
import { packsWithTwin } from '../factories/twin-pack'
import { launchChromium, lacksChromium } from './harness/browser'
import { freshHome, type Home } from './harness/directories'
import { keepEvidence } from './harness/failures'
import { type RunningHost, startHost } from './harness/host'
import * as steps from './harness/steps'

/** Real: everything. A host with two packs, and Chromium before it. */
const soon = { timeout: 120_000 }
const canRun = !lacksChromium() && (await findStarterPack()) !== undefined

describe.skipIf(!canRun)('the screen of models', { timeout: 600_000 }, () => {
  let home: Home
  let browser: Browser
  let host: RunningHost
  let page: Page

  beforeAll(async () => {
    home = await freshHome()
    const packs = join(home.path, 'packs-of-the-test')
    await packsWithTwin(packs)
    host = await startHost(home, { SEMBLANCE_PACKS: packs, SEMBLANCE_PROVIDER: 'cpu' })
    browser = await launchChromium()
    page = await (await browser.newContext({ viewport: { width: 1280, height: 800 } })).newPage()
    await page.goto(host.console)
  })
  afterAll(async () => {
    await browser?.close()
    await host?.stop()
    home?.remove()
  })

  const step = (name: string, work: () => Promise<void>) =>
    it(name, async () => {
      keepEvidence(page, () => host.output())
      await work()
    })
  const card = () => page.getByRole('region', { name: 'Switch of models' })

  step('has photos to redo', async () => {
    await steps.createFirstAdmin(page)
    await steps.loadSamples(page)
  })

  step('shows the packs, by keyboard too, and asks for terms before it fetches any', async () => {
    await steps.goTo(page, 'Models')
    const table = page.getByRole('grid', { name: 'Packs of models' })
    await table.getByRole('row', { name: /Starter pack.*Active.*Processor/ }).waitFor(soon)
    await table.focus()
    await page.keyboard.press('Home')
    await page.keyboard.press('ArrowDown')
    const pane = page.getByRole('complementary', { name: 'Pack' })
    await pane.getByRole('heading', { name: 'buffalo_l (InsightFace)' }).waitFor()
    await pane.getByRole('button', { name: 'Install…' }).click()
    const dialog = page.getByRole('dialog', { name: 'Install buffalo_l (InsightFace)' })
    expect(await dialog.getByRole('button', { name: 'Install' }).isDisabled()).toBe(true)
    await page.keyboard.press('Escape')
    await dialog.waitFor({ state: 'hidden' })
  })

  step('plans a switch, pauses it and sees it made, without a reload', async () => {
    await page.getByRole('row', { name: /Twin of the starter/ }).click()
    await page.getByRole('button', { name: 'Plan the switch…' }).click()
    const dialog = page.getByRole('dialog', { name: 'Switch to Twin of the starter' })
    await dialog.getByText('60 faces, 30 celebrities').waitFor(soon)
    await dialog.getByText('twin: patches.onnx, arcface').waitFor()
    // What the twin borrows is the same model as before.
    expect(await dialog.getByText('detector.onnx').count()).toBe(0)
    await dialog.getByRole('button', { name: 'Start the switch' }).click()
    await card().getByRole('button', { name: 'Pause' }).click(soon)
    await card().getByText('Paused', { exact: true }).waitFor(soon)
    await card().getByRole('button', { name: 'Resume' }).click()
    await card().getByText('Made', { exact: true }).waitFor(soon)
    await card().getByText('60 faces and 30 celebrities are searched by twin now').waitFor()
    await page.getByRole('row', { name: /Twin of the starter.*Active/ }).waitFor(soon)
  })
})
