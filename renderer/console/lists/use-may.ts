import { useQuery } from '@tanstack/react-query'
import { roles, type Role } from '../../../core/model/roles'
import { useApi } from '../../rpc/connection'

/** Whether who is signed in has at least this role; false until that is known. The host decides anew at every call. */
export function useMay(role: Role): boolean {
  const me = useQuery(useApi().accounts.me.queryOptions())
  return me.data !== undefined && roles.indexOf(me.data.role) >= roles.indexOf(role)
}
