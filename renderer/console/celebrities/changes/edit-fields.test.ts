import { describe, expect, it } from 'vitest'
import { celebrityEditSchema } from '../../../../core/celebrities/contract-curation'
import { bulkEditOf, draftProblem, editOf, fieldProblem, longest, noDrafts } from './edit-fields'

describe('what may be written', () => {
  it('says what is wrong before the host does', () => {
    expect(fieldProblem('name', '  ')).toBe('Enter a name.')
    expect(fieldProblem('bio', '  ')).toBeUndefined()
    expect(fieldProblem('category', 'x'.repeat(101))).toBe('100 characters at most; these are 101.')
  })

  it('knows the limits of the contract', () => {
    for (const [field, most] of Object.entries(longest)) {
      expect(celebrityEditSchema.safeParse({ [field]: 'x'.repeat(most) }).success).toBe(true)
      expect(celebrityEditSchema.safeParse({ [field]: 'x'.repeat(most + 1) }).success).toBe(false)
    }
  })

  it('empties a field whose text is gone', () => {
    expect(editOf('licence', ' CC0 ')).toEqual({ licence: 'CC0' })
    expect(editOf('licence', ' ')).toEqual({ licence: null })
  })

  it('makes one edit of several fields', () => {
    expect(bulkEditOf(noDrafts)).toBeUndefined()
    expect(
      bulkEditOf({
        ...noDrafts,
        category: { do: 'set', text: ' actor ' },
        licence: { do: 'empty', text: 'ignored' },
        gender: { do: 'set', text: 'female' },
      }),
    ).toEqual({ category: 'actor', licence: null, gender: 'female' })
  })

  it('waits until what is to be set is there', () => {
    const category = { do: 'set', text: '' } as const
    expect(draftProblem('category', category)).toMatch(/Enter what it is to be/)
    expect(bulkEditOf({ ...noDrafts, category })).toBeUndefined()
  })
})
