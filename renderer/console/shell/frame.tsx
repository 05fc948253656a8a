import type { ReactNode } from 'react'
import { Notice } from '../../kit/notice'
import { Mark } from './brand'
import { describeProblem } from './host-banner'
import { useServerProblems } from './use-server-problems'

/** The page around everything that comes before the console: a quiet column in the middle. */
export function Frame({ title, children }: { title?: string; children: ReactNode }) {
  return (
    <main className="flex h-full flex-col items-center overflow-auto bg-app px-4 pt-[14vh] pb-8">
      <div className="flex w-full max-w-88 flex-col gap-5">
        <div className="flex items-center gap-2.5">
          <Mark size={28} />
          <span className="text-lg font-semibold">Semblance</span>
        </div>
        {title && <h1 className="text-xl font-semibold text-balance">{title}</h1>}
        <ServerProblems />
        {children}
      </div>
    </main>
  )
}

/** Whoever can't sign in learns here that it is not because of their password. */
function ServerProblems() {
  return useServerProblems()?.map((problem) => (
    <Notice key={problem.id} tone="warning">
      {describeProblem(problem)}
    </Notice>
  ))
}
