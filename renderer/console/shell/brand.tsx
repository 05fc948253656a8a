/** Two faces that overlap. */
export function Mark({ size = 20 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden className="shrink-0">
      <rect width="32" height="32" rx="8" className="fill-accent" />
      <circle cx="12.5" cy="16" r="6.5" fill="none" strokeWidth="2.4" className="stroke-on-accent" />
      <circle cx="19.5" cy="16" r="6.5" fill="none" strokeWidth="2.4" className="stroke-on-accent" />
    </svg>
  )
}
