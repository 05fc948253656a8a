/** Keys as caps: `['Ctrl', 'K']` together or `['G', 'J']` one after the other. */
export function KeyHint({ keys }: { keys: string[] }) {
  return (
    <span className="inline-flex shrink-0 gap-0.5" aria-hidden>
      {keys.map((key) => (
        <kbd
          key={key}
          className="inline-flex h-4 min-w-4 items-center justify-center rounded-sm border border-line bg-raised px-1 font-sans text-[10px] leading-none font-medium text-ink-3"
        >
          {key}
        </kbd>
      ))}
    </span>
  )
}
