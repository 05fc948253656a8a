/** A list of words and of lists: what stands in parentheses. */
type Nested = (string | Nested)[]

/**
 * A catalogue expression with its ANDs and ORs flattened. PostgreSQL writes `((a OR b) OR c)` for what it was told as a
 * list, and `(a OR b OR c)` for the same once it has read that text again.
 */
export function flattenBooleans(text: string): string {
  return write(flatten(parse(text)))
}

function parse(text: string): Nested {
  const root: Nested = []
  const open: Nested[] = [root]
  for (const [word] of text.matchAll(/(?:'(?:[^']|'')*'|"[^"]*"|[^()'"\s])+|[()]/g)) {
    if (word === '(') {
      const group: Nested = []
      open.at(-1)?.push(group)
      open.push(group)
    } else if (word === ')') open.pop()
    else open.at(-1)?.push(word)
  }
  return root
}

function flatten(list: Nested): Nested {
  const inner = list.map((part) => (typeof part === 'string' ? part : flatten(part)))
  const connective = connectiveOf(inner)
  if (connective === null) return inner
  return inner.flatMap((part, index) => {
    const isWholeOperand =
      typeof part !== 'string' &&
      (index === 0 || inner[index - 1] === connective) &&
      (index === inner.length - 1 || inner[index + 1] === connective)
    return isWholeOperand && connectiveOf(part) === connective ? part : [part]
  })
}

/** The one that joins all operands of a list. */
function connectiveOf(list: Nested): 'AND' | 'OR' | null {
  const [hasAnd, hasOr] = [list.includes('AND'), list.includes('OR')]
  if (hasAnd === hasOr) return null
  return hasAnd ? 'AND' : 'OR'
}

function write(list: Nested): string {
  return list.map((part) => (typeof part === 'string' ? part : `(${write(part)})`)).join(' ')
}
