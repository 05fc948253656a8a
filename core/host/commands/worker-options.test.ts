import { Command } from 'commander'
import { expect, test } from 'vitest'
import { givenWork, withWorkerOptions, type WorkerOptions } from './worker-options'

function parse(...words: string[]): WorkerOptions {
  const command = withWorkerOptions(new Command())
    .exitOverride()
    .configureOutput({ writeErr: () => undefined })
  return command.parse(words, { from: 'user' }).opts<WorkerOptions>()
}

test('a worker that is started works, the rest being as this machine keeps it', () => {
  expect(parse()).toMatchObject({ drain: false, patience: 10 })
  expect(givenWork(parse())).toEqual({ background: true })
})

test('what is said counts', () => {
  const options = parse(
    '--drain',
    '--patience',
    '0.5',
    '--concurrency',
    '2',
    '--cpu-share',
    '25',
    '--on-battery',
  )
  expect(options).toMatchObject({ drain: true, patience: 0.5 })
  expect(givenWork(options)).toEqual({ background: true, concurrency: 2, cpu_share: 0.25, on_battery: true })
})

test.each([
  ['--patience', '0'],
  ['--patience', '1441'],
  ['--patience', 'long'],
  ['--concurrency', '0'],
  ['--concurrency', '65'],
  ['--concurrency', '1.5'],
  ['--cpu-share', '4'],
  ['--cpu-share', '101'],
  ['--cpu-share', '25%'],
])('%s %s is refused', (option, value) => {
  expect(() => parse(option, value)).toThrow('Give ')
})
