import { ChevronDown } from 'lucide-react'
import { useState } from 'react'
import {
  Button as AriaButton,
  DialogTrigger,
  Dialog,
  Slider,
  SliderThumb,
  SliderTrack,
} from 'react-aria-components'
import { Button } from '../../kit/button'
import { formatNumber } from '../../kit/format'
import { Popover } from '../../kit/popover'

export interface ScoreRangeProps {
  /** Ends of the range in [0, 1]; undefined is open. */
  min: number | undefined
  max: number | undefined
  onChange: (range: { min: number | undefined; max: number | undefined }) => void
}

/** "≥ 0.40", "≤ 0.80", "0.40–0.80" */
function rangeWords(min: number | undefined, max: number | undefined): string {
  if (min === undefined && max === undefined) return 'Any'
  if (max === undefined) return `≥ ${formatNumber(min)}`
  if (min === undefined) return `≤ ${formatNumber(max)}`
  return `${formatNumber(min)}–${formatNumber(max)}`
}

/** A range of scores, for a toolbar: reads "Score 0.40–1.00" and opens a slider with two ends. */
export function ScoreRange({ min, max, onChange }: ScoreRangeProps) {
  return (
    <DialogTrigger>
      <AriaButton className="flex h-7 shrink-0 items-center gap-1.5 rounded-md border border-line-strong bg-panel px-2 transition-colors data-hovered:bg-raised">
        <span className="text-ink-3">Score</span> <span>{rangeWords(min, max)}</span>
        <ChevronDown className="size-3.5 text-ink-3" aria-hidden />
      </AriaButton>
      <Popover placement="bottom start" className="w-72">
        <Dialog aria-label="Score range" className="flex flex-col gap-3 p-2 outline-none">
          <RangeSlider min={min} max={max} onChange={onChange} />
        </Dialog>
      </Popover>
    </DialogTrigger>
  )
}

function RangeSlider({ min, max, onChange }: ScoreRangeProps) {
  const [ends, setEnds] = useState([min ?? 0, max ?? 1])
  const [low = 0, high = 1] = ends
  return (
    <>
      <Slider
        aria-label="Score"
        minValue={0}
        maxValue={1}
        step={0.01}
        value={ends}
        onChange={setEnds}
        onChangeEnd={([from = 0, to = 1]) =>
          onChange({ min: from > 0 ? from : undefined, max: to < 1 ? to : undefined })
        }
      >
        <div className="flex justify-between pb-2">
          <span className="text-ink-3">From {formatNumber(low)}</span>
          <span className="text-ink-3">to {formatNumber(high)}</span>
        </div>
        <SliderTrack className="relative mx-2 h-5">
          <span className="absolute top-2 h-1 w-full rounded-full bg-active" />
          <span
            className="absolute top-2 h-1 rounded-full bg-accent"
            style={{ left: `${low * 100}%`, width: `${(high - low) * 100}%` }}
          />
          <SliderThumb index={0} autoFocus aria-label="From" className={thumb} />
          <SliderThumb index={1} aria-label="To" className={thumb} />
        </SliderTrack>
      </Slider>
      <Button
        size="sm"
        className="self-end"
        isDisabled={min === undefined && max === undefined}
        onPress={() => {
          setEnds([0, 1])
          onChange({ min: undefined, max: undefined })
        }}
      >
        Any score
      </Button>
    </>
  )
}

const thumb =
  'top-2.5 size-4 rounded-full border-2 border-accent bg-panel data-focus-visible:outline-2 data-dragging:bg-accent-soft'
