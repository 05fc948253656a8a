import { useConnection } from '../../rpc/connection'

/** Under which key an enrolment that is under way is kept. */
export const enrolmentKey = 'second-factor-enrolment'

/**
 * To be called when the session counts for more or less than before: everything is asked again, but for an enrolment
 * that is still on screen, which asking again would begin anew.
 */
export function useSessionChanged(): () => Promise<void> {
  const { queries } = useConnection()
  return () => queries.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== enrolmentKey })
}
