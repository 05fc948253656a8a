import { SemblanceError } from '../../model/errors'

/** Back-pressure: so many at once, so many wait, and one of each person's. */
export interface Turns {
  /**
   * Runs work when its turn comes.
   * @throws SemblanceError UNAVAILABLE where this person's last one still runs or waits, or too many wait
   * @throws the signal's reason where it aborts while it waits
   */
  take: <T>(person: string, work: () => Promise<T>, signal?: AbortSignal) => Promise<T>
}

export function createTurns({ atOnce, waiting }: { atOnce: number; waiting: number }): Turns {
  const people = new Set<string>()
  const queue: (() => void)[] = []
  let running = 0

  function enter(signal: AbortSignal | undefined): Promise<void> {
    signal?.throwIfAborted()
    if (running < atOnce) {
      running += 1
      return Promise.resolve()
    }
    return new Promise((resolve, reject) => {
      const start = () => {
        signal?.removeEventListener('abort', leave)
        resolve()
      }
      const leave = () => {
        queue.splice(queue.indexOf(start), 1)
        reject(signal?.reason as Error)
      }
      signal?.addEventListener('abort', leave, { once: true })
      queue.push(start)
    })
  }

  /** The turn goes to whoever waits longest, so that nobody slips in between. */
  function exit(): void {
    const next = queue.shift()
    if (next) next()
    else running -= 1
  }

  return {
    async take(person, work, signal) {
      if (people.has(person)) throw unavailable('Your last search still runs. Wait for its answer.')
      if (running >= atOnce && queue.length >= waiting) {
        throw unavailable(`${queue.length} searches wait already. Try again in a moment.`)
      }
      people.add(person)
      try {
        await enter(signal)
        try {
          return await work()
        } finally {
          exit()
        }
      } finally {
        people.delete(person)
      }
    },
  }
}

const unavailable = (message: string) => new SemblanceError('UNAVAILABLE', message)
