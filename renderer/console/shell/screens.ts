import {
  Activity,
  Blend,
  Boxes,
  Cable,
  LayoutDashboard,
  type LucideIcon,
  UsersRound,
  Settings2,
  Star,
} from 'lucide-react'

export interface ScreenEntry {
  path: string
  label: string
  icon: LucideIcon
  /** Pressed after g. */
  letter: string
  /** Where in the Jump palette words lead here. */
  words: string
}

/** The screens in the order of the rail; the digits 1 to 8 follow it. */
export const screens: readonly ScreenEntry[] = [
  {
    path: '/overview',
    label: 'Overview',
    icon: LayoutDashboard,
    letter: 'o',
    words: 'status home samples worker',
  },
  { path: '/people', label: 'People', icon: UsersRound, letter: 'p', words: 'users faces schools' },
  { path: '/celebrities', label: 'Celebrities', icon: Star, letter: 'c', words: 'gallery import lookalikes' },
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
