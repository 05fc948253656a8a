import type { Me } from '../../../core/accounts/contract'
import { Button } from '../../kit/button'
import { useConnection } from '../../rpc/connection'
import { SetUpApp } from '../second-factor/enrolment'
import { useSessionChanged } from '../second-factor/use-session-changed'
import { Frame } from '../shell/frame'

/** Staff need a second factor here, and this person has none yet. */
export function EnrolmentPage({ me }: { me: Me }) {
  const { session } = useConnection()
  const sessionChanged = useSessionChanged()
  return (
    <Frame title="Set up a second factor">
      <p className="-mt-3 text-pretty text-ink-2">
        Staff need one here. From now on, <span className="font-medium text-ink">{me.email ?? me.name}</span>{' '}
        signs in with the password and a code from an authenticator app.
      </p>
      <SetUpApp onDone={() => void sessionChanged()} />
      <Button variant="ghost" onPress={() => void session.signOut()} className="-ml-2.5 self-start">
        Sign in with another account
      </Button>
    </Frame>
  )
}
