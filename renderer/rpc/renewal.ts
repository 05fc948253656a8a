import { backoff } from './live'

/** Milliseconds after which a request that nobody has answered counts as unanswered. */
const patience = 10_000

/** Renewing a session over an outage of whoever renews it, however long that lasts. */
export interface Renewal {
  /** For Supabase's client. */
  fetch: typeof fetch
  /** Resolves once a renewal has gone unanswered; at once while none was answered since. */
  unanswered: () => Promise<void>
  /** Has a renewal that waits tried at once, and resolves where that goes unanswered, too. */
  tryNow: () => Promise<void>
  /** Ends a renewal that waits: the session is given up. */
  giveUp: () => void
}

/**
 * Supabase's client tries a renewal for half a minute, and then does not try again for a whole one, whoever asks. So it
 * hears of an outage of Auth only when that is over: until then, its request is repeated here, a few seconds apart.
 */
export function createRenewal(send: typeof fetch = (input, init) => fetch(input, init)): Renewal {
  const listeners = new Set<() => void>()
  let isUnanswered = false
  let wake: (() => void) | undefined
  let ending = new AbortController()

  const missed = () =>
    new Promise<void>((resolve) => {
      const hear = () => {
        listeners.delete(hear)
        resolve()
      }
      listeners.add(hear)
    })

  const rest = (milliseconds: number) =>
    new Promise<void>((resolve) => {
      const go = () => {
        clearTimeout(timer)
        resolve()
      }
      const timer = setTimeout(go, milliseconds)
      wake = go
    })

  const once = async (input: RequestInfo | URL, init: RequestInit | undefined, ended: AbortSignal) => {
    try {
      const answer = await send(input, {
        ...init,
        signal: AbortSignal.any([ended, AbortSignal.timeout(patience)]),
      })
      // An Auth that fails, or has no time, has said nothing of the session.
      return answer.status >= 500 || answer.status === 429 ? null : answer
    } catch {
      return null
    }
  }

  const renew = async (input: RequestInfo | URL, init: RequestInit | undefined) => {
    const { signal: ended } = ending
    for (let attempt = 0; !ended.aborted; attempt += 1) {
      const answer = await once(input, init, ended)
      isUnanswered = answer === null && !ended.aborted
      if (answer) return answer
      for (const hear of [...listeners]) hear()
      if (!ended.aborted) await rest(backoff(attempt))
    }
    // Supabase's client takes no answer for an outage; to this one it gives the session up.
    return Response.json({ code: 400, error_code: 'session_expired', msg: 'Given up.' }, { status: 400 })
  }

  return {
    fetch: (input, init) => (isRenewal(input) ? renew(input, init) : send(input, init)),
    unanswered: () => (isUnanswered ? Promise.resolve() : missed()),
    tryNow: () => {
      const answer = missed()
      wake?.()
      return answer
    },
    giveUp: () => {
      ending.abort()
      ending = new AbortController()
      isUnanswered = false
      wake?.()
    },
  }
}

function isRenewal(input: RequestInfo | URL): boolean {
  const { pathname, searchParams } = new URL(input instanceof Request ? input.url : input)
  return pathname.endsWith('/auth/v1/token') && searchParams.get('grant_type') === 'refresh_token'
}
