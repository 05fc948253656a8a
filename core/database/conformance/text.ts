/** How catalogue texts are brought into one form, whatever the server's version and whoever wrote them. */

const reserved = new Set(
  'all and any array as asc check column create default desc distinct do else end except false for foreign from grant group having in into limit not null offset on only or order primary references select table then to true union unique user using when where with'.split(
    ' ',
  ),
)

/** A name as SQL needs it. */
export function identifier(name: string): string {
  return /^[a-z_][a-z0-9_]*$/.test(name) && !reserved.has(name) ? name : `"${name.replaceAll('"', '""')}"`
}

/** `schema.name` as SQL needs it. */
export function qualified(schema: string, name: string): string {
  return `${identifier(schema)}.${identifier(name)}`
}

export function literal(text: string): string {
  return text.includes('\\')
    ? `E'${text.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`
    : `'${text.replaceAll("'", "''")}'`
}

/** White space is the server's business. */
export function squeeze(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim()
}

/** PostgreSQL 16 stopped to write a column's table where only one is meant, so that is left out of a comparison. */
export function normalizeView(definition: string): string {
  return squeeze(
    definition
      .replaceAll(/\b[a-z_]+\.(?=[a-z_])/g, '')
      // Some versions name a constant that has no name after its type.
      .replaceAll(/::(\w+)( AS \1\b)?|[();]/g, ' '),
  )
}

/** A default value without the casts that only say what the column says already. */
export function normalizeDefault(expression: string | null): string | null {
  if (expression === null) return null
  const plain = expression
    .replace(/^\((.*)\)$/s, '$1')
    .replaceAll(/::(?:[a-z_]+\.)?(?:text|character varying|uuid|integer|bigint|boolean|jsonb)\b/g, '')
    .replaceAll(/\b(extensions|pg_catalog)\./g, '')
  return /^current_timestamp$/i.test(plain) ? 'now()' : plain
}

const indexDefaults: Record<string, string> = {
  hnsw: "ef_construction='64', m='16'",
  ivfflat: "lists='100'",
}

/** An index as the document writes it: method, columns, parameters (with their defaults), predicate. */
export function indexAsWritten(definition: string, unique: boolean): string {
  const written = definition.slice(definition.indexOf(' USING ') + ' USING '.length)
  const [body, predicate] = written.replaceAll(/\b(extensions|pg_catalog|public)\./g, '').split(' WHERE ')
  const [columns, parameters] = body.split(' WITH ')
  const method = columns.slice(0, columns.indexOf(' '))
  const given = parameters === undefined ? indexDefaults[method] : sortedParameters(parameters)
  const where = predicate === undefined ? '' : ` where ${squeeze(predicate.replaceAll(/[()]|::text/g, ''))}`
  const text = `${unique ? 'unique ' : ''}${columns}${given === undefined ? '' : ` with (${given})`}${where}`
  return text.replaceAll(/\b(ASC|DESC|NULLS|FIRST|LAST|IS|NOT|NULL|AND|OR)\b/g, (word) => word.toLowerCase())
}

function sortedParameters(parameters: string): string {
  const list = parameters.replaceAll(/[()]/g, '').split(',')
  return list
    .map((parameter) => parameter.trim().replace(/=\s*'?([^']*)'?$/, "='$1'"))
    .sort()
    .join(', ')
}

/** The values that a check allows, the comparison with zero that it makes, or the check itself. */
export function checkAsWritten(definition: string): string[] {
  const isList = /^CHECK \(+(?:lower\()?\w+\)?(?:::text)?\)? (?:= ANY|=) /.test(squeeze(definition))
  const values = Array.from(
    definition.matchAll(/'([^']*)'::(?:text|character varying)/g),
    (match) => match[1],
  )
  if (isList && values.length > 0) return values
  return />= (?:\(?0\)?)(?:::[a-z ]+)?\)*$/.test(definition) ? ['>= 0'] : [squeeze(definition)]
}
