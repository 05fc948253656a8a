import { describe, expect, it } from 'vitest'
import { restoreGroups } from './restore'

describe('what is brought back from the trash', () => {
  it('is those that are meant, whoever else went with them', () => {
    expect(
      restoreGroups([
        { group_id: 'g', celebrity_id: 'a' },
        { group_id: 'h', celebrity_id: 'b' },
        { group_id: 'g', celebrity_id: 'c' },
      ]),
    ).toEqual([
      { group_id: 'g', celebrity_ids: ['a', 'c'] },
      { group_id: 'h', celebrity_ids: ['b'] },
    ])
  })
})
