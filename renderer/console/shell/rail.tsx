import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Search } from 'lucide-react'
import { Button as AriaButton } from 'react-aria-components'
import { formatAmount, formatCount } from '../../kit/format'
import { KeyHint } from '../../kit/key-hint'
import { useApi } from '../../rpc/connection'
import { Mark } from './brand'
import { useMe } from './me'
import { screensFor } from './screens'
import { UserMenu } from './user-menu'

const entryClass =
  'flex h-7 shrink-0 items-center gap-2 rounded-md px-2 text-ink-2 transition-colors hover:bg-active hover:text-ink ' +
  'max-[1199px]:justify-center max-[1199px]:px-0 [&_svg]:size-4 [&_svg]:shrink-0'

/** The screens at the left; in narrow windows their icons alone. */
export function Rail({ onJump }: { onJump: () => void }) {
  const api = useApi()
  const failed = useQuery(api.overview.get.queryOptions()).data?.queue.undismissed ?? 0
  return (
    <nav
      aria-label="Screens"
      className="flex w-44 shrink-0 flex-col gap-px border-r bg-app p-2 max-[1199px]:w-12"
    >
      <div className="flex h-8 items-center gap-2 px-2 max-[1199px]:justify-center max-[1199px]:px-0">
        <Mark />
        <span className="font-semibold max-[1199px]:hidden">Semblance</span>
      </div>
      <AriaButton onPress={onJump} className={`${entryClass} my-2 border bg-panel`}>
        <Search aria-hidden />
        <span className="grow text-left max-[1199px]:sr-only">Jump to…</span>
        <span className="max-[1199px]:hidden">
          <KeyHint keys={['Ctrl', 'K']} />
        </span>
      </AriaButton>
      {screensFor(useMe().role).map(({ path, label, icon: Icon, letter, digit }) => (
        <Link
          key={path}
          to={path}
          title={`${label} (${digit}, or G then ${letter.toUpperCase()})`}
          className={`${entryClass} group`}
          activeProps={{ className: 'bg-active font-medium !text-ink' }}
        >
          <Icon aria-hidden />
          <span className="grow max-[1199px]:sr-only">{label}</span>
          {path === '/jobs' && failed > 0 && (
            <span
              aria-label={`${formatAmount(failed, 'job')} failed`}
              className="rounded-sm bg-bad-soft px-1 text-xs font-medium text-bad max-[1199px]:absolute max-[1199px]:mb-4 max-[1199px]:ml-5 max-[1199px]:size-2 max-[1199px]:rounded-full max-[1199px]:bg-bad max-[1199px]:p-0"
            >
              <span className="max-[1199px]:hidden">{formatCount(failed)}</span>
            </span>
          )}
        </Link>
      ))}
      <div className="mt-auto" />
      <UserMenu />
    </nav>
  )
}
