import { useEffect, useState } from 'react'
import { blinkInterval } from './blink'

/** Whether the second of two pictures stands now: they change by themselves while it runs, and by hand at any time. */
export function useBlink(
  changesPerSecond: number,
  isRunning: boolean,
): [isSecond: boolean, turn: () => void] {
  const [isSecond, setSecond] = useState(false)
  useEffect(() => {
    if (!isRunning) return
    const timer = setInterval(() => setSecond((now) => !now), blinkInterval(changesPerSecond))
    return () => clearInterval(timer)
  }, [changesPerSecond, isRunning])
  return [isSecond, () => setSecond((now) => !now)]
}
