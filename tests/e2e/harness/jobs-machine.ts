import type { Page } from 'playwright'
import { expectAccessible } from './accessible'
import { partsOf } from './jobs-page'
import { shoot } from './pictures'

const soon = { timeout: 20_000 }

/** On the Jobs screen: switches the work of this machine off, sees its worker pause, and takes it back. */
export async function switchMachineOffAndBack(page: Page): Promise<void> {
  const { tab, grid } = partsOf(() => page)
  await tab('Workers')
  const machine = page.getByRole('region', { name: 'This machine' })
  await machine.getByRole('radio', { name: 'Off' }).click(soon)
  await machine.getByText('switched off on this machine').waitFor(soon)
  await grid('Workers').getByText('paused').waitFor(soon)
  await shoot(page, 'jobs-machine')
  await expectAccessible(page)
  await page.getByRole('button', { name: 'Undo' }).click()
  await page.getByText('Work in the background: On').waitFor(soon)
  await grid('Workers').getByText('idle').waitFor(soon)
}

/** Stops the first worker and starts it again from here, then has it pause, which it does until somebody resumes it. */
export async function holdWorker(page: Page): Promise<void> {
  const { tab, grid } = partsOf(() => page)
  await tab('Workers')
  const row = grid('Workers').getByRole('row').nth(1)
  await row.waitFor(soon)
  await row.click()
  const pane = page.getByRole('complementary', { name: 'Worker' })
  await pane.getByRole('button', { name: 'Stop…' }).click()
  await page.getByRole('alertdialog').getByText('can be started again from here').waitFor()
  await page.getByRole('alertdialog').getByRole('button', { name: 'Stop the worker' }).click()
  await row.getByText('stopped').waitFor(soon)
  await shoot(page, 'jobs-stopped')
  await pane.getByRole('button', { name: 'Start again' }).click(soon)
  await row.getByText('idle').waitFor(soon)
  await pane.getByRole('button', { name: 'Pause' }).click(soon)
  await row.getByText('paused').waitFor(soon)
  await pane.getByText('also after a restart').waitFor(soon)
  // Notes fade away one behind the other, and axe takes that for too little contrast.
  await page.waitForFunction(() => document.querySelector('[data-sonner-toast]') === null)
}
