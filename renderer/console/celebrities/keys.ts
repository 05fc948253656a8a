import type { KeyGroup } from '../../kit/keys-dialog'

/** What the keys do on the screen of celebrities. */
export const celebrityKeys: readonly KeyGroup[] = [
  {
    title: 'Catalogue',
    keys: [
      [['↑', '↓', '←', '→'], 'Walk'],
      [['Home', 'End'], 'The first, the last'],
      [['/'], 'Search'],
      [['V'], 'Grid or table'],
      [['Space'], 'Choose'],
      [['Shift', '↓'], 'Choose on the way'],
      [['Ctrl', 'A'], 'Choose all that match, or nobody'],
      [['Esc'], 'Close, or choose nobody'],
    ],
  },
  {
    title: 'Celebrity',
    keys: [
      [['E'], 'Edit the name; in the table, Tab goes on'],
      [['R'], 'Re-analyse'],
      [['P'], 'Replace the photo…'],
      [['M'], 'Merge…'],
      [['Del'], 'Move to the trash'],
      [['L'], 'Landmarks'],
      [['F'], 'Features'],
      [['T'], 'Mesh'],
      [['Z'], 'Zoom'],
    ],
  },
  {
    title: 'Outliers',
    keys: [
      [['→'], 'The next one'],
      [['←'], 'The one before'],
      [['M'], 'Same person: merge'],
      [['N'], 'Not the same'],
      [['S'], 'Swap who stays'],
      [['U'], 'Use the further photo'],
      [['Del'], 'Trash, or remove the photo'],
    ],
  },
  {
    title: 'Screen',
    keys: [
      [['Ctrl', 'Z'], 'Undo your last change'],
      [['Ctrl', 'Shift', 'Z'], 'Do it again, also Ctrl Y'],
      [['R'], 'In the trash: restore'],
      [['?'], 'These keys'],
      [['Ctrl', 'K'], 'Jump to…'],
    ],
  },
]
