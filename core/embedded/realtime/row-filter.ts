import { sql, type RawBuilder } from 'kysely'
import type { TableColumns } from './row-catalogue'

export type FilterOperator = 'eq' | 'neq' | 'lt' | 'lte' | 'gt' | 'gte' | 'in'

/** One condition of a subscription's filter, `column=operator.value`. */
export interface Condition {
  column: string
  operator: FilterOperator
  /** One, or those of `in`. */
  values: string[]
}

/** A filter that can't be used; its message goes to the client, in Supabase's words. */
export class FilterError extends Error {
  override readonly name = 'FilterError'
}

const longestFilter = 4096
const mostValues = 100

const comparisons: Record<Exclude<FilterOperator, 'in'>, string> = {
  eq: '=',
  neq: '<>',
  lt: '<',
  lte: '<=',
  gt: '>',
  gte: '>=',
}

/**
 * Reads a filter: conditions between commas, all of which must hold. A value with a comma or a bracket stands in double
 * quotes, in which a backslash takes the next character as it is.
 *
 * @throws FilterError
 */
export function parseFilter(text: string): Condition[] {
  if (text.length > longestFilter) throw new FilterError('Error parsing `filter` params: it is too long')
  if (text.trim() === '') return []
  return splitOutside(text).map((part) => parseCondition(part.trim()))
}

function parseCondition(text: string): Condition {
  const match = /^([^=]+)=(eq|neq|lt|lte|gt|gte|in)\.(.*)$/s.exec(text)
  if (!match) throw new FilterError(`Error parsing \`filter\` params: ${JSON.stringify([text])}`)
  const [, column = '', operator = '', value = ''] = match
  if (operator !== 'in') return { column, operator: operator as FilterOperator, values: [unquote(value)] }
  const list = /^\((.*)\)$/s.exec(value)?.[1]
  const values = list === undefined || list === '' ? [] : splitOutside(list).map(unquote)
  if (values.length === 0) {
    throw new FilterError('Error parsing `filter` params: `in` needs values, as in id=in.(1,2)')
  }
  if (values.length > mostValues) {
    throw new FilterError(`Error parsing \`filter\` params: \`in\` takes ${mostValues} values at most`)
  }
  return { column, operator: 'in', values }
}

/** Splits at commas that stand outside of quotes and brackets. */
function splitOutside(text: string): string[] {
  const parts: string[] = []
  let part = ''
  let depth = 0
  let quoted = false
  for (let i = 0; i < text.length; i += 1) {
    const character = text[i]
    if (quoted && character === '\\') {
      part += character + (text[(i += 1)] ?? '')
      continue
    }
    if (character === '"' && (quoted || /(^|[.(,])$/.test(part))) quoted = !quoted
    if (!quoted && character === '(') depth += 1
    if (!quoted && character === ')') depth -= 1
    if (character === ',' && !quoted && depth <= 0) {
      parts.push(part)
      part = ''
    } else {
      part += character
    }
  }
  return [...parts, part]
}

function unquote(text: string): string {
  return /^".*"$/s.test(text) && text.length > 1 ? text.slice(1, -1).replace(/\\(.)/gs, '$1') : text
}

/**
 * The filter as SQL over a row `t` of that table. Values are parameters; the column's name and type come from the
 * catalogue, never from the client.
 *
 * @throws FilterError where the table has no such column, or none that this role may see
 */
export function filterSql(filter: readonly Condition[], columns: TableColumns): RawBuilder<boolean> {
  const conditions = filter.map(({ column, operator, values }) => {
    const found = columns.find(({ name }) => name === column)
    if (!found) throw new FilterError(`invalid column for filter ${column}`)
    const left = sql.ref(`t.${found.name}`)
    const type = sql.raw(found.sqlType)
    return operator === 'in'
      ? sql<boolean>`${left} = any(${values}::${type}[])`
      : sql<boolean>`${left} ${sql.raw(comparisons[operator])} ${values[0] ?? ''}::${type}`
  })
  // A comparison with null is not true.
  return sql<boolean>`coalesce(${sql.join(conditions, sql` and `)}, false)`
}
