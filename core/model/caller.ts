/** Somebody whose token has been verified. Only `supabase/sessions.ts` makes one, and the gateway of the embedded services. */
export interface Caller {
  /** `auth.users.id`. */
  id: string
  email: string | null
  role: 'authenticated'
  /** The token's payload, as `request.jwt.claims` gets it. */
  claims: Record<string, unknown>
}
