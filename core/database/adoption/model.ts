import type { Extra, Kept } from '../conformance/check'
import type { Live } from '../conformance/compare'
import type { Reference } from '../conformance/reference'
import type { SchemaObject } from '../conformance/schema-object'

/** One thing that an adoption does, and what it costs those who use the database meanwhile. */
export interface PlanStep {
  title: string
  /**
   * `transaction`: all statements at once, each lock waited for briefly and tried again. `separate`: one by one, each
   * by itself. `batches`: the one statement again and again; it takes the last id and gives the next.
   */
  kind: 'transaction' | 'separate' | 'batches'
  statements: string[]
  /** Which lock, and what it keeps from whom. */
  lock: string
  /** How long the lock is held, or the step takes, roughly. */
  estimateMs: number
  /** The migrations that it makes up for. */
  from: string[]
}

export interface AdoptionPlan {
  /** Nothing is missing, and every migration is recorded. */
  done: boolean
  steps: PlanStep[]
  /** How many objects stand already. */
  stands: number
  /** Somebody else's in place of ours. */
  kept: Kept[]
  /** What will be different from before, or is not as documented; nothing is done about it. */
  warnings: string[]
  /** What nobody but a person can decide. While there is any, nothing is executed. */
  blockers: string[]
  /** What somebody else made beside the document: never touched. */
  untouched: Extra[]
}

/** What is known when a plan is made. */
export interface PlanContext {
  live: Live
  reference: Reference
  /** Indexes that an earlier, interrupted adoption began. */
  begun: Set<string>
  /** Keys of what an earlier, interrupted adoption made in the platform's schemas. */
  made: Set<string>
  /** Whether this session may keep triggers from firing while it fills columns. */
  mayMuteTriggers: boolean
}

/** What has been decided about one database. */
export interface Decisions {
  missing: SchemaObject[]
  /** Statements that mend what is different, by table. */
  mending: { title: string; table: string; statements: string[]; from: string }[]
  kept: Kept[]
  warnings: string[]
  blockers: string[]
  stands: number
}
