import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from 'playwright'
import sharp from 'sharp'
import { beforeAll, describe, expect } from 'vitest'
import { lacksChromium } from './harness/browser'
import { semblance } from './harness/command'
import { consoleInChromium } from './harness/console'
import { type Home, root } from './harness/directories'
import type { RunningHost } from './harness/host'
import * as steps from './harness/steps'

const soon = 60_000
const heic = join(root, 'tests/fixtures/photos/drawn-face.heic')

/** Real: everything. Photos that Chromium can't show itself, from the upload to the screen. */
describe.skipIf(lacksChromium())('a HEIC photo', () => {
  const { open, step, complaints } = consoleInChromium({ hears: true })
  let home: Home
  let host: RunningHost
  let page: Page

  beforeAll(async () => {
    ;({ home, host, page } = await open())
  })

  step('is taken on the site, and shown there once it is analysed', async () => {
    await page.goto(`${host.url}/site/`)
    await page.getByRole('button', { name: 'I am new here' }).click()
    for (const [label, value] of [
      ['Name', 'Lise Meitner'],
      ['School', 'North'],
      ['E-mail', 'lise@school.edu'],
      ['Password', 'correct horse battery'],
    ] as const)
      await page.getByLabel(label, { exact: true }).fill(value)
    await page.getByRole('button', { name: 'Create my account' }).click()
    await page.getByText('My face may be measured').click()
    await steps.choose(page, page.getByRole('button', { name: 'Choose a photo' }), heic)
    await page.getByText('Your photo is being looked at.').waitFor({ timeout: soon })
    await page.locator('main section img').first().waitFor({ timeout: soon })
    await steps.expectShown(page.locator('main section img').first())
    expect(complaints).toEqual([])
  })

  step('lies under its landmarks in the console', async () => {
    await page.evaluate(() => localStorage.clear())
    await page.goto(host.console)
    await steps.createFirstAdmin(page)
    await steps.goTo(page, 'People')
    await page.getByRole('grid', { name: 'People' }).getByRole('row', { name: 'Lise Meitner' }).click()
    const pane = page.getByRole('complementary', { name: 'Person' })
    const photo = pane.getByRole('img', { name: 'Photo of Lise Meitner' })
    await steps.expectShown(photo)
    // The rendition is of a size of its own; here it is the original's, and what is drawn spans the same box.
    expect(await photo.getAttribute('src')).toMatch(/\.view\.jpg\?/)
    const [shown, drawn] = await Promise.all([
      photo.boundingBox(),
      pane.locator('figure svg').first().boundingBox(),
    ])
    expect(drawn!.width).toBeCloseTo(shown!.width, 0)
    expect(drawn!.height).toBeCloseTo(shown!.height, 0)
    expect(complaints).toEqual([])
  })

  step('is imported from a folder, and what has no face is named with its reason', async () => {
    await host.stop()
    const folder = mkdtempSync(join(tmpdir(), 'semblance-photos-'))
    cpSync(heic, join(folder, 'amara_okafor.heic'))
    await sharp({ create: { width: 200, height: 200, channels: 3, background: '#456' } })
      .jpeg()
      .toFile(join(folder, 'nobody_here.jpg'))
    const given = ['--licence', 'CC0', '--source', 'a test', '--yes']
    const { code, output } = await semblance(home, {}, 'import', folder, ...given)
    // The drawn face is taken for that of a child: its photo was decoded, and a person has to say.
    expect(output).toMatch(/amara_okafor\.heic \(Amara Okafor\): May show a minor/)
    expect(output).toMatch(/nobody_here\.jpg .*No face was found/)
    expect(output).toContain('nothing in it to publish as it stands')
    expect(code).toBe(1)
    const missing = await semblance(home, {}, 'import', join(home.path, 'nowhere'))
    expect(missing.output).toMatch(/There is no folder .*nowhere/)
    expect(missing.output).not.toContain('ENOENT')
    expect(missing.code).toBe(2)
    const own = await semblance(home, {}, 'import', home.path)
    expect(own.output).toContain('belongs to Semblance itself')
    expect(own.code).toBe(2)
    rmSync(folder, { recursive: true })
  })
})
