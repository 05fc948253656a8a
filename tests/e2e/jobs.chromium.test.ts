import type pg from 'pg'
import type { Page } from 'playwright'
import { beforeAll, describe, expect } from 'vitest'
import { postgresAvailable } from '../factories/database'
import { expectAccessible } from './harness/accessible'
import { lacksChromium } from './harness/browser'
import { consoleInChromium } from './harness/console'
import type { RunningHost } from './harness/host'
import { countJobs, fingerprints, insertJobRows, jobRows, toldJob } from './harness/job-rows'
import { countUpdates, partsOf, setHidden } from './harness/jobs-page'
import { shoot } from './harness/pictures'
import { holdWorker, switchMachineOffAndBack } from './harness/jobs-machine'
import * as steps from './harness/steps'

const { noFace, timeouts, pending, processing } = jobRows
const soon = 20_000

/** Real: the host, its worker, PostgreSQL and Chromium. The rows of the queue are inserted, so that its past is known. */
describe.skipIf(lacksChromium() || !(await postgresAvailable()))('the Jobs screen', () => {
  const { database, open, step, complaints } = consoleInChromium()
  let client: pg.Client
  let host: RunningHost
  let page: Page

  beforeAll(async () => {
    const made = await database()
    client = made.client
    ;({ host, page } = await open({ environment: made.environment }))
  })
  const count = (condition: string) => countJobs(client, condition)
  const { tab, tile, grid, bulk } = partsOf(() => page)

  step('says what to do while there is nothing', async () => {
    await steps.createFirstAdmin(page)
    await steps.goTo(page, 'Jobs')
    await page.getByText('nothing is left to do').waitFor({ timeout: soon })
    await tab('Jobs')
    await page.getByRole('heading', { name: 'No jobs yet' }).waitFor()
    await tab('Failures')
    await page.getByRole('heading', { name: 'Nothing has failed' }).waitFor()
    await expectAccessible(page)
  })

  step('takes this machine from the queue, and gives it back', () => switchMachineOffAndBack(page))

  step('stops a worker, starts it again, and pauses it', () => holdWorker(page))

  step('shows how the queue stands, with alarms that say what to do', async () => {
    await insertJobRows(client)
    await tab('Now')
    await tile('Pending').getByText(`${pending}`, { exact: true }).waitFor({ timeout: soon })
    expect(await tile('Processing').innerText()).toContain(`${processing}`)
    const alarms = page.getByRole('list', { name: 'Alarms' })
    await alarms.getByText('old-box').first().waitFor({ timeout: soon })
    await page
      .getByRole('figure', { name: 'Ended' })
      .getByText(/[1-9]\d* jobs completed/)
      .first()
      .waitFor({ state: 'attached' })
    await shoot(page, 'jobs-now')
    await expectAccessible(page)
  })

  step('lets a chart be read by key, and as a table', async () => {
    const slider = page.getByRole('slider', { name: 'Ended, read at a moment' })
    await slider.press('Home')
    expect(await slider.getAttribute('aria-valuetext')).toMatch(/completed \d/)
    await page.getByRole('button', { name: 'Ended as a table' }).click()
    const rows = page.getByRole('group', { name: 'Ended, table' }).getByRole('row')
    expect(await rows.count()).toBeGreaterThan(50)
    await page.getByRole('button', { name: 'Ended as a chart' }).click()
    for (const span of ['15 min', '30 d']) {
      await page.getByRole('radio', { name: span, exact: true }).click()
      await page.getByRole('slider', { name: 'Run, read at a moment' }).waitFor()
    }
  })

  step('follows a job that ends, at most twice a second', async () => {
    await client.query(
      `update public.match_jobs set status = 'completed', completed_at = now(), lease_until = null
       where id = (select id from public.match_jobs where status = 'processing' limit 1)`,
    )
    await tile('Processing')
      .getByText(`${processing - 1}`, { exact: true })
      .waitFor({ timeout: soon })
    const updates = await countUpdates(page)
    const began = Date.now()
    for (let n = 0; n < 40; n += 1) {
      await client.query(`update public.match_jobs set priority = $1 where status = 'processing'`, [n % 2])
      await client.query(
        `update public.match_jobs set status = 'completed', started_at = now(), completed_at = now()
         where id = (select id from public.match_jobs where status = 'pending' limit 1) and $1`,
        [n < 20],
      )
      await page.waitForTimeout(60)
    }
    await tile('Pending')
      .getByText(`${pending - 20}`, { exact: true })
      .waitFor({ timeout: soon })
    const seen = await updates()
    expect(seen).toBeGreaterThan(1)
    expect(seen).toBeLessThanOrEqual((2 * (Date.now() - began)) / 1000 + 1)
  })

  step('stands still while nobody sees it, and says so', async () => {
    await setHidden(page, true)
    await page.getByRole('status').getByText('Paused: the window is hidden').waitFor()
    await client.query(
      `update public.match_jobs set status = 'pending', completed_at = null
       where id in (select id from public.match_jobs where status = 'completed' limit 7)`,
    )
    await page.waitForTimeout(2500)
    expect(await tile('Pending').innerText()).toContain(`${pending - 20}\n`)
    await setHidden(page, false)
    await tile('Pending')
      .getByText(`${pending - 13}`, { exact: true })
      .waitFor({ timeout: soon })
    await page.getByRole('status').getByText('Live again; paused').waitFor()
  })

  step('gathers failures by what went wrong, and refuses a retry that can’t help', async () => {
    await tab('Failures')
    await grid('Failures').press('Home')
    const pane = page.getByRole('complementary', { name: 'Failure' })
    await pane.getByRole('heading', { name: 'No face' }).waitFor({ timeout: soon })
    await shoot(page, 'jobs-failures')
    await page.keyboard.press('r')
    const dialog = page.getByRole('dialog', { name: /^Retry/ })
    await dialog.getByRole('table', { name: 'Dry run' }).waitFor({ timeout: soon })
    expect(await dialog.getByRole('button', { name: 'Retry 0 jobs' }).isDisabled()).toBe(true)
    await dialog.getByText('Also those that fail the same way every time').click()
    await dialog.getByRole('button', { name: `Retry ${noFace} jobs` }).waitFor({ timeout: soon })
    await expectAccessible(page)
    await page.keyboard.press('Escape')
    expect(await count(`fingerprint = '${fingerprints.noFace}' and status = 'failed'`)).toBe(noFace)
  })

  step('dismisses a group, and takes that back', async () => {
    await grid('Failures').press('j')
    await page
      .getByRole('complementary', { name: 'Failure' })
      .getByRole('heading', { name: 'Unexpected error' })
      .waitFor()
    await page.keyboard.press('d')
    const confirm = page.getByRole('dialog').getByRole('button', { name: `Dismiss ${timeouts} jobs` })
    await confirm.waitFor({ timeout: soon })
    await confirm.click()
    await bulk(`${timeouts} jobs dismissed`)
    await expect.poll(() => grid('Failures').getByText('Unexpected error').count(), { timeout: soon }).toBe(0)
    await page.getByRole('region', { name: 'Bulk action' }).getByRole('button', { name: 'Undo' }).click()
    await bulk(`Undone: ${timeouts} jobs put back`)
    await grid('Failures').getByText('Unexpected error').waitFor({ timeout: soon })
    expect(await count('dismissed_at is not null')).toBe(jobRows.dismissed)
  })

  step('retries a group as the dry run said', async () => {
    await grid('Failures').getByRole('row', { name: 'Unexpected error' }).click()
    await page.keyboard.press('r')
    const confirm = page.getByRole('dialog').getByRole('button', { name: `Retry ${timeouts} jobs` })
    await confirm.waitFor({ timeout: soon })
    // One is somebody else's by the time that the plan is executed: it is left alone, and counted.
    await client.query(
      `update public.match_jobs set status = 'processing', lease_until = now() + interval '1 hour' where id = $1`,
      [toldJob.id],
    )
    const before = await count(`status = 'pending'`)
    await confirm.click()
    await bulk(`${timeouts - 1} jobs retried; 1 had changed and were left alone`)
    expect(await count(`status = 'pending'`)).toBe(before + timeouts - 1)
    await client.query(
      `update public.match_jobs set status = 'failed', lease_until = null, fingerprint = $2 where id = $1`,
      [toldJob.id, fingerprints.timeouts],
    )
  })

  step('narrows the list, in the address', async () => {
    await tab('Jobs')
    await page.getByRole('radio', { name: /^Failed/ }).click()
    await page.getByRole('button', { name: /^Reason/ }).click()
    await page.getByRole('option', { name: 'No face' }).click()
    await expect
      .poll(() => grid('Jobs').getAttribute('aria-rowcount'), { timeout: soon })
      .toBe(`${noFace + 1}`)
    await page.reload()
    expect(page.url()).toContain('reason=no_face')
    await expect
      .poll(() => grid('Jobs').getAttribute('aria-rowcount'), { timeout: soon })
      .toBe(`${noFace + 1}`)
    await shoot(page, 'jobs-jobs')
    await page.getByRole('button', { name: 'Clear the filters' }).click()
  })

  step('cancels all that match, loaded or not, and takes that back', async () => {
    await page.getByRole('radio', { name: /^Pending/ }).click()
    const waiting = await count(`status = 'pending'`)
    const bar = page.getByRole('toolbar', { name: 'Selected jobs' })
    await bar.getByRole('button', { name: `All ${waiting} that match` }).click()
    await bar.getByRole('button', { name: 'Cancel…' }).click()
    const confirm = page.getByRole('dialog').getByRole('button', { name: `Cancel ${waiting} jobs` })
    await confirm.waitFor({ timeout: soon })
    await expectAccessible(page)
    await confirm.click()
    await bulk(`${waiting} jobs cancelled`)
    await shoot(page, 'jobs-cancelled')
    expect(await count(`status = 'pending'`)).toBe(0)
    await page.getByRole('region', { name: 'Bulk action' }).getByRole('button', { name: 'Undo' }).click()
    await bulk(`Undone: ${waiting} jobs put back`)
    expect(await count(`status = 'pending'`)).toBe(waiting)
  })

  step('brings chosen jobs before the others, by key', async () => {
    await expect.poll(() => grid('Jobs').getByRole('row').count(), { timeout: soon }).toBeGreaterThan(3)
    await grid('Jobs').press('Home')
    await page.keyboard.press('Space')
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Shift+Space')
    const bar = page.getByRole('toolbar', { name: 'Selected jobs' })
    await bar.getByText('3 selected').waitFor()
    await bar.getByRole('button', { name: 'Priority…' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Change the priority of 3 jobs' }).click()
    await bulk('3 jobs given another priority')
    expect(await count(`status = 'pending' and priority = 10`)).toBe(3)
  })

  step('puts back what a bulk action did an hour ago', async () => {
    await client.query(`update public.job_bulks set ended_at = now() - interval '1 hour'`)
    await page.reload()
    await page.getByRole('button', { name: 'Bulk actions' }).click()
    const line = page.getByRole('dialog').getByRole('listitem').first()
    await line.getByText('3 jobs given another priority').waitFor({ timeout: soon })
    await shoot(page, 'jobs-bulks')
    await expectAccessible(page)
    await line.getByRole('button', { name: 'Undo' }).click()
    await line.getByText('Undone: 3 jobs put back').waitFor({ timeout: soon })
    await page.keyboard.press('Escape')
    expect(await count(`status = 'pending' and priority = 10`)).toBe(0)
    // The button that has the focus again says what it is, which is in nobody's way but axe's.
    await tab('Jobs')
  })

  step('tells how a job went, and walks to the next by arrow', async () => {
    await page.goto(
      `${host.console}#/jobs?tab=jobs&fingerprint=${fingerprints.timeouts}&id=${toldJob.id}&of=face`,
    )
    const pane = page.getByRole('complementary', { name: 'Job' })
    await pane.getByRole('heading', { name: toldJob.name }).waitFor({ timeout: soon })
    await pane.getByText('Attempt 2: failed').waitFor({ timeout: soon })
    const stages = pane.getByRole('list', { name: 'Stages of attempt 2' }).getByRole('listitem')
    expect(await stages.allInnerTexts()).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/Detect\s+118.ms/),
        expect.stringMatching(/Search\s+unknown/),
      ]),
    )
    await pane.getByLabel('Log of attempt 2').getByText('The search took too long').waitFor()
    await shoot(page, 'jobs-job')
    await expectAccessible(page)
    await page.keyboard.press('ArrowRight')
    await expect.poll(() => page.url(), { timeout: soon }).not.toContain(toldJob.id)
    await page.keyboard.press('ArrowLeft')
    await expect.poll(() => page.url(), { timeout: soon }).toContain(toldJob.id)
    await page.keyboard.press('Escape')
    await expect.poll(() => pane.count()).toBe(0)
  })

  step('lets a moderator read, and nothing else', async () => {
    // Somebody must be admin, or the console would ask for the first one.
    await client.query(
      `update public.profiles set role = case role when 'admin' then 'moderator' else 'admin' end
       where role = 'admin' or name = 'Person 1'`,
    )
    await page.goto(`${host.console}#/jobs?tab=failures&group=${fingerprints.noFace}`)
    await page.reload()
    await page.getByText('A curator can retry or dismiss these jobs.').waitFor({ timeout: soon })
    await tab('Jobs')
    await grid('Jobs').waitFor({ timeout: soon })
    expect(await page.getByRole('toolbar', { name: 'Selected jobs' }).count()).toBe(0)
    expect(await grid('Jobs').getByRole('checkbox').count()).toBe(0)
    await tab('Workers')
    await grid('Workers').getByRole('row', { name: 'old-box' }).click()
    await page.getByText('A curator can pause, stop and resume workers.').waitFor()
    await shoot(page, 'jobs-workers')
    await expectAccessible(page)
    expect(complaints).toEqual([])
  })
})
