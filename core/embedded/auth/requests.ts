import type { Context } from 'hono'
import { z } from 'zod'
import { collect } from '../gateway'
import { AuthError, validationFailed } from './errors'

/** Metadata goes into every access token, which goes into every request's headers. */
const maximumMetadataBytes = 4096
/** Bodies here are small; what is larger is no request of a client. */
const maximumBodyBytes = 64 * 1024

const metadata = z
  .record(z.string(), z.unknown())
  .refine((value) => JSON.stringify(value).length <= maximumMetadataBytes, {
    message: `Metadata cannot be longer than ${maximumMetadataBytes} characters`,
  })

const email = z
  .string()
  .trim()
  .toLowerCase()
  .max(255)
  .pipe(z.email('Unable to validate email address: invalid format'))

const password = z.string({ error: 'Password must be a text' })

export const signUpRequest = z.object({
  email,
  password: z
    .string({ error: 'Signup requires a valid password' })
    .min(1, 'Signup requires a valid password'),
  data: metadata.nullish(),
})

/** Addresses that can't exist are answered like unknown ones. */
export const passwordRequest = z.object({
  email: z.string({ error: 'missing email or phone' }).trim().toLowerCase(),
  password,
})

export const refreshRequest = z.object({
  refresh_token: z.string({ error: 'refresh_token required' }).min(1, 'refresh_token required'),
})

export const updateRequest = z.object({
  email: email.nullish().or(z.literal('').transform(() => undefined)),
  password: password.nullish().or(z.literal('').transform(() => undefined)),
  data: metadata.nullish(),
})

export const adminUserRequest = z.object({
  id: z.uuid().nullish(),
  email: email.nullish(),
  password: password.nullish(),
  password_hash: z.string().nullish(),
  user_metadata: metadata.nullish(),
  app_metadata: metadata.nullish(),
  ban_duration: z.string().nullish(),
})

export const enrollRequest = z.object({
  factor_type: z.enum(['totp', 'phone', 'webauthn'], {
    error: 'factor_type needs to be totp, phone, or webauthn',
  }),
  friendly_name: z.string().max(100).nullish(),
  issuer: z.string().max(100).nullish(),
})

export const verifyRequest = z.object({
  challenge_id: z.uuid('challenge_id must be an UUID'),
  code: z.string({ error: 'Code needs to be non-empty' }).min(1, 'Code needs to be non-empty').max(64),
})

export const deleteUserRequest = z.object({ should_soft_delete: z.boolean().nullish() })

/**
 * The request's JSON body as `schema` has it. `emptyIsObject`: a missing body counts as `{}`.
 *
 * @throws AuthError bad_json, validation_failed, or 413 where the body is too large
 */
export async function readBody<Schema extends z.ZodType>(
  c: Context,
  schema: Schema,
  { emptyIsObject = false } = {},
): Promise<z.infer<Schema>> {
  const sent = c.req.raw.body as AsyncIterable<Uint8Array> | null
  const text = (await collect(sent, maximumBodyBytes, tooLarge)).toString('utf8')
  let body: unknown
  try {
    body = text === '' && emptyIsObject ? {} : JSON.parse(text)
  } catch (error) {
    throw new AuthError(400, 'bad_json', 'Could not parse request body as JSON', {}, { cause: error })
  }
  const parsed = schema.safeParse(body)
  if (!parsed.success) throw validationFailed(parsed.error.issues[0]?.message ?? 'The request is not valid')
  return parsed.data
}

const tooLarge = () => new AuthError(413, 'request_too_large', 'The request body is too large')

/** A part of the path that is a UUID. Throws what `problem` gives where it is none. */
export function uuidParameter(c: Context, name: string, problem: () => Error): string {
  const id = c.req.param(name) ?? ''
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(id)) throw problem()
  return id
}

/** An end of a ban from now: Go's notation of durations (`24h`, `1h30m`), or `none`, which lifts it. */
export function parseBan(duration: string | null | undefined, now: Date): Date | null | undefined {
  if (duration === null || duration === undefined || duration === '') return undefined
  if (duration === 'none') return null
  if (!/^(\d+(\.\d+)?[hms])+$/.test(duration)) throw validationFailed('invalid format for ban duration')
  const seconds = { h: 3600, m: 60, s: 1 }
  let total = 0
  for (const [, amount, unit] of duration.matchAll(/(\d+(?:\.\d+)?)([hms])/g)) {
    total += Number(amount) * seconds[unit as keyof typeof seconds]
  }
  const end = new Date(now.getTime() + total * 1000)
  if (Number.isNaN(end.getTime())) throw validationFailed('ban duration is too long')
  return end
}
