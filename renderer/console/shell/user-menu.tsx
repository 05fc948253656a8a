import { ChevronsUpDown, LogOut, Monitor, Moon, ShieldCheck, Sun } from 'lucide-react'
import { useState } from 'react'
import { Button as AriaButton } from 'react-aria-components'
import { formatLabel } from '../../kit/format'
import { Menu } from '../../kit/menu'
import { chooseTheme, type ThemeChoice, useThemeChoice } from '../../kit/theme'
import { dismissNotes } from '../../kit/toast'
import { Thumbnail } from '../../kit/thumbnail'
import { useConnection } from '../../rpc/connection'
import { SecondFactorDialog } from '../second-factor/second-factor-dialog'
import { useMe } from './me'

const themes: readonly { id: ThemeChoice; label: string; icon: typeof Sun }[] = [
  { id: 'system', label: 'Theme of the system', icon: Monitor },
  { id: 'light', label: 'Light theme', icon: Sun },
  { id: 'dark', label: 'Dark theme', icon: Moon },
]

/** Who is signed in, the theme, the second factor, and the way out. */
export function UserMenu() {
  const me = useMe()
  const { session } = useConnection()
  const theme = useThemeChoice()
  const [isFactorShown, setFactorShown] = useState(false)
  const name = me.name ?? me.email ?? 'You'
  return (
    <>
      <Menu
        label="Account and theme"
        placement="top start"
        header={
          <div className="border-b px-2 pt-1 pb-2 mb-1">
            <div className="max-w-60 truncate font-medium">{name}</div>
            <div className="max-w-60 truncate text-sm text-ink-3">
              {[me.email, formatLabel(me.role)].filter(Boolean).join(' · ')}
            </div>
          </div>
        }
        entries={[
          ...themes.map(({ id, label, icon: Icon }) => ({
            id,
            label,
            icon: <Icon aria-hidden />,
            isChecked: theme === id,
            onAction: () => chooseTheme(id),
          })),
          null,
          {
            id: 'second-factor',
            label: 'Second factor…',
            icon: <ShieldCheck aria-hidden />,
            onAction: () => {
              dismissNotes()
              setFactorShown(true)
            },
          },
          {
            id: 'sign-out',
            label: 'Sign out',
            icon: <LogOut aria-hidden />,
            onAction: () => void session.signOut(),
          },
        ]}
      >
        <AriaButton className="flex h-10 items-center gap-2 rounded-md px-1.5 text-left transition-colors data-hovered:bg-active data-pressed:bg-active max-[1199px]:justify-center max-[1199px]:px-0">
          <Thumbnail src={null} name={name} size={24} className="bg-accent-soft! text-accent-ink!" />
          <span className="min-w-0 grow leading-4 max-[1199px]:sr-only">
            <span className="block truncate">{name}</span>
            <span className="block text-xs text-ink-3">{formatLabel(me.role)}</span>
            <span className="sr-only">: account and theme</span>
          </span>
          <ChevronsUpDown className="size-3.5 text-ink-3 max-[1199px]:hidden" aria-hidden />
        </AriaButton>
      </Menu>
      <SecondFactorDialog isOpen={isFactorShown} onClose={() => setFactorShown(false)} />
    </>
  )
}
