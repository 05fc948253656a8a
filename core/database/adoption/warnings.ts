import { tableOf } from '../conformance/compare'
import { document } from '../conformance/document'
import type { PlanContext } from './model'

const everybody = new Set(['public', 'anon', 'authenticated'])

/**
 * What keeps more doors open than Semblance would: policies add up, and none of somebody else's is dropped; rights that
 * ours do not give stay given. And what closes: a table that had no row-level security.
 */
export function openPolicies(context: PlanContext): string[] {
  const { live, reference } = context
  return Object.keys(document.tables).flatMap((name) => {
    const table = tableOf(live.catalogue, `public.${name}`)
    if (!table) return []
    const ours = tableOf(reference.catalogue, `public.${name}`)
    const policies = table.policies
      .filter((policy) => policy.permissive && policy.roles.some((role) => everybody.has(role)))
      .filter(
        (policy) => !ours?.policies.some((one) => one.name === policy.name && one.using === policy.using),
      )
      .map((policy) => {
        const rule = policy.using ?? policy.check ?? 'true'
        return `The policy ${policy.name} on ${name} stays, and what it allows is allowed beside Semblance's rules: ${policy.command} to ${policy.roles.join(', ')} where ${rule}`
      })
    const closing = table.row_level_security
      ? []
      : [`${name} had no row-level security: whoever read it by a grant alone is now held to the policies.`]
    const rights = openRights(context, `public.${name}`)
    return [...closing, ...policies, ...rights]
  })
}

/** Of what somebody else granted: what policies hold back, and what no policy does. */
function openRights({ live, reference }: PlanContext, table: string): string[] {
  const ours = new Set(
    reference.catalogue.grants
      .filter(({ kind, object }) => kind === 'table' && object === table)
      .map(({ grantee, privilege }) => `${privilege} ${grantee}`),
  )
  return [...everybody].flatMap((grantee) => {
    const rights = live.catalogue.grants
      .filter(
        ({ kind, object, ...grant }) => kind === 'table' && object === table && grant.grantee === grantee,
      )
      .map(({ privilege }) => privilege)
      .filter((privilege) => !ours.has(`${privilege} ${grantee}`))
    const held = rights.filter((right) => ['insert', 'update', 'delete'].includes(right)).join(', ')
    const free = rights.filter((right) => ['truncate', 'references', 'trigger'].includes(right)).join(', ')
    return [
      ...(held === ''
        ? []
        : [`${grantee} keeps its right to ${held} on ${table}; only policies hold it back.`]),
      ...(free === ''
        ? []
        : [
            `${grantee} keeps its right to ${free} on ${table}, and no policy holds that back. To take it away: revoke ${free} on ${table} from ${grantee}`,
          ]),
    ]
  })
}
