import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { mergeFilters, parseFilters } from './filters'

const schema = z.object({
  status: z.enum(['pending', 'failed']).optional(),
  min: z.number().min(0).max(1).optional(),
  search: z.string().max(5).optional(),
  sort: z.enum(['name', 'newest']).default('name'),
})

describe('reading filters', () => {
  it('takes what fits and leaves out what does not, field by field', () => {
    expect(parseFilters(schema, { status: 'failed', min: 7, sort: 'rubbish', other: 1 })).toEqual({
      status: 'failed',
      sort: 'name',
    })
  })

  it('takes a number or a truth value for text where text is meant', () => {
    expect(parseFilters(schema, { search: 123, min: 0 })).toEqual({ search: '123', min: 0, sort: 'name' })
    expect(parseFilters(schema, { search: true })).toMatchObject({ search: 'true' })
    expect(parseFilters(schema, { search: 1_234_567 })).toEqual({ sort: 'name' })
  })

  it('fills in defaults', () => {
    expect(parseFilters(schema, {})).toEqual({ sort: 'name' })
  })
})

describe('changing filters', () => {
  it('keeps the others, takes out what is cleared and what is the default', () => {
    const current = { status: 'failed', min: 0.5, sort: 'newest' }
    expect(mergeFilters(schema, current, { status: undefined })).toEqual({ min: 0.5, sort: 'newest' })
    expect(mergeFilters(schema, current, { sort: 'name' })).toEqual({ status: 'failed', min: 0.5 })
    expect(mergeFilters(schema, current, { min: 0 })).toEqual({ status: 'failed', min: 0, sort: 'newest' })
  })
})
