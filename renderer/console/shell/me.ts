import { createContext, useContext } from 'react'
import type { Me } from '../../../core/accounts/contract'
import { type Role, roles } from '../../../core/model/roles'

export const MeContext = createContext<Me | undefined>(undefined)

/** Whoever is signed in to the console: at least a moderator. */
export function useMe(): Me {
  const me = useContext(MeContext)
  if (!me) throw new Error('useMe works only inside the console.')
  return me
}

/** Whether a role holds what `least` may do. The host decides for itself; this only spares people a refusal. */
export function isAtLeast(role: Role, least: Role): boolean {
  return roles.indexOf(role) >= roles.indexOf(least)
}
