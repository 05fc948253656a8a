import { useState } from 'react'
import { Slider, SliderThumb, SliderTrack } from 'react-aria-components'
import { rangeWords, type Range } from './range-words'

/** A slider with two ends, over [0, 1] where nothing else is said; an end that stands at the very end is open. */
export function RangeSlider({
  label,
  range,
  onChange,
  autoFocus = false,
  max: highest = 1,
  digits = 2,
}: {
  label: string
  range: Range
  onChange: (range: Range) => void
  autoFocus?: boolean
  /** The end of the scale, which begins at 0. */
  max?: number
  /** Decimals of the numbers, and the step. */
  digits?: number
}) {
  const told = [range.min ?? 0, range.max ?? highest]
  const [dragged, setDragged] = useState<number[] | null>(null)
  const ends = dragged ?? told
  const [low = 0, high = highest] = ends
  return (
    <Slider
      aria-label={label}
      minValue={0}
      maxValue={highest}
      step={10 ** -digits}
      value={ends}
      onChange={setDragged}
      onChangeEnd={([from = 0, to = highest]) => {
        setDragged(null)
        onChange({ min: from > 0 ? from : undefined, max: to < highest ? to : undefined })
      }}
      className="grid grid-cols-[6.5rem_1fr_5.5rem] items-center gap-2"
    >
      <span className="truncate text-ink-2" aria-hidden>
        {label}
      </span>
      <SliderTrack className="relative mx-2 h-6">
        <span className="absolute top-2.5 -right-2 -left-2 h-1 rounded-full bg-active" />
        <span
          className="absolute top-2.5 h-1 rounded-full bg-accent"
          style={{ left: `${(low / highest) * 100}%`, width: `${((high - low) / highest) * 100}%` }}
        />
        <SliderThumb index={0} autoFocus={autoFocus} aria-label={`${label} from`} className={thumb} />
        <SliderThumb index={1} aria-label={`${label} to`} className={thumb} />
      </SliderTrack>
      <span className="text-right text-sm text-ink-3">
        {rangeWords({ min: low > 0 ? low : undefined, max: high < highest ? high : undefined }, digits)}
      </span>
    </Slider>
  )
}

const thumb =
  'top-3 size-4 rounded-full border-2 border-accent bg-panel data-focus-visible:outline-2 data-dragging:bg-accent-soft'
