/**
 * What the pages of the window may load: themselves, and photos and live changes of the one Supabase that the host
 * works with.
 * @param supabaseUrl Null while the host is not up.
 * @param hostUrl The host's own address, which shows the photos of imports that are not published; it may be another one.
 */
export function contentPolicy(supabaseUrl: string | null, hostUrl: string | null = null): string {
  const origin = supabaseUrl ? new URL(supabaseUrl).origin : ''
  const sources = origin ? ` ${origin}` : ''
  const host = hostUrl && new URL(hostUrl).origin !== origin ? ` ${new URL(hostUrl).origin}` : ''
  const sockets = origin ? ` ${origin.replace(/^http/, 'ws')}` : ''
  return [
    "default-src 'none'",
    "script-src 'self'",
    // React Aria places what floats, and toasts carry their looks, by style elements and attributes.
    "style-src 'self' 'unsafe-inline'",
    "font-src 'self'",
    `img-src 'self' data: blob:${sources}${host}`,
    `connect-src 'self'${sources}${sockets}`,
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ')
}
