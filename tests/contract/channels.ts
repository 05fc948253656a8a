import {
  REALTIME_SUBSCRIBE_STATES,
  type RealtimeChannel,
  type RealtimePostgresChangesFilter,
  type RealtimePostgresChangesPayload,
  type SupabaseClient,
} from '@supabase/supabase-js'
import type { Person } from './people'
import type { Query } from './project'

export type Row = Record<string, unknown>
export type Change = RealtimePostgresChangesPayload<Row>
export type System = { status: string; message: string; extension: string; channel: string }
type Wanted = RealtimePostgresChangesFilter<'*'>

/** Row changes as a client hears them. */
export interface Listening {
  channel: RealtimeChannel
  changes: Change[]
  systems: System[]
  /** Every status that `subscribe` told of. */
  states: string[]
}

/** Resolves when it holds; what is awaited over a network takes as long as it takes. */
export async function until(holds: () => boolean, what: string, ms = 10_000): Promise<void> {
  const end = Date.now() + ms
  while (!holds()) {
    if (Date.now() > end) throw new Error(`It did not happen in time: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}

let count = 0
export const freshTopic = () => `contract-${process.pid}-${Date.now()}-${(count += 1)}`

/** Subscribes to row changes without waiting. */
export function listen(supabase: SupabaseClient, ...wanted: Partial<Wanted>[]): Listening {
  const channel = supabase.channel(freshTopic())
  const listening: Listening = { channel, changes: [], systems: [], states: [] }
  for (const one of wanted) {
    const filter = { event: '*', schema: 'public', ...one } as Wanted
    channel.on('postgres_changes', filter, (change: Change) => listening.changes.push(change))
  }
  channel.on('system', {}, (payload: System) => listening.systems.push(payload))
  channel.subscribe((status) => listening.states.push(status))
  return listening
}

/** The same, and resolves when row changes arrive. */
export async function listening(supabase: SupabaseClient, ...wanted: Partial<Wanted>[]): Promise<Listening> {
  const opened = listen(supabase, ...wanted)
  await until(() => isSubscribed(opened), 'the subscription to rows')
  return opened
}

export function isSubscribed({ states, systems }: Listening): boolean {
  const ready = systems.some(({ status, message }) => status === 'ok' && /PostgreSQL/.test(message))
  return ready && states.includes('SUBSCRIBED')
}

/** Joins a channel without rows. */
export async function joined(channel: RealtimeChannel): Promise<RealtimeChannel> {
  await new Promise<void>((resolve, reject) => {
    channel.subscribe((status, error) => {
      if (status === REALTIME_SUBSCRIBE_STATES.SUBSCRIBED) resolve()
      else reject(error ?? new Error(status))
    })
  })
  return channel
}

/** A face of theirs, with the job that its trigger queues. */
export async function addFace(query: Query, { user }: Person): Promise<{ faceId: string; jobId: string }> {
  const [face] = await query<{ id: string }>(
    `insert into public.faces (profile_id, image_path) values ($1::uuid, $1::uuid::text || '/photo.jpg') returning id`,
    [user.id],
  )
  const [job] = await query<{ id: string }>('select id from public.match_jobs where face_id = $1', [face.id])
  return { faceId: face.id, jobId: job.id }
}

export async function addMatch(query: Query, faceA: string, faceB: string, score = 0.9): Promise<string> {
  const [match] = await query<{ id: string }>(
    `insert into public.matches (face_a_id, face_b_id, similarity_score)
     values (least($1::uuid, $2::uuid), greatest($1::uuid, $2::uuid), $3) returning id`,
    [faceA, faceB, score],
  )
  return match.id
}
