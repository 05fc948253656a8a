import { connectionsUrl, formerUrl, retryUrl } from './addresses'
import type { HostState } from './host-process'

const style = `
  :root { color-scheme: light dark; }
  body { margin: 0; min-height: 100vh; display: grid; place-items: center; font: 13px/1.5 system-ui, sans-serif;
    background: light-dark(#f7f7f8, #0e0f11); color: light-dark(#17181b, #ecedef); }
  main { max-width: 560px; padding: 32px; }
  h1 { font-size: 16px; font-weight: 600; margin: 0 0 8px; }
  p { margin: 0 0 16px; white-space: pre-wrap; overflow-wrap: anywhere; color: light-dark(#4b4e55, #b4b7bd); }
  nav { display: flex; flex-wrap: wrap; gap: 8px; }
  a { padding: 5px 12px; border: 1px solid transparent; border-radius: 6px; background: #5646d6; color: #fff; text-decoration: none; }
  a + a { border-color: light-dark(#c9ccd2, #3a3d44); background: none; color: inherit; }
  a:focus-visible { outline: 2px solid currentColor; outline-offset: 2px; }
`

/** The page that stands in the window while there is no host to show: what is going on, or what went wrong. */
export function noticePage(state: Exclude<HostState, { phase: 'ready' }>): string {
  const body =
    state.phase === 'failed'
      ? `<main role="alert"><h1>Semblance could not start</h1><p>${escape(state.message)}</p><nav aria-label="What to do">${ways(state)}</nav></main>`
      : `<main role="status"><h1>Semblance is starting</h1><p>${escape(state.line)}</p></main>`
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Semblance</title><style>${style}</style></head><body>${body}</body></html>`
}

function ways({ mayConnect, former }: Extract<HostState, { phase: 'failed' }>): string {
  const links = [`<a href="${retryUrl}">Try again</a>`]
  if (mayConnect) links.push(`<a href="${connectionsUrl}">Change the connection…</a>`)
  if (former !== null) links.push(`<a href="${formerUrl}">Back to ${escape(former)}</a>`)
  return links.join('')
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
