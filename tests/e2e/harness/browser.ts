import { existsSync } from 'node:fs'
import { type Browser, chromium } from 'playwright'
import { testSkip } from '../../factories/requirements'

const executable = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium'

/** For `describe.skipIf`. */
export function lacksChromium(): boolean {
  if (existsSync(executable)) return false
  return testSkip('Chromium', `${executable} is not there; install it or set CHROMIUM_PATH`)
}

export function launchChromium(args: readonly string[] = []): Promise<Browser> {
  return chromium.launch({ executablePath: executable, args: ['--disable-dev-shm-usage', ...args] })
}
