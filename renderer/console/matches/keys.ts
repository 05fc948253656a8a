import type { KeyGroup } from '../../kit/keys-dialog'

/** What the keys do on the screen of matches. */
export const matchKeys: readonly KeyGroup[] = [
  {
    title: 'List',
    keys: [
      [['↑', '↓'], 'The pair before, the next'],
      [['Home', 'End'], 'The first, the last'],
      [['PgUp', 'PgDn'], 'A page up, down'],
      [['Enter'], 'See the pair at full width'],
      [['/'], 'Search names'],
      [['Space'], 'Choose the pair'],
      [['Shift', '↓'], 'Choose on the way'],
      [['Ctrl', 'A'], 'Choose all, or none'],
      [['Esc'], 'Close, or choose none'],
    ],
  },
  {
    title: 'Pair',
    keys: [
      [['J'], 'The next pair'],
      [['K'], 'The pair before'],
      [['W'], 'Full width'],
      [['R'], 'Recompute the score'],
      [['Del'], 'Remove…'],
    ],
  },
  {
    title: 'Photos',
    keys: [
      [['V'], 'The next way to compare'],
      [['L'], 'Landmarks'],
      [['F'], 'Features'],
      [['T'], 'Mesh'],
      [['D'], 'Displacement'],
      [['B'], 'Box, as photographed'],
      [['Z'], 'Zoom, as photographed'],
    ],
  },
  {
    title: 'Screen',
    keys: [
      [['I'], 'Search by photo'],
      [['U'], 'Removed pairs'],
      [['?'], 'These keys'],
      [['Ctrl', 'K'], 'Jump to…'],
    ],
  },
]
