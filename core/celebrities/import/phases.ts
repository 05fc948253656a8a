import { SemblanceError } from '../../model/errors'
import type { ImportState } from '../contract-import-schemas'

/**
 * How an import goes on. The database holds the state alone; what happens to it is one line of this table, and what is
 * not in it does not happen.
 */
export const transitions = {
  uploaded: { from: ['uploading'], to: 'scanning' },
  scanned: { from: ['scanning'], to: 'analyzing' },
  analyzed: { from: ['analyzing'], to: 'review' },
  publish: { from: ['review'], to: 'publishing' },
  /** Something had changed underneath: a person is asked again for that. */
  heldBack: { from: ['publishing'], to: 'review' },
  published: { from: ['publishing'], to: 'published' },
  /** What was left open is looked at again. */
  reopen: { from: ['publishing', 'published'], to: 'review' },
  /** Also of one that was published in part. */
  undo: { from: ['review', 'publishing', 'published', 'undoing', 'undone'], to: 'undoing' },
  undone: { from: ['undoing'], to: 'undone' },
  discard: {
    from: ['uploading', 'scanning', 'analyzing', 'review', 'undone', 'discarded'],
    to: 'discarded',
  },
} as const satisfies Record<string, { from: readonly ImportState[]; to: ImportState }>
export type Happening = keyof typeof transitions

/** States in which something runs by itself, and so can be paused. */
export const runningStates = [
  'scanning',
  'analyzing',
  'publishing',
  'undoing',
] as const satisfies readonly ImportState[]
export type RunningState = (typeof runningStates)[number]

/** @throws SemblanceError CONFLICT where that can't happen to an import in this state */
export function after(state: ImportState, happening: Happening): ImportState {
  const { from, to } = transitions[happening]
  if ((from as readonly ImportState[]).includes(state)) return to
  throw new SemblanceError('CONFLICT', refusals[happening](inWords[state]), { state })
}

/** Whether it can be paused: while it runs by itself. */
export function isRunning(state: ImportState): state is RunningState {
  return (runningStates as readonly ImportState[]).includes(state)
}

/** What an import does in a state, after "This import". */
export const inWords: Record<ImportState, string> = {
  uploading: 'is being uploaded',
  scanning: 'is being scanned',
  analyzing: 'is being analysed',
  review: 'waits for review',
  publishing: 'is being published',
  published: 'is published',
  undoing: 'is being undone',
  undone: 'was undone',
  discarded: 'was discarded',
}

const refusals: Record<Happening, (now: string) => string> = {
  uploaded: (now) => `This import ${now}: nothing more can be uploaded to it. Begin another one.`,
  scanned: (now) => `This import ${now}; it is not scanned now.`,
  analyzed: (now) => `This import ${now}; it is not analysed now.`,
  publish: (now) => `This import ${now}. It can be published once it waits for review.`,
  heldBack: (now) => `This import ${now}; it is not published now.`,
  published: (now) => `This import ${now}; it is not published now.`,
  reopen: (now) =>
    `This import ${now}. Only one that is published, or was stopped on its way, can be taken up again.`,
  undo: (now) => `This import ${now}: there is nothing to undo.`,
  undone: (now) => `This import ${now}; it is not undone now.`,
  discard: (now) => `This import ${now}. Undo it first; then it can be discarded.`,
}
