import { useNavigate } from '@tanstack/react-router'
import { LogOut, Monitor, Moon, Search, Sun } from 'lucide-react'
import type { ReactNode } from 'react'
import {
  Autocomplete,
  Dialog,
  Input,
  Menu,
  MenuItem,
  Modal,
  ModalOverlay,
  SearchField,
  useFilter,
} from 'react-aria-components'
import { KeyHint } from '../../kit/key-hint'
import { itemClass } from '../../kit/popover'
import { chooseTheme } from '../../kit/theme'
import { useConnection } from '../../rpc/connection'
import { useMe } from './me'
import { screensFor } from './screens'

interface Command {
  id: string
  label: string
  /** What else finds it. */
  words: string
  icon: ReactNode
  keys?: string[]
  run: () => void
}

/** Ctrl-K: any screen, and a few deeds, by their name. */
export function CommandPalette({ isOpen, onClose }: { isOpen: boolean; onClose: () => void }) {
  const { contains } = useFilter({ sensitivity: 'base' })
  const commands = useCommands()
  return (
    <ModalOverlay
      isOpen={isOpen}
      onOpenChange={(open) => !open && onClose()}
      isDismissable
      className="fixed inset-0 z-50 flex items-start justify-center bg-scrim pt-[16vh]"
    >
      <Modal className="w-120 max-w-[92vw] overflow-hidden rounded-md bg-panel shadow-float">
        <Dialog aria-label="Jump to" className="outline-none">
          <Autocomplete filter={contains}>
            <SearchField
              aria-label="Jump to a screen or find a command"
              autoFocus
              className="relative border-b"
            >
              <Search className="absolute top-3 left-3.5 size-4 text-ink-3" aria-hidden />
              <Input
                placeholder="Jump to a screen or find a command…"
                className="h-10 w-full bg-transparent pr-3 pl-10 text-md outline-none placeholder:text-ink-3 [&::-webkit-search-cancel-button]:hidden"
              />
            </SearchField>
            <Menu
              aria-label="Screens and commands"
              className="max-h-96 overflow-auto p-1 outline-none"
              renderEmptyState={() => (
                <p className="px-3 py-6 text-center text-ink-3">Nothing by that name.</p>
              )}
              onAction={onClose}
            >
              {commands.map(({ id, label, words, icon, keys, run }) => (
                <MenuItem
                  key={id}
                  id={id}
                  textValue={`${label} ${words}`}
                  onAction={run}
                  className={`${itemClass} min-h-8`}
                >
                  {icon}
                  <span className="grow">{label}</span>
                  {keys && <KeyHint keys={keys} />}
                </MenuItem>
              ))}
            </Menu>
          </Autocomplete>
        </Dialog>
      </Modal>
    </ModalOverlay>
  )
}

function useCommands(): Command[] {
  const navigate = useNavigate()
  const { session } = useConnection()
  const { role } = useMe()
  return [
    ...screensFor(role).map(({ path, label, icon: Icon, letter, words }) => ({
      id: path,
      label,
      words,
      icon: <Icon aria-hidden />,
      keys: ['G', letter.toUpperCase()],
      run: () => void navigate({ to: path }),
    })),
    {
      id: 'light',
      label: 'Light theme',
      words: 'appearance',
      icon: <Sun />,
      run: () => chooseTheme('light'),
    },
    { id: 'dark', label: 'Dark theme', words: 'appearance', icon: <Moon />, run: () => chooseTheme('dark') },
    {
      id: 'system',
      label: 'Theme of the system',
      words: 'appearance',
      icon: <Monitor />,
      run: () => chooseTheme('system'),
    },
    {
      id: 'sign-out',
      label: 'Sign out',
      words: 'log out leave',
      icon: <LogOut />,
      run: () => void session.signOut(),
    },
  ]
}
