import { Hono, type Context } from 'hono'
import { AuthError, emailExists, userNotFound, validationFailed } from './errors'
import { checkPassword, hashPassword, isImportableHash } from './passwords'
import { findFactor, removeFactor } from './factors'
import { adminUserRequest, deleteUserRequest, parseBan, readBody, uuidParameter } from './requests'
import { endSessions } from './sessions'
import type { AuthContext } from './context'
import {
  deleteUser,
  findUserByEmail,
  findUserById,
  insertUser,
  listUsers,
  updateUser,
  userView,
} from './users'

const maximumPerPage = 1000

/** `/admin/users`, for the secret key only: the caller has made sure of it. */
export function adminRoutes({ database, clock }: AuthContext): Hono {
  const routes = new Hono()

  routes.post('/users', async (c) => {
    const body = await readBody(c, adminUserRequest)
    const email = body.email
    if (!email) throw validationFailed('Cannot create a user without either an email or phone')
    const now = clock()
    const encryptedPassword = await encrypted(body)
    const user = await database.asOwner(async (trx) => {
      if (await findUserByEmail(trx, email)) throw emailExists()
      return insertUser(
        trx,
        {
          id: body.id ?? undefined,
          email,
          encryptedPassword: encryptedPassword ?? null,
          userMetadata: body.user_metadata ?? undefined,
          appMetadata: body.app_metadata ?? undefined,
          bannedUntil: parseBan(body.ban_duration, now),
        },
        now,
      )
    })
    return c.json(userView(user))
  })

  routes.get('/users', async (c) => {
    const page = positive(c, 'page', 1)
    const perPage = Math.min(positive(c, 'per_page', 50), maximumPerPage)
    const { users, total } = await database.asOwner((trx) => listUsers(trx, { page, perPage }))
    const lastPage = Math.max(1, Math.ceil(total / perPage))
    const link = (to: number, rel: string) => `</admin/users?page=${to}&per_page=${perPage}>; rel="${rel}"`
    c.header('X-Total-Count', String(total))
    c.header(
      'Link',
      [...(page < lastPage ? [link(page + 1, 'next')] : []), link(lastPage, 'last')].join(', '),
    )
    return c.json({ users: users.map(userView), aud: 'authenticated' })
  })

  routes.get('/users/:id', async (c) => {
    const id = userId(c)
    const user = await database.asOwner((trx) => findUserById(trx, id))
    if (!user) throw userNotFound(404)
    return c.json(userView(user))
  })

  routes.put('/users/:id', async (c) => {
    const id = userId(c)
    const body = await readBody(c, adminUserRequest)
    const now = clock()
    const encryptedPassword = await encrypted(body)
    const user = await database.asOwner(async (trx) => {
      const before = await findUserById(trx, id)
      if (!before) throw userNotFound(404)
      // Another password is given to who has lost control of theirs: whoever used it is signed out.
      if (encryptedPassword) await endSessions(trx, id, { scope: 'global', sessionId: null })
      const change = {
        email: body.email ?? undefined,
        encryptedPassword,
        userMetadata: body.user_metadata ?? undefined,
        appMetadata: body.app_metadata ?? undefined,
        bannedUntil: parseBan(body.ban_duration, now),
      }
      return updateUser(trx, before, change, now)
    })
    return c.json(userView(user))
  })

  routes.delete('/users/:id', async (c) => {
    const id = userId(c)
    const body = await readBody(c, deleteUserRequest, { emptyIsObject: true })
    await database.asOwner(async (trx) => {
      if (!(await findUserById(trx, id))) throw userNotFound(404)
      await deleteUser(trx, id, body.should_soft_delete ?? false, clock())
    })
    return c.json({})
  })

  routes.get('/users/:id/factors', async (c) => {
    const id = userId(c)
    const user = await database.asOwner((trx) => findUserById(trx, id))
    if (!user) throw userNotFound(404)
    return c.json(user.factors)
  })

  routes.delete('/users/:id/factors/:factor', async (c) => {
    const id = userId(c)
    const factorId = uuidParameter(c, 'factor', () => validationFailed('factor_id must be an UUID'))
    const removed = await database.asOwner(async (trx) => {
      const factor = await findFactor(trx, id, factorId)
      await removeFactor(trx, factor)
      return factor
    })
    return c.json({ id: removed.id, factor_type: removed.factor_type, status: removed.status })
  })

  return routes
}

async function encrypted(body: {
  password?: string | null | undefined
  password_hash?: string | null | undefined
}): Promise<string | undefined> {
  if (body.password && body.password_hash) {
    throw validationFailed('Only a password or a password hash should be provided')
  }
  if (body.password_hash) {
    if (!isImportableHash(body.password_hash)) throw validationFailed('The password hash must be argon2id')
    return body.password_hash
  }
  if (!body.password) return undefined
  checkPassword(body.password)
  return hashPassword(body.password)
}

function userId(c: Context): string {
  return uuidParameter(c, 'id', () => new AuthError(404, 'validation_failed', 'user_id must be an UUID'))
}

function positive(c: Context, name: string, fallback: number): number {
  const text = c.req.query(name)
  if (!text) return fallback
  const value = Number(text)
  if (!Number.isSafeInteger(value) || value < 1 || value > 1e6)
    throw validationFailed(`Bad Pagination Parameters: ${name}`)
  return value
}
