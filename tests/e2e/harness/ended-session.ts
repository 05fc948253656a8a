import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { decodeJwt, decodeProtectedHeader, importJWK, SignJWT, type JWK } from 'jose'
import type { Page } from 'playwright'
import type { Home } from './directories'

/**
 * Lets the access token of a page's session end, as an hour does: what the page keeps then is a token of that very session
 * that the project signed and that is over, and the refresh token that goes with it.
 * @param project The data directory of whoever signs.
 */
export async function endSession(page: Page, project: Home): Promise<void> {
  const { signing_key: key } = JSON.parse(readFileSync(join(project.path, 'keys.json'), 'utf8')) as {
    signing_key: JWK
  }
  const session = await keptSession(page)
  const claims = decodeJwt(session.access_token)
  const endedAt = Math.floor(Date.now() / 1000) - 60
  const token = await new SignJWT({ ...claims, iat: endedAt - 3600, exp: endedAt })
    .setProtectedHeader({ alg: 'ES256', ...decodeProtectedHeader(session.access_token) })
    .sign(await importJWK(key, 'ES256'))
  await page.evaluate(
    ([name, text]) => localStorage.setItem(name, text),
    [session.name, JSON.stringify({ ...session, access_token: token, expires_at: endedAt })],
  )
}

/** Whether the session that a page keeps has a token that still counts. */
export async function isRenewed(page: Page): Promise<boolean> {
  return (await keptSession(page)).expires_at * 1000 > Date.now()
}

async function keptSession(page: Page) {
  const [name, text] = await page.evaluate(() => {
    const found = Object.entries(localStorage).find(([key]) => key.startsWith('semblance-session'))
    return (found ?? ['', '{}']) as [string, string]
  })
  return { name, ...(JSON.parse(text) as { access_token: string; expires_at: number }) }
}
