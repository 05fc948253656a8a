import type { RegisteredRouter } from '@tanstack/react-router'
import {
  Activity,
  Blend,
  Boxes,
  Cable,
  FolderInput,
  LayoutDashboard,
  type LucideIcon,
  UsersRound,
  Settings2,
  Star,
} from 'lucide-react'
import { type Role, roles } from '../../../core/model/roles'

/** The address of a screen, without what it is searched for. */
export type ScreenPath = Exclude<keyof RegisteredRouter['routesByPath'], '/'>

export interface ScreenEntry {
  path: ScreenPath
  label: string
  icon: LucideIcon
  /** Pressed after g. */
  letter: string
  /** Where in the Jump palette words lead here. */
  words: string
  /** Whoever is less does not find it. */
  least?: Role
}

/** The screens in the order of the rail; the digits 1 to 9 follow it. */
export const screens: readonly ScreenEntry[] = [
  {
    path: '/overview',
    label: 'Overview',
    icon: LayoutDashboard,
    letter: 'o',
    words: 'status home samples worker',
  },
  { path: '/people', label: 'People', icon: UsersRound, letter: 'p', words: 'users faces schools' },
  { path: '/celebrities', label: 'Celebrities', icon: Star, letter: 'c', words: 'gallery lookalikes' },
  {
    path: '/imports',
    label: 'Imports',
    icon: FolderInput,
    letter: 'i',
    words: 'celebrities photos folder zip csv review publish',
    least: 'curator',
  },
  {
    path: '/matches',
    label: 'Matches',
    icon: Blend,
    letter: 'm',
    words: 'pairs scores factors',
  },
  { path: '/jobs', label: 'Jobs', icon: Activity, letter: 'j', words: 'queue failures retry' },
  { path: '/models', label: 'Models', icon: Boxes, letter: 'd', words: 'packs recogniser embeddings switch' },
  { path: '/settings', label: 'Settings', icon: Settings2, letter: 's', words: 'weights threshold rules' },
  {
    path: '/connections',
    label: 'Connections',
    icon: Cable,
    letter: 'n',
    words: 'database supabase project server keys',
  },
]

/** The screens of a role, each with its digit: that of all of them, so that a digit means the same to everybody. */
export function screensFor(role: Role): (ScreenEntry & { digit: string })[] {
  return screens.flatMap((screen, index) =>
    screen.least === undefined || roles.indexOf(role) >= roles.indexOf(screen.least)
      ? [{ ...screen, digit: `${index + 1}` }]
      : [],
  )
}
