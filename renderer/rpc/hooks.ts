import { useCallback, useSyncExternalStore } from 'react'
import { useConnection } from './connection'
import type { LiveState } from './live'
import type { SessionSnapshot } from './session'
import { type ImageBucket, uploadImage } from './upload'

/** Who is signed in. */
export function useSession(): SessionSnapshot {
  const { session } = useConnection()
  return useSyncExternalStore(session.subscribe, session.snapshot)
}

/** How the stream of changes stands. */
export function useLiveState(): LiveState {
  const { live } = useConnection()
  return useSyncExternalStore(live.subscribe, live.state)
}

/** {@link uploadImage} with this window's session. */
export function useUploadImage(): (bucket: ImageBucket, file: File, folder?: string) => Promise<string> {
  const { session } = useConnection()
  return useCallback(
    (bucket, file, folder) =>
      session
        .requireFresh()
        .then(() => uploadImage(session.supabase(), bucket, file, folder))
        .catch((error: unknown) => {
          throw session.explain(error)
        }),
    [session],
  )
}
