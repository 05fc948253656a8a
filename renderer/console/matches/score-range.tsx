import { ChevronDown } from 'lucide-react'
import { Button as AriaButton, Dialog, DialogTrigger } from 'react-aria-components'
import { Button } from '../../kit/button'
import { Popover } from '../../kit/popover'
import { RangeSlider } from '../../kit/range-slider'
import { rangeWords, type Range } from '../../kit/range-words'

/** A range of scores, for a toolbar: reads "Score 0.40–0.80" and opens a slider with two ends. */
export function ScoreRange({ range, onChange }: { range: Range; onChange: (range: Range) => void }) {
  const isOpen = range.min === undefined && range.max === undefined
  return (
    <DialogTrigger>
      <AriaButton className="flex h-7 shrink-0 items-center gap-1.5 rounded-md border border-line-strong bg-panel px-2 transition-colors data-hovered:bg-raised">
        <span className="text-ink-3">Score</span> <span>{isOpen ? 'Any' : rangeWords(range)}</span>
        <ChevronDown className="size-3.5 text-ink-3" aria-hidden />
      </AriaButton>
      <Popover placement="bottom start" className="w-96">
        <Dialog aria-label="Score range" className="flex flex-col gap-2 p-2 outline-none">
          <RangeSlider label="Score" range={range} onChange={onChange} autoFocus />
          <Button
            size="sm"
            className="self-end"
            isDisabled={isOpen}
            onPress={() => onChange({ min: undefined, max: undefined })}
          >
            Any score
          </Button>
        </Dialog>
      </Popover>
    </DialogTrigger>
  )
}
