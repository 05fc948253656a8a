import type { KeyGroup } from '../../../kit/keys-dialog'

/** What the keys of the review do; docs/curation.md has the same table. */
export const reviewKeys: readonly KeyGroup[] = [
  {
    title: 'Decide',
    keys: [
      [['A'], 'Accept'],
      [['R'], 'Reject'],
      [['S'], 'Same person as the one compared with'],
      [['D'], 'Different person'],
      [['F'], 'Next face of the photo'],
      [['1', '…', '9'], 'That face'],
      [['E'], 'Describe: name, licence, source…'],
      [['B'], 'Back to what the plan says'],
    ],
  },
  {
    title: 'Move',
    keys: [
      [['N'], 'Next item, also Enter'],
      [['P'], 'Item before'],
      [['←', '→'], 'Other photo of this person'],
      [['Ctrl', '→'], 'Next item, also Alt →'],
      [['Ctrl', '←'], 'Item before, also Alt ←'],
      [['↑', '↓'], 'Through the list, when it has the focus'],
    ],
  },
  {
    title: 'Many',
    keys: [
      [['Space'], 'Choose, in the list'],
      [['Ctrl', 'A'], 'Choose all that are loaded, in the list'],
      [['Esc'], 'Choose none'],
      [['/'], 'Search'],
    ],
  },
  {
    title: 'Always',
    keys: [
      [['Ctrl', 'Z'], 'Undo the last decision'],
      [['Ctrl', 'Shift', 'Z'], 'Do it again, also Ctrl Y'],
      [['?'], 'These keys'],
    ],
  },
]

/** What is worth seeing all the time, besides what buttons say of themselves. */
export const legend: readonly (readonly [keys: string[], does: string])[] = [
  [['F'], 'other face'],
  [['←', '→'], 'other photo'],
  [['Ctrl', '→'], 'other item'],
  [['Ctrl', 'Z'], 'undo'],
  [['?'], 'all keys'],
]
