import { createContext, useCallback, useContext, useEffect, useRef, useState, type ReactNode } from 'react'

/** What was just done, or could not be, in a line. */
export interface Note {
  text: string
  isFailure: boolean
}

/** How long a note stays, in milliseconds; one that says what failed stays longer. */
const stays = { done: 6000, failure: 15_000 }

const NoteContext = createContext<{
  note: Note | undefined
  say: (text: string, isFailure?: boolean) => void
}>({
  note: undefined,
  say: () => undefined,
})

/** Notes of an import stand in a place of their own: whoever reviews presses keys and buttons that one over them would cover. */
export function Notes({ children }: { children: ReactNode }) {
  const [note, setNote] = useState<Note>()
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  const say = useCallback((text: string, isFailure = false) => {
    clearTimeout(timer.current)
    setNote({ text, isFailure })
    timer.current = setTimeout(() => setNote(undefined), isFailure ? stays.failure : stays.done)
  }, [])
  useEffect(() => () => clearTimeout(timer.current), [])
  return <NoteContext value={{ note, say }}>{children}</NoteContext>
}

/** The note that is in sight, and how to say another. */
export function useNotes() {
  return useContext(NoteContext)
}
