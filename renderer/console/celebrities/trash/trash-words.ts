/** Days until something is deleted for good, as a person says it. */
export function daysLeftWords(purgeAt: Date, now: Date): string {
  const days = (purgeAt.getTime() - now.getTime()) / 86_400_000
  if (days <= 0) return 'any moment now'
  if (days < 1) return 'less than a day'
  // Begun days count: who was trashed a moment ago is kept for all thirty, also by a clock that is a little slow.
  const whole = Math.ceil(days - 0.01)
  return whole === 1 ? '1 day' : `${whole} days`
}
