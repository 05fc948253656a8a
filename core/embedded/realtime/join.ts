import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import type { BindingRequest } from './row-bindings'

/** What a client asks for when it joins a channel. */
export interface Join {
  /** Null: as the key of the connection says. */
  accessToken: string | null
  isPrivate: boolean
  /** Whether the sender hears its own broadcasts. */
  echo: boolean
  /** Whether broadcasts are acknowledged. */
  acknowledge: boolean
  presence: { key: string; isEnabled: boolean }
  bindings: BindingRequest[]
  /** Whether the join is answered only once its row subscriptions stand, and refused where they can't be had. */
  waitsForRows: boolean
}

const events = ['INSERT', 'UPDATE', 'DELETE'] as const
const name = z.string().max(255)

const binding = z.object({
  event: z.string().max(16).default('*'),
  schema: name.optional(),
  table: name.optional(),
  filter: z.string().nullish(),
})

const joinPayload = z.object({
  access_token: z.string().nullish(),
  config: z
    .object({
      private: z.boolean().nullish(),
      broadcast: z.object({ self: z.boolean().nullish(), ack: z.boolean().nullish() }).nullish(),
      presence: z.object({ key: z.string().max(255).nullish(), enabled: z.boolean().nullish() }).nullish(),
      postgres_changes: z.array(binding).nullish(),
      postgres_changes_options: z.object({ wait: z.boolean().nullish() }).nullish(),
    })
    .nullish(),
})

/** Reads the payload of `phx_join`; a text instead says what is wrong with it, for the client. */
export function readJoin(payload: unknown, mostBindings: number): Join | string {
  const parsed = joinPayload.safeParse(payload ?? {})
  if (!parsed.success) return `InvalidJoinPayload: ${z.prettifyError(parsed.error).slice(0, 500)}`
  const { access_token: accessToken, config } = parsed.data
  const bindings = config?.postgres_changes ?? []
  if (bindings.length > mostBindings) {
    return `InvalidJoinPayload: a channel takes ${mostBindings} subscriptions of rows at most`
  }
  return {
    accessToken: accessToken ?? null,
    isPrivate: config?.private ?? false,
    echo: config?.broadcast?.self ?? false,
    acknowledge: config?.broadcast?.ack ?? false,
    presence: {
      key: config?.presence?.key || randomUUID(),
      isEnabled: config?.presence?.enabled ?? false,
    },
    bindings: bindings.map((asked) => ({
      event: events.find((event) => event === asked.event.toUpperCase()) ?? '*',
      schema: asked.schema ?? 'public',
      table: asked.table ?? '*',
      filter: asked.filter ?? null,
    })),
    waitsForRows: config?.postgres_changes_options?.wait ?? false,
  }
}

/** The bindings as the reply repeats them: just as they were asked for, each with its id. */
export function repeatBindings(payload: unknown, ids: readonly number[]): object[] {
  const asked =
    (payload as { config?: { postgres_changes?: object[] | null } }).config?.postgres_changes ?? []
  return asked.map((one, index) => ({ ...one, id: ids[index] }))
}
