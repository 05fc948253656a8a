import { z } from 'zod'

/** Who may do what, from least to most. `profiles.role` holds one of them. */
export const roles = ['user', 'moderator', 'curator', 'admin'] as const
export const roleSchema = z.enum(roles)
export type Role = z.infer<typeof roleSchema>

/** Whether a role may open the console. */
export function isStaff(role: Role): boolean {
  return role !== 'user'
}
