import { describe, expect, it } from 'vitest'
import { stepsOf } from './attempts'

const stage = (name: string, ms: number) => ({ stage: name, ms })
const words = (steps: ReturnType<typeof stepsOf>) =>
  steps.map(({ id, duration, isFailed }) => `${id} ${duration ?? 'missed'}${isFailed ? ' failed' : ''}`)

describe('the stages of an attempt', () => {
  it('are those that it passed', () => {
    expect(words(stepsOf({ stages: [stage('fetch', 3), stage('decode', 9)], failed_stage: null }))).toEqual([
      'fetch 3',
      'decode 9',
    ])
  })

  it('end with those that a failure kept it from', () => {
    const stages = [stage('fetch', 3), stage('decode', 9), stage('detect', 40)]
    expect(words(stepsOf({ stages, failed_stage: 'detect' }))).toEqual([
      'fetch 3',
      'decode 9',
      'detect 40 failed',
      'align missed',
      'embed missed',
      'attributes missed',
      'search missed',
      'write missed',
    ])
  })

  it('name a stage of another version all the same', () => {
    expect(words(stepsOf({ stages: [stage('fetch', 3)], failed_stage: 'polish' }))).toEqual([
      'fetch 3',
      'polish missed failed',
    ])
  })
})
