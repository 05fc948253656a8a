/**
 * Gives the focus back to the screen's list, when what had it is gone. A dialog that closes puts the focus where it was
 * before, one frame after it has left the page: this comes after that.
 */
export function focusList(): void {
  requestAnimationFrame(() =>
    requestAnimationFrame(() => document.querySelector<HTMLElement>('[data-table]')?.focus()),
  )
}
