import { useSyncExternalStore } from 'react'

export const themeChoices = ['system', 'light', 'dark'] as const
export type ThemeChoice = (typeof themeChoices)[number]

const storageKey = 'semblance-theme'
const darkSystem = window.matchMedia('(prefers-color-scheme: dark)')
const listeners = new Set<() => void>()

function readChoice(): ThemeChoice {
  const stored = localStorage.getItem(storageKey)
  return themeChoices.find((choice) => choice === stored) ?? 'system'
}

function apply(): void {
  const choice = readChoice()
  const isDark = choice === 'dark' || (choice === 'system' && darkSystem.matches)
  document.documentElement.dataset.theme = isDark ? 'dark' : 'light'
}

/** Puts the theme on the page, and keeps following the system where the person has not chosen. Call once. */
export function startTheme(): void {
  apply()
  darkSystem.addEventListener('change', apply)
}

/** Chooses a theme and remembers it on this machine. */
export function chooseTheme(choice: ThemeChoice): void {
  localStorage.setItem(storageKey, choice)
  apply()
  for (const tell of listeners) tell()
}

/** The theme that the person chose. */
export function useThemeChoice(): ThemeChoice {
  return useSyncExternalStore((listener) => {
    listeners.add(listener)
    return () => listeners.delete(listener)
  }, readChoice)
}
