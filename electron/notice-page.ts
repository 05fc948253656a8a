import { retryUrl } from './addresses'
import type { HostState } from './host-process'

const style = `
  :root { color-scheme: light dark; }
  body { margin: 0; min-height: 100vh; display: grid; place-items: center; font: 13px/1.5 system-ui, sans-serif;
    background: light-dark(#f7f7f8, #0e0f11); color: light-dark(#17181b, #ecedef); }
  main { max-width: 560px; padding: 32px; }
  h1 { font-size: 16px; font-weight: 600; margin: 0 0 8px; }
  p { margin: 0 0 16px; white-space: pre-wrap; overflow-wrap: anywhere; color: light-dark(#4b4e55, #b4b7bd); }
  a { display: inline-block; padding: 6px 12px; border-radius: 6px; background: #5646d6; color: #fff; text-decoration: none; }
  a:focus-visible { outline: 2px solid currentColor; outline-offset: 2px; }
`

/** The page that stands in the window while there is no host to show: what is going on, or what went wrong. */
export function noticePage(state: Exclude<HostState, { phase: 'ready' }>): string {
  const body =
    state.phase === 'failed'
      ? `<main role="alert"><h1>Semblance could not start</h1><p>${escape(state.message)}</p><a href="${retryUrl}">Try again</a></main>`
      : `<main role="status"><h1>Semblance is starting</h1><p>${escape(state.line)}</p></main>`
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Semblance</title><style>${style}</style></head><body>${body}</body></html>`
}

function escape(text: string): string {
  const entities: Record<string, string> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
    "'": '&#39;',
  }
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? character)
}
