import { z } from 'zod'

/** Who may do what, from least to most. `profiles.role` holds one of them. */
export const roles = ['user', 'moderator', 'curator', 'admin'] as const
export const roleSchema = z.enum(roles)
export type Role = z.infer<typeof roleSchema>

/** The roles that may open the console. */
export const staffRoles = ['moderator', 'curator', 'admin'] as const satisfies readonly Role[]

export function isStaff(role: Role): boolean {
  return role !== 'user'
}
