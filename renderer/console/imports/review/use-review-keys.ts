import { useEffect, useRef } from 'react'
import { keyName } from '../../../kit/use-shortcut'

/** Milliseconds within which a letter after G leads to a screen, and is none of ours. */
const sequenceTime = 900

/** Inputs in which nothing is written: keys that they have no use for are ours. */
const unwritten = new Set(['checkbox', 'radio', 'range', 'button', 'submit'])

function isWriting(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false
  if (target instanceof HTMLInputElement) return !unwritten.has(target.type)
  return target.isContentEditable || /^(TEXTAREA|SELECT)$/.test(target.tagName)
}

/** Whether what has the focus is moved by arrow keys itself: a slider, a choice of a few. */
function isMovedByArrows(target: EventTarget | null): boolean {
  return (
    target instanceof Element &&
    target.closest('input[type=range], input[type=radio], [role=slider]') !== null
  )
}

/** Whether Enter presses or opens what has the focus. */
function isPressable(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest('button, a, [role=button], [role=checkbox]') !== null
}

/**
 * The keys of the review, before anybody else hears of them: here digits choose faces, not screens. Left alone are texts
 * that are being written, dialogs and menus, and what comes after G.
 * @param actions by key in shortcut notation; false: the key was not for us. A key that is held down is pressed once,
 *   but for arrows: nobody is published by a hand that rests.
 */
export function useReviewKeys(actions: Readonly<Record<string, () => unknown>>): void {
  const latest = useRef(actions)
  useEffect(() => {
    latest.current = actions
  })
  useEffect(() => {
    let armedAt = Number.NEGATIVE_INFINITY
    const listen = (event: KeyboardEvent) => {
      if (event.defaultPrevented || isWriting(event.target)) return
      if (document.querySelector('[role=dialog], [role=alertdialog], [role=menu], [role=listbox]')) return
      const name = keyName(event)
      const isSecond = event.timeStamp - armedAt < sequenceTime
      armedAt = name === 'g' ? event.timeStamp : Number.NEGATIVE_INFINITY
      const action = latest.current[name]
      if (!action || isSecond || (name === 'enter' && isPressable(event.target))) return
      if (name.startsWith('arrow') && isMovedByArrows(event.target)) return
      if (event.repeat && !name.includes('arrow')) return event.preventDefault()
      if (action() === false) return
      event.preventDefault()
      event.stopPropagation()
    }
    window.addEventListener('keydown', listen, { capture: true })
    return () => window.removeEventListener('keydown', listen, { capture: true })
  }, [])
}
