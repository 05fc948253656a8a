import type { Hono } from 'hono'
import type { Context } from '../../access/context'
import type { ChangeHints } from '../../database/changes'
import type { ProjectFinding } from '../../supabase/project'
import type { UpgradeHandler } from '../http/http'

/** Auth, Storage and Realtime as the rest of the host meets them: its own, or those of a Supabase project. */
export interface Services extends Pick<
  Context,
  'mode' | 'supabase' | 'verify' | 'images' | 'imagesAs' | 'users'
> {
  /** What this host answers itself, by the path it lives under. */
  routes: Record<string, Hono>
  /** Answers WebSocket handshakes, where Realtime is this host's own. */
  upgrade: UpgradeHandler | null
  /** Why this host can do no jobs; null where it can. */
  worklessBecause: string | null
  /** Looks whether the project is there; null where that is this very process. */
  probe: ((signal?: AbortSignal) => Promise<ProjectFinding>) | null
  /** Hears of changes where the database's own notifications don't arrive. */
  hints: ChangeHints | null
  /** Says goodbye to whoever listens. */
  close(): Promise<void>
}
