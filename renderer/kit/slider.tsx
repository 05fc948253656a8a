import { Slider as AriaSlider, SliderThumb, SliderTrack } from 'react-aria-components'

/** A value on a line, by mouse or arrow keys; the number stands at the right. */
export function Slider({
  label,
  value,
  onChange,
  min = 0,
  max = 1,
  step = 0.01,
  text,
  ends,
}: {
  label: string
  value: number
  onChange: (value: number) => void
  min?: number
  max?: number
  step?: number
  /** The value as people read it. */
  text: string
  /** What stands under the two ends. */
  ends?: readonly [string, string]
}) {
  const share = ((value - min) / (max - min)) * 100
  return (
    <AriaSlider
      aria-label={label}
      minValue={min}
      maxValue={max}
      step={step}
      value={value}
      onChange={(next: number | number[]) => onChange(typeof next === 'number' ? next : (next[0] ?? min))}
      className="flex flex-col gap-1"
    >
      <span className="flex justify-between text-sm" aria-hidden>
        <span className="text-ink-2">{label}</span>
        <span className="text-ink-3">{text}</span>
      </span>
      <SliderTrack className="relative mx-2 h-5">
        <span className="absolute top-2 -right-2 -left-2 h-1 rounded-full bg-active" />
        <span
          className="absolute top-2 -left-2 h-1 rounded-full bg-accent"
          style={{ width: `calc(${share}% + 8px)` }}
        />
        <SliderThumb
          aria-label={label}
          className="top-2.5 size-4 rounded-full border-2 border-accent bg-panel data-dragging:bg-accent-soft data-focus-visible:outline-2"
        />
      </SliderTrack>
      {ends && (
        <span className="flex justify-between gap-3 text-sm text-ink-3" aria-hidden>
          <span className="truncate">{ends[0]}</span>
          <span className="truncate">{ends[1]}</span>
        </span>
      )}
    </AriaSlider>
  )
}
