import type { Catalogue, Grant } from './catalogue'
import { document } from './document'

/** What one role may do with one object beyond what the migrations grant. */
export interface ExcessRights {
  /** `rights of anon on table public.faces` */
  object: string
  /** Such as `truncate` or `select (email)`, in order. */
  rights: string[]
}

/** How the note of an adoption begins about rights that it found; they follow. */
export const stoodBefore = 'granted before the adoption: '

const outsiders = new Set(['anon', 'authenticated', 'public'])

/**
 * Rights of whoever comes through an API on what is documented or ours, beyond what the migrations give them: tables,
 * columns and functions of public, private and semblance, those schemas, and the tables of auth.
 */
export function excessRights(live: Catalogue, reference: Catalogue): ExcessRights[] {
  const given = new Set(reference.grants.map(keyOf))
  const isOurs = belongingTo(reference)
  const found = new Map<string, string[]>()
  for (const grant of live.grants) {
    if (!outsiders.has(grant.grantee) || !isOurs(grant) || given.has(keyOf(grant))) continue
    if (grant.kind === 'column' && given.has(keyOf({ ...grant, kind: 'table', column: null }))) continue
    const what = grant.kind === 'column' ? 'table' : grant.kind
    const object = `rights of ${grant.grantee} on ${what} ${grant.object}`
    const right = grant.column === null ? grant.privilege : `${grant.privilege} (${grant.column})`
    found.set(object, [...(found.get(object) ?? []), right])
  }
  return [...found].map(([object, rights]) => ({ object, rights: rights.sort() }))
}

function belongingTo({ tables, views, functions }: Catalogue): (grant: Grant) => boolean {
  const relations = new Set([
    ...[...tables, ...views].map(({ schema, name }) => `${schema}.${name}`),
    ...Object.keys(document.tables).map((name) => `public.${name}`),
  ])
  const calls = new Set(functions.map((one) => `${one.schema}.${one.name}(${one.argument_types})`))
  return ({ kind, object, grantee }) => {
    const [schema = ''] = object.split('.')
    const isHome = schema === 'private' || schema === 'semblance'
    switch (kind) {
      case 'schema':
        // Before version 15 everybody could create in public, which is the server's business.
        return isHome || (schema === 'public' && grantee !== 'public')
      case 'table':
      case 'column':
        return isHome || ((schema === 'public' || schema === 'auth') && relations.has(object))
      case 'function':
        return isHome || (schema === 'public' && calls.has(object))
      case 'sequence':
        return isHome
    }
  }
}

function keyOf({ kind, object, column, grantee, privilege }: Grant): string {
  return [kind, object, column ?? '', grantee, privilege].join(' ')
}
