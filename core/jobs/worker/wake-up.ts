export interface WakeUp {
  wake: () => void
  /** Resolves after the time, or as soon as somebody wakes (also if they did since the last wait): then true. */
  wait: (ms: number) => Promise<boolean>
}

/** A pause that can be cut short; a wake between two waits is not lost. */
export function createWakeUp(): WakeUp {
  let woken = false
  let end: (() => void) | null = null
  return {
    wake() {
      woken = true
      end?.()
    },
    async wait(ms) {
      if (!woken) {
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, ms)
          end = () => {
            clearTimeout(timer)
            resolve()
          }
        })
        end = null
      }
      const result = woken
      woken = false
      return result
    },
  }
}
