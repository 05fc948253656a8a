import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { WorkerStatus } from '../../model/status'
import { sayWhatHolds } from './worker-words'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

function terminal(areModelsReady = true) {
  const said: string[] = []
  const tell = sayWhatHolds(
    (line) => void said.push(line),
    () => areModelsReady,
  )
  const status = { id: 'w', running: 0, completed: 0, failed: 0, started_at: new Date(0) }
  return {
    said,
    tell: (state: WorkerStatus['state'], message: string | null = null) =>
      tell({ ...status, state, message }),
  }
}

test('what is away is said once, however it is called meanwhile, and that it is back', () => {
  const { said, tell } = terminal()
  tell('idle')
  tell('waiting', 'The database can’t be reached.')
  vi.advanceTimersByTime(1000)
  tell('waiting', 'The database is starting.')
  vi.advanceTimersByTime(60_000)
  tell('waiting', 'Storage does not answer.')
  vi.advanceTimersByTime(60_000)
  expect(said).toEqual(['The database can’t be reached.'])
  tell('busy')
  tell('idle')
  expect(said).toEqual(['The database can’t be reached.', 'Working again.'])
  tell('waiting', 'The database can’t be reached.')
  vi.advanceTimersByTime(2000)
  expect(said).toHaveLength(3)
})

test('what is over at once is not worth a line', () => {
  const { said, tell } = terminal()
  tell('waiting', 'The connection was cut.')
  vi.advanceTimersByTime(1000)
  tell('idle')
  vi.advanceTimersByTime(60_000)
  expect(said).toEqual([])
})

test('each reason of a pause is said, at once; that it ends the work is not', () => {
  const { said, tell } = terminal()
  tell('starting')
  tell('paused', 'This machine runs on battery.')
  tell('paused', 'This machine runs on battery.')
  tell('paused', 'Paused by an operator.')
  tell('stopped')
  expect(said).toEqual(['This machine runs on battery.', 'Paused by an operator.'])
})

test('models that are being fetched say so themselves', () => {
  const { said, tell } = terminal(false)
  tell('waiting', 'Fetching the face models.')
  vi.advanceTimersByTime(60_000)
  tell('idle')
  expect(said).toEqual([])
})
