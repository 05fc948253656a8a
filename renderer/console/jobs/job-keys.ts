import type { KeyGroup } from '../../kit/keys-dialog'

/** What the keys do on the screen of jobs. */
export const jobKeys: readonly KeyGroup[] = [
  {
    title: 'Lists',
    keys: [
      [['↑', '↓'], 'The row before, the next'],
      [['Home', 'End'], 'The first, the last'],
      [['/'], 'Search'],
      [['Space'], 'Choose the job'],
      [['Shift', 'Space'], 'Choose up to here'],
      [['Ctrl', 'A'], 'Choose all that are loaded'],
      [['Esc'], 'Close the pane'],
    ],
  },
  {
    title: 'Job',
    keys: [
      [['←', '→'], 'The job before, the next'],
      [['R'], 'Retry'],
    ],
  },
  {
    title: 'Failures',
    keys: [
      [['R'], 'Retry the group…'],
      [['D'], 'Dismiss the group…'],
    ],
  },
  {
    title: 'Screen',
    keys: [
      [['N'], 'Now, failures, jobs, workers: the next'],
      [['P'], 'Hold the numbers still'],
      [['←', '→'], 'Read a chart that has the focus'],
      [['?'], 'These keys'],
    ],
  },
]
