import type { SupabaseClient } from '@supabase/supabase-js'
import { SemblanceError } from '../model/errors'

/** Accounts, made and removed by the host itself (Auth's admin calls). */
export interface Users {
  /**
   * A confirmed account; the database's trigger makes its profile from `metadata` (name, gender, school).
   * @throws SemblanceError CONFLICT where the address is taken, BAD_REQUEST where Auth refuses the password.
   */
  create(input: {
    email: string
    password: string
    metadata?: Record<string, unknown>
  }): Promise<{ id: string }>
  /** The account with its profile and all that hangs on it. Removing one that is gone does nothing. */
  remove(id: string): Promise<void>
  /** Removes a person's second factors, for who has lost theirs. Gives how many there were. */
  removeSecondFactors(id: string): Promise<number>
}

/** @param service A client that carries the secret key. */
export function createUsers(service: SupabaseClient): Users {
  return {
    async create({ email, password, metadata }) {
      const { data, error } = await service.auth.admin.createUser({
        email,
        password,
        email_confirm: true,
        user_metadata: metadata,
      })
      if (!error) return { id: data.user.id }
      if (error.code === 'email_exists' || error.code === 'user_already_exists') {
        throw new SemblanceError('CONFLICT', `There is an account with the address ${email} already.`)
      }
      if (error.status && error.status < 500) throw new SemblanceError('BAD_REQUEST', error.message)
      throw new SemblanceError('UNAVAILABLE', 'The sign-in service does not answer.', undefined, {
        cause: error,
      })
    },
    async remove(id) {
      const { error } = await service.auth.admin.deleteUser(id)
      if (error && error.code !== 'user_not_found') {
        throw new SemblanceError('UNAVAILABLE', `The account could not be removed: ${error.message}`)
      }
    },
    async removeSecondFactors(id) {
      const failed = (error: Error) =>
        new SemblanceError('UNAVAILABLE', `The second factors could not be removed: ${error.message}`)
      const listed = await service.auth.admin.mfa.listFactors({ userId: id })
      if (listed.error) throw failed(listed.error)
      let removed = 0
      for (const factor of listed.data.factors) {
        const { error } = await service.auth.admin.mfa.deleteFactor({ userId: id, id: factor.id })
        if (error && error.code !== 'mfa_factor_not_found') throw failed(error)
        if (!error && factor.status === 'verified') removed += 1
      }
      return removed
    },
  }
}
