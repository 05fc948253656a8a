/** Gives the focus back to the screen's list, when what had it is gone. */
export function focusList(): void {
  document.querySelector<HTMLElement>('[data-table]')?.focus()
}
