/**
 * Secrets that stand in public documents and programs: what Supabase's command line and its Docker setup start with.
 * Whoever can reach a service that believes them may do everything.
 */
const published = new Set([
  'super-secret-jwt-token-with-at-least-32-characters-long',
  'your-super-secret-jwt-token-with-at-least-32-characters-long',
  'sb_publishable_ACJWlzQHlZjBrEguHvfOxg_3BJgxAaH',
  'sb_secret_N7UND0UgjKTVK-Uodkm0Hg_xSvEMPvz',
  // The x of the signing key that the command line signs with where none is configured.
  'M5Sjqn5zwC9Kl1zVfUUGvv9boQjCGd45G8sdopBExB4',
])

/** Whether anybody can look this secret up. Of the demo projects' API keys, which are JWTs, the issuer tells. */
export function isPublishedSecret(secret: string): boolean {
  return published.has(secret.trim()) || issuerOfJwt(secret.trim()) === 'supabase-demo'
}

function issuerOfJwt(text: string): unknown {
  const [, payload, signature] = text.split('.')
  if (!payload || !signature) return undefined
  try {
    return (JSON.parse(Buffer.from(payload, 'base64url').toString()) as { iss?: unknown } | null)?.iss
  } catch {
    return undefined
  }
}
