/**
 * What the pages of the window may load: themselves, and photos and live changes of the one Supabase that the host
 * works with.
 * @param supabaseUrl Null while the host is not up.
 */
export function contentPolicy(supabaseUrl: string | null): string {
  const origin = supabaseUrl ? new URL(supabaseUrl).origin : ''
  const sources = origin ? ` ${origin}` : ''
  const sockets = origin ? ` ${origin.replace(/^http/, 'ws')}` : ''
  return [
    "default-src 'none'",
    "script-src 'self'",
    // React Aria places what floats, and toasts carry their looks, by style elements and attributes.
    "style-src 'self' 'unsafe-inline'",
    "font-src 'self'",
    `img-src 'self' data: blob:${sources}`,
    `connect-src 'self'${sources}${sockets}`,
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ')
}
