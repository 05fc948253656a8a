import { tableOf } from '../conformance/compare'
import { document } from '../conformance/document'
import type { PlanContext } from './model'

const everybody = new Set(['public', 'anon', 'authenticated'])

/**
 * What keeps more doors open than Semblance would: policies add up, and none of somebody else's is dropped; rights that
 * ours do not give stay given. And what closes: a table that had no row-level security.
 */
export function openPolicies({ live, reference }: PlanContext): string[] {
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
    const rights = live.catalogue.grants
      .filter(
        (grant) =>
          grant.object === `public.${name}` && (grant.grantee === 'anon' || grant.grantee === 'public'),
      )
      .filter(({ privilege }) => ['insert', 'update', 'delete', 'truncate'].includes(privilege))
      .map(({ privilege }) => privilege)
    const open =
      rights.length === 0
        ? []
        : [`anon keeps its right to ${rights.join(', ')} on ${name}; only policies hold it back.`]
    return [...closing, ...policies, ...open]
  })
}
