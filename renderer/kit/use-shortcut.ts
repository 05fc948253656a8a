import { createContext, useContext, useEffect, useRef } from 'react'

/** Milliseconds within which the second key of a sequence must come. */
const sequenceTime = 900

/** Keys that walk go on while they are held; whatever changes something does so once. */
const walks = /^(arrow(up|down|left|right)|[jk])$/

/** Inputs in which nothing is written, and that no arrow moves. */
const unwritten = new Set(['checkbox', 'button', 'submit'])

/** Whether keys pressed in this element belong to the text being written. */
function isWriting(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false
  if (target instanceof HTMLInputElement && unwritten.has(target.type)) return false
  return target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName)
}

/** The name of a pressed key in shortcut notation: `k`, `mod+k`, `mod+shift+z`, `escape`, `?`. */
export function keyName(
  event: Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey'>,
): string {
  const isMod = event.ctrlKey || event.metaKey
  // Without Ctrl, Shift is in the key itself: `?`.
  const mod = isMod ? (event.shiftKey ? 'mod+shift+' : 'mod+') : ''
  const alt = event.altKey ? 'alt+' : ''
  return mod + alt + event.key.toLowerCase()
}

/** Whether this stands in a dialog: its shortcuts are those that work while one is open. */
export const InDialog = createContext(false)

export interface ShortcutOptions {
  isDisabled?: boolean
  /** Also while a text is being written. Default: only with a modifier. */
  whileWriting?: boolean
}

/**
 * Runs `action` at a key (`r`, `/`, `mod+k`: Ctrl or ⌘) or at two in a row (`g j`). Keys typed into a text are
 * left alone unless they carry a modifier, and so are, while a dialog is open, those of the screen below it. A key that
 * is held acts once, but for those that walk: nobody is merged by a hand that rests.
 */
export function useShortcut(keys: string, action: () => void, options: ShortcutOptions = {}): void {
  const latest = useRef(action)
  useEffect(() => {
    latest.current = action
  })
  const isInDialog = useContext(InDialog)
  const { isDisabled = false, whileWriting = keys.startsWith('mod+') } = options

  useEffect(() => {
    if (isDisabled) return
    const [first, second] = keys.split(' ')
    let armedAt = Number.NEGATIVE_INFINITY

    const listen = (event: KeyboardEvent) => {
      if (event.defaultPrevented || (event.repeat && second !== undefined)) return
      const isBelow = !isInDialog && document.querySelector('[role=dialog], [role=alertdialog]') !== null
      if (!whileWriting && (isWriting(event.target) || isBelow)) return
      const name = keyName(event)
      if (
        second === undefined ? name !== first : !(name === second && event.timeStamp - armedAt < sequenceTime)
      ) {
        armedAt = name === first ? event.timeStamp : Number.NEGATIVE_INFINITY
        return
      }
      armedAt = Number.NEGATIVE_INFINITY
      event.preventDefault()
      if (event.repeat && !walks.test(keys)) return
      latest.current()
    }
    window.addEventListener('keydown', listen)
    return () => window.removeEventListener('keydown', listen)
  }, [keys, isDisabled, whileWriting, isInDialog])
}
