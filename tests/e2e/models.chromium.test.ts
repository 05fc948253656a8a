import { readFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import type { Page } from 'playwright'
import { beforeAll, describe, expect } from 'vitest'
import { findStarterPack } from '../factories/pack'
import { createSupabase } from '../../core/supabase/client'
import { offerTwin, packsWithTwin } from '../factories/twin-pack'
import { lacksChromium } from './harness/browser'
import { consoleInChromium } from './harness/console'
import type { Home } from './harness/directories'
import type { RunningHost } from './harness/host'
import { shoot } from './harness/pictures'
import { homeWithSamples } from './harness/sample-home'
import * as steps from './harness/steps'

/** Real: everything but the server that has the second pack. A host, and Chromium before it. */
const soon = { timeout: 120_000 }
const canRun = !lacksChromium() && (await findStarterPack()) !== undefined

describe.skipIf(!canRun)('the screen of models', { timeout: 600_000 }, () => {
  const { open, atEnd, step } = consoleInChromium()
  let home: Home
  let host: RunningHost
  let page: Page
  let server: Server
  let isServing = false

  beforeAll(async () => {
    server = createServer((_, response) => {
      response.writeHead(isServing ? 200 : 503, { 'content-length': isServing ? zip.length : 0 })
      response.end(isServing ? zip : undefined)
    })
    atEnd(() => server.close())
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    let zip: Buffer
    const environment = async ({ path }: Home) => {
      const packs = join(path, 'packs-of-the-test')
      await packsWithTwin(packs, { twin: false })
      zip = offerTwin(packs, `http://127.0.0.1:${port}/twin.zip`)
      return { SEMBLANCE_PACKS: packs, SEMBLANCE_PROVIDER: 'cpu' }
    }
    ;({ home, host, page } = await open({ home: await homeWithSamples(), environment }))
  })
  /** Takes the photo of a face away, as somebody does who tidies up Storage. */
  async function losePhoto(): Promise<void> {
    const keys = JSON.parse(readFileSync(join(home.path, 'keys.json'), 'utf8')) as Record<string, string>
    const supabase = createSupabase({ url: host.url, key: keys['secret_key'] })
    const photos = supabase.storage.from('faces')
    const [folder] = (await photos.list()).data ?? []
    const files = (await photos.list(folder.name)).data ?? []
    // Beside it lies its thumbnail, <uuid>.thumb.webp.
    const lost = files.filter(({ name }) => /^[^.]+\.[^.]+$/.test(name))
    const { data } = await photos.remove(lost.map(({ name }) => `${folder.name}/${name}`))
    expect(data).toHaveLength(1)
  }
  const card = () => page.getByRole('region', { name: 'Switch of models' })

  step('shows the packs, by keyboard too, and asks for terms before it fetches any', async () => {
    await steps.signIn(page)
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

  step('says why a pack could not be fetched, and fetches it when its server answers', async () => {
    const install = async () => {
      await page.getByRole('button', { name: 'Install…' }).click()
      const dialog = page.getByRole('dialog', { name: 'Install Twin of the starter' })
      await dialog.getByRole('button', { name: 'Install' }).click()
      await dialog.waitFor({ state: 'hidden' })
    }
    await page.getByRole('row', { name: /Twin of the starter.*Not installed/ }).click()
    await install()
    await page.getByText(/twin could not be installed.*503/).waitFor(soon)
    await shoot(page, 'models-install-failed')
    isServing = true
    await install()
    await page.getByRole('row', { name: /Twin of the starter.*Installed/ }).waitFor(soon)
    expect(await page.getByText('could not be installed').count()).toBe(0)
  })

  step('plans a switch and pauses it', async () => {
    await losePhoto()
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
  })

  step('shows what failed and why, tries it again, and leaves it out', async () => {
    await card().getByText('Waits for a decision').waitFor(soon)
    const failed = card().getByRole('list', { name: 'Failed photos' }).getByRole('listitem')
    await expect.poll(() => failed.count(), soon).toBe(1)
    await failed.getByText('The photo is not in Storage. Upload it again.').waitFor()
    await shoot(page, 'models-failed')
    await card().getByRole('button', { name: 'Retry it' }).click()
    await failed.waitFor({ state: 'hidden' })
    await card().getByText('Waits for a decision').waitFor(soon)
    await card().getByRole('button', { name: 'Switch without it…' }).click()
    await page.getByRole('button', { name: 'Leave out 1 photo' }).click()
  })

  step('sees it made, and searched anew, without a reload', async () => {
    await card().getByText('Made', { exact: true }).waitFor(soon)
    await card().getByText('59 faces and 30 celebrities are searched by twin now').waitFor()
    await card().getByText('1 photo left out').waitFor()
    await shoot(page, 'models-made')
    await page.getByRole('row', { name: /Twin of the starter.*Active/ }).waitFor(soon)
    await card()
      .getByRole('progressbar')
      .waitFor({ state: 'hidden', ...soon })
    expect(
      await card()
        .getByText(/searche?s? failed/)
        .count(),
    ).toBe(0)
  })
})
