/** The four meanings that a colour may have, and none. */
export type Tone = 'neutral' | 'accent' | 'good' | 'warning' | 'bad' | 'info'

export const toneSoft: Record<Tone, string> = {
  neutral: 'bg-active text-ink-2',
  accent: 'bg-accent-soft text-accent-ink',
  good: 'bg-good-soft text-good',
  warning: 'bg-warning-soft text-warning',
  bad: 'bg-bad-soft text-bad',
  info: 'bg-info-soft text-info',
}

export const toneSolid: Record<Tone, string> = {
  neutral: 'bg-ink-3',
  accent: 'bg-accent-solid',
  good: 'bg-good-solid',
  warning: 'bg-warning-solid',
  bad: 'bg-bad-solid',
  info: 'bg-info-solid',
}
