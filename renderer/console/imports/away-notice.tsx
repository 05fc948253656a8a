import { Notice } from '../../kit/notice'
import { useServerProblems } from '../shell/use-server-problems'

/** Whether the shared database, or where its photos lie, is away; false while nothing is known. */
export function useSharedAway(): boolean {
  return (useServerProblems() ?? []).length > 0
}

/** Says what goes on while the shared database is away; nothing while it is there. */
export function AwayNotice() {
  if (!useSharedAway()) return null
  return (
    <div className="px-4 py-3">
      <Notice tone="info">
        The shared database is away. Reading, analysing and reviewing go on as ever; publishing waits, and can
        go on by itself when the database is back.
      </Notice>
    </div>
  )
}
