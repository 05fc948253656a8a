import type { Tone } from '../../kit/tone'

/** What the states of a connection mean. */
export const connectionTones: Record<'active' | 'blocked' | 'archived', Tone> = {
  active: 'good',
  blocked: 'bad',
  archived: 'neutral',
}
