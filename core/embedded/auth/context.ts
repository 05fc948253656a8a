import type { Database } from '../../database/connect'
import type { Clock } from '../gateway'
import type { Keys } from '../keys'

/** What the routes of Auth work with. */
export interface AuthContext {
  database: Database
  keys: Keys
  /** The project's base URL: tokens name `${url}/auth/v1` as their issuer. */
  url: string
  clock: Clock
}
