import type { Me } from '../../../core/accounts/contract'
import { Button } from '../../kit/button'
import { useConnection } from '../../rpc/connection'
import { Frame } from '../shell/frame'

/** Signed in, but not staff. */
export function NotStaff({ me }: { me: Me }) {
  const { session, queries } = useConnection()
  return (
    <Frame title="This account may not open the console">
      <p className="-mt-3 text-ink-2">
        You are signed in as <span className="font-medium text-ink">{me.email ?? me.name ?? me.id}</span>. The
        console is for moderators, curators and admins. Ask an admin to change your role, or sign in with
        another account.
      </p>
      <div className="flex gap-2">
        <Button variant="primary" size="lg" onPress={() => void session.signOut()}>
          Sign out
        </Button>
        <Button size="lg" onPress={() => void queries.invalidateQueries()}>
          Check again
        </Button>
      </div>
    </Frame>
  )
}
