import { Outlet, useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useShortcut } from '../../kit/use-shortcut'
import { CommandPalette } from './command-palette'
import { HostBanner } from './host-banner'
import { useMe } from './me'
import { Rail } from './rail'
import { type ScreenEntry, screensFor } from './screens'
import { StatusBar } from './status-bar'

/** Everything around a screen. */
export function Shell() {
  const [isPaletteOpen, setPaletteOpen] = useState(false)
  useShortcut('mod+k', () => setPaletteOpen((isOpen) => !isOpen))
  return (
    <div className="flex h-full flex-col">
      <HostBanner />
      <div className="flex min-h-0 grow">
        <Rail onJump={() => setPaletteOpen(true)} />
        <main className="min-w-0 grow bg-panel">
          <Outlet />
        </main>
      </div>
      <StatusBar />
      {screensFor(useMe().role).map((screen) => (
        <ScreenShortcuts key={screen.path} screen={screen} digit={screen.digit} />
      ))}
      <CommandPalette isOpen={isPaletteOpen} onClose={() => setPaletteOpen(false)} />
    </div>
  )
}

/** A digit, and g then a letter, lead to a screen. */
function ScreenShortcuts({ screen, digit }: { screen: ScreenEntry; digit: string }) {
  const navigate = useNavigate()
  const go = () => void navigate({ to: screen.path })
  useShortcut(digit, go)
  useShortcut(`g ${screen.letter}`, go)
  return null
}
