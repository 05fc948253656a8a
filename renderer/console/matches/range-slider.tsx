import { useState } from 'react'
import { Slider, SliderThumb, SliderTrack } from 'react-aria-components'
import { rangeWords, type Range } from './range-words'

/** A slider with two ends over [0, 1]; an end that stands at the very end is open. */
export function RangeSlider({
  label,
  range,
  onChange,
  autoFocus = false,
}: {
  label: string
  range: Range
  onChange: (range: Range) => void
  autoFocus?: boolean
}) {
  const told = [range.min ?? 0, range.max ?? 1]
  const [dragged, setDragged] = useState<number[] | null>(null)
  const ends = dragged ?? told
  const [low = 0, high = 1] = ends
  return (
    <Slider
      aria-label={label}
      minValue={0}
      maxValue={1}
      step={0.01}
      value={ends}
      onChange={setDragged}
      onChangeEnd={([from = 0, to = 1]) => {
        setDragged(null)
        onChange({ min: from > 0 ? from : undefined, max: to < 1 ? to : undefined })
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
          style={{ left: `${low * 100}%`, width: `${(high - low) * 100}%` }}
        />
        <SliderThumb index={0} autoFocus={autoFocus} aria-label={`${label} from`} className={thumb} />
        <SliderThumb index={1} aria-label={`${label} to`} className={thumb} />
      </SliderTrack>
      <span className="text-right text-sm text-ink-3">
        {rangeWords({ min: low > 0 ? low : undefined, max: high < 1 ? high : undefined })}
      </span>
    </Slider>
  )
}

const thumb =
  'top-3 size-4 rounded-full border-2 border-accent bg-panel data-focus-visible:outline-2 data-dragging:bg-accent-soft'
