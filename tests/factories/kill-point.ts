/**
 * When a program of tests/fixtures ends itself as kill -9 would: so many milliseconds after the so-manieth step. By its
 * steps, not by a clock, each machine is killed in the midst of the work.
 */
export interface KillPoint {
  step: number
  ms: number
}

/** Counts steps, and ends the process at the one that is given; never where none is. */
export function killAt(point: KillPoint | undefined): () => void {
  let steps = 0
  const end = () => process.kill(process.pid, 'SIGKILL')
  return () => {
    if (!point || ++steps !== point.step) return
    if (point.ms > 0) setTimeout(end, point.ms)
    else end()
  }
}

/** A function that takes a step before it is called and after it has ended. */
export function inSteps<Args extends unknown[], Result>(
  step: () => void,
  call: (...args: Args) => Promise<Result>,
): (...args: Args) => Promise<Result> {
  return async (...args) => {
    step()
    const result = await call(...args)
    step()
    return result
  }
}
