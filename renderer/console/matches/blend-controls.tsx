import { Pause, Play, Repeat2 } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import { Button } from '../../kit/button'
import { blinkRates } from '../../kit/face/blink'
import { BlendStage, type Blend, type BlendStageProps } from '../../kit/face/blend-stage'
import type { FramedPhoto } from '../../kit/face/photo-frame'
import { useBlink } from '../../kit/face/use-blink'
import { formatPercent } from '../../kit/format'
import { Notice } from '../../kit/notice'
import { Segmented } from '../../kit/segmented'
import { Slider } from '../../kit/slider'
import { useReducedMotion } from '../../kit/use-reduced-motion'
import type { CompareMode, CompareView } from './compare-modes'

type BlendMode = Exclude<CompareMode, 'aligned' | 'photos'>

interface BlendControlsProps {
  mode: BlendMode
  compare: CompareView
  onChange: (view: CompareView) => void
  photos: { first: FramedPhoto; second: FramedPhoto }
  show: BlendStageProps['show']
  /** The two names, the lower face first. */
  names: readonly [ReactNode, ReactNode]
}

/** One face on the other, and what steers how much is seen of each. */
export function BlendControls({ mode, compare, onChange, photos, show, names }: BlendControlsProps) {
  const isStill = useReducedMotion()
  const [isPaused, setPaused] = useState(false)
  const runs = mode === 'blink' && !isStill && !isPaused
  const [isSecond, turn] = useBlink(compare.rate, runs)
  const blend: Blend =
    mode === 'blink' ? { mode, isSecond } : mode === 'difference' ? { mode } : { mode, share: compare.share }
  const [first, second] = [photos.first.name, photos.second.name]
  return (
    <div className="grid grid-cols-[minmax(0,20rem)_minmax(0,1fr)] gap-4">
      <BlendStage
        {...photos}
        blend={blend}
        show={show}
        onSwipe={(share) => onChange({ ...compare, share })}
      />
      <div className="flex min-w-0 flex-col gap-3">
        <div className="flex flex-col gap-1">
          {names[0]}
          {names[1]}
        </div>
        {(mode === 'swipe' || mode === 'opacity') && (
          <Slider
            label={mode === 'swipe' ? 'Swipe' : 'Opacity of the second'}
            value={compare.share}
            onChange={(share) => onChange({ ...compare, share })}
            text={formatPercent(compare.share)}
            ends={[first, second]}
          />
        )}
        {mode === 'difference' && (
          <p className="text-ink-2">
            Black where both photos are the same, bright where they differ. Light, background and pose make
            differences too.
          </p>
        )}
        {mode === 'blink' && (
          <>
            <p role="status" className="text-ink-2">
              Shown now: <strong className="font-medium text-ink">{isSecond ? second : first}</strong>
            </p>
            {isStill ? (
              <>
                <Notice tone="info">Your system asks for less motion, so nothing blinks by itself.</Notice>
                <Button icon={<Repeat2 aria-hidden />} onPress={turn} className="self-start">
                  Show the other
                </Button>
              </>
            ) : (
              <div className="flex flex-wrap items-center gap-2">
                <Button
                  icon={isPaused ? <Play aria-hidden /> : <Pause aria-hidden />}
                  onPress={() => setPaused(!isPaused)}
                >
                  {isPaused ? 'Blink' : 'Pause'}
                </Button>
                {isPaused ? (
                  <Button icon={<Repeat2 aria-hidden />} onPress={turn}>
                    Show the other
                  </Button>
                ) : (
                  <Segmented
                    label="Changes a second"
                    options={blinkRates.map((rate) => ({ id: String(rate), label: `${rate} / s` }))}
                    value={String(compare.rate)}
                    onChange={(chosen) =>
                      onChange({
                        ...compare,
                        rate: blinkRates.find((rate) => String(rate) === chosen) ?? compare.rate,
                      })
                    }
                  />
                )}
              </div>
            )}
          </>
        )}
      </div>
    </div>
  )
}
