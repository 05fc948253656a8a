import { randomUUID } from 'node:crypto'

export type Meta = Record<string, unknown> & { phx_ref: string; phx_ref_prev?: string }
/** Who is there, by key; somebody with several tabs has several metas. */
export type PresenceState = Record<string, { metas: Meta[] }>

/** One client's place in a topic's presence. */
export interface Presence {
  key: string
  meta: Meta
}

/**
 * Who is present on each topic. Keys and what is tracked come from the clients and are not authenticated: anybody who
 * may join can claim to be anybody. What must be true of a person is asked of the database.
 */
export interface PresenceBoard {
  /** Takes the place of `previous`. @returns null where the topic holds as many as it may */
  track(topic: string, key: string, state: object, previous: Presence | null): Presence | null
  untrack(topic: string, presence: Presence): void
  /** Sends the differences that wait, so that the state may follow. */
  flush(topic: string): void
  state(topic: string): PresenceState
  close(): void
}

export interface PresenceBoardOptions {
  presencesPerTopic: number
  /** What has changed on a topic, as JSON of `{joins, leaves}`. */
  onDiff: (topic: string, diff: string) => void
}

/** Many who come at once make one message. */
const gatherMs = 20

interface Topic {
  present: Map<string, Presence>
  joins: Map<string, Presence>
  leaves: Map<string, Presence>
  timer: NodeJS.Timeout | null
}

export function createPresenceBoard({ presencesPerTopic, onDiff }: PresenceBoardOptions): PresenceBoard {
  const topics = new Map<string, Topic>()

  function flush(name: string): void {
    const topic = topics.get(name)
    if (!topic) return
    if (topic.timer) clearTimeout(topic.timer)
    topic.timer = null
    const { joins, leaves } = topic
    if (topic.present.size === 0) topics.delete(name)
    if (joins.size + leaves.size === 0) return
    topic.joins = new Map()
    topic.leaves = new Map()
    onDiff(name, JSON.stringify({ joins: stateOf(joins.values()), leaves: stateOf(leaves.values()) }))
  }

  function schedule(name: string, topic: Topic): void {
    topic.timer ??= setTimeout(() => flush(name), gatherMs)
  }

  function leave(topic: Topic, presence: Presence): void {
    const ref = presence.meta.phx_ref
    if (!topic.present.delete(ref)) return
    // Whoever came and went between two messages was never there.
    if (!topic.joins.delete(ref)) topic.leaves.set(ref, presence)
  }

  return {
    flush,
    track(name, key, state, previous) {
      const topic = topics.get(name) ?? {
        present: new Map<string, Presence>(),
        joins: new Map<string, Presence>(),
        leaves: new Map<string, Presence>(),
        timer: null,
      }
      if (!previous && topic.present.size >= presencesPerTopic) return null
      topics.set(name, topic)
      if (previous) leave(topic, previous)
      const refs = { phx_ref: randomUUID(), ...(previous && { phx_ref_prev: previous.meta.phx_ref }) }
      const presence: Presence = { key, meta: { ...state, ...refs } }
      topic.present.set(presence.meta.phx_ref, presence)
      topic.joins.set(presence.meta.phx_ref, presence)
      schedule(name, topic)
      return presence
    },
    untrack(name, presence) {
      const topic = topics.get(name)
      if (!topic) return
      leave(topic, presence)
      schedule(name, topic)
    },
    state: (name) => stateOf(topics.get(name)?.present.values() ?? []),
    close() {
      for (const { timer } of topics.values()) if (timer) clearTimeout(timer)
      topics.clear()
    },
  }
}

function stateOf(presences: Iterable<Presence>): PresenceState {
  // No prototype: a key may be called "__proto__".
  const state = Object.create(null) as PresenceState
  for (const { key, meta } of presences) (state[key] ??= { metas: [] }).metas.push(meta)
  return state
}
