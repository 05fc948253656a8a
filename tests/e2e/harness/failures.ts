import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright'
import { onTestFailed } from 'vitest'
import { failures } from './directories'

/** Should the running test fail, leaves behind what the page showed and what the host had said. Call first in a test. */
export function keepEvidence(page: Page, output: () => string): void {
  onTestFailed(async ({ task }) => {
    const name = join(failures, task.name.replace(/[^a-z0-9]+/gi, '-').toLowerCase())
    mkdirSync(failures, { recursive: true })
    writeFileSync(`${name}.log`, output())
    await page.screenshot({ path: `${name}.png`, timeout: 5000 }).catch(() => undefined)
    process.stderr.write(`Screenshot and log: ${name}.png, ${name}.log\n`)
  })
}
