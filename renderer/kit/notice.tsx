import { CircleAlert, CircleCheck, Info, TriangleAlert } from 'lucide-react'
import type { ReactNode } from 'react'
import { cx } from './class-names'
import { type Tone, toneSoft } from './tone'

const icons = {
  neutral: Info,
  accent: Info,
  good: CircleCheck,
  warning: TriangleAlert,
  bad: CircleAlert,
  info: Info,
}

/** A line that wants to be read, in place. Bad news is announced. */
export function Notice({ tone, children, action }: { tone: Tone; children: ReactNode; action?: ReactNode }) {
  const Icon = icons[tone]
  return (
    <div
      role={tone === 'bad' ? 'alert' : 'status'}
      className={cx('flex items-start gap-2 rounded-md px-3 py-2 normal-nums', toneSoft[tone])}
    >
      <Icon className="mt-0.5 size-4 shrink-0" aria-hidden />
      <div className="min-w-0 grow text-pretty break-words">{children}</div>
      {action}
    </div>
  )
}
