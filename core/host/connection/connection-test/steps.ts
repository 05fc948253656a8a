import type { Check, ConnectionFieldName } from '../../../servers/contract'

/** What a look found. */
export interface Finding {
  state: 'ok' | 'warning' | 'failed' | 'skipped'
  message: string
  /** What to do. */
  remedy?: string
  /** The field to blame, where it is another than the step's. */
  field?: ConnectionFieldName
}

/** One thing to look at. */
export interface Step {
  id: string
  name: string
  part: Check['part']
  field: ConnectionFieldName
  /** The steps without which this one makes no sense: it is skipped where one of them did not succeed. */
  needs?: readonly string[]
  look: (signal: AbortSignal) => Promise<Finding>
}

export const ok = (message: string): Finding => ({ state: 'ok', message })
export const skipped = (message: string): Finding => ({ state: 'skipped', message })
export const warning = (message: string, remedy: string): Finding => ({ state: 'warning', message, remedy })
export const failed = (message: string, remedy: string, field?: ConnectionFieldName): Finding => ({
  ...{ state: 'failed', message, remedy },
  ...(field ? { field } : {}),
})

/** A look that takes longer has failed. */
export const limitMs = 10_000

/**
 * Takes the steps in their order, telling each when it begins and when it is done.
 * @param signal ends it early: the step under way is told to stop, and no other begins
 */
export async function* takeSteps(
  steps: readonly Step[],
  signal: AbortSignal,
  limit = limitMs,
): AsyncGenerator<Check, void> {
  const found = new Map<string, Finding['state']>()
  for (const step of steps) {
    if (signal.aborted) return
    const { id, name, part, field } = step
    const head = { id, name, part }
    const hindrance = step.needs?.find(
      (need) => found.get(need) === 'failed' || found.get(need) === 'skipped',
    )
    if (hindrance !== undefined) {
      found.set(id, 'skipped')
      yield { ...head, field, state: 'skipped', message: '', remedy: null, ms: 0 }
      continue
    }
    yield { ...head, field, state: 'running', message: '', remedy: null, ms: 0 }
    const began = performance.now()
    const finding = await within(step, signal, limit)
    if (signal.aborted) return
    found.set(id, finding.state)
    yield {
      ...head,
      field: finding.field ?? field,
      state: finding.state,
      message: finding.message,
      remedy: finding.remedy ?? null,
      ms: Math.round((performance.now() - began) * 10) / 10,
    }
  }
}

async function within(step: Step, signal: AbortSignal, limit: number): Promise<Finding> {
  const ending = new AbortController()
  const end = () => ending.abort()
  const timer = setTimeout(end, limit)
  signal.addEventListener('abort', end, { once: true })
  const late = new Promise<Finding>((resolve) => {
    ending.signal.addEventListener('abort', () => resolve(tooLate(limit)), { once: true })
  })
  try {
    return await Promise.race([step.look(ending.signal).catch(unexpected), late])
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', end)
    // What the look has left open ends with it.
    ending.abort()
  }
}

function tooLate(limit: number): Finding {
  return failed(
    `No answer within ${Math.round(limit / 1000)} s.`,
    'Check the address, firewalls in between, and whether the project is paused.',
  )
}

function unexpected(error: unknown): Finding {
  const message = error instanceof Error ? error.message : String(error)
  return failed(message || 'It failed without a word.', 'Try again; the message is the server’s own.')
}
