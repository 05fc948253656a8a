import { CircleAlert, Gauge, LoaderCircle } from 'lucide-react'
import type { CelebritySummary } from '../../../../core/celebrities/contract'
import { matchingQuality } from '../../../kit/face/attributes'
import { formatLabel, formatNumber } from '../../../kit/format'
import { Thumbnail } from '../../../kit/thumbnail'
import { stateLabels } from '../search'

/** What of a celebrity stands under the name: what they are, or how far the analysis has come. */
function caption({ state, category, age, error_message }: CelebritySummary): string {
  if (state === 'failed') return error_message ?? stateLabels.failed.label
  if (state !== 'ready') return `${stateLabels[state].label}…`
  if (!category) return age === null ? '' : `Age ${age}`
  return age === null ? formatLabel(category) : `${formatLabel(category)}, ${age}`
}

/** A celebrity in the grid. */
export function CelebrityCard({ celebrity }: { celebrity: CelebritySummary }) {
  const { state, name, thumbnail_url, quality_score } = celebrity
  const text = caption(celebrity)
  return (
    <>
      <span className="relative block">
        <Thumbnail
          src={thumbnail_url}
          name={name}
          size="fill"
          className={`rounded-b-none ${state === 'failed' ? 'opacity-50' : ''}`}
        />
        {state === 'analyzing' && (
          <span className="absolute top-2 right-2 rounded-full bg-panel p-1 text-info shadow-float">
            <LoaderCircle className="size-3.5 animate-spin" aria-hidden />
          </span>
        )}
        {state === 'failed' && (
          <span className="absolute top-2 right-2 rounded-full bg-panel p-1 text-bad shadow-float">
            <CircleAlert className="size-3.5" aria-hidden />
          </span>
        )}
      </span>
      <span className="@container flex min-h-0 grow flex-col justify-center px-2.5">
        <span className="truncate font-medium" title={name}>
          {name}
        </span>
        <span className="flex items-center gap-2 text-sm">
          <span
            className={`min-w-0 grow truncate ${state === 'failed' ? 'text-bad' : 'text-ink-3'}`}
            title={text}
          >
            {text || ' '}
          </span>
          {state === 'ready' && quality_score !== null && <Quality value={quality_score} />}
        </span>
      </span>
    </>
  )
}

function Quality({ value }: { value: number }) {
  const isLow = value < matchingQuality
  return (
    <span
      title={`Quality ${formatNumber(value)} of 1${isLow ? `, below ${formatNumber(matchingQuality)}` : ''}`}
      className={`flex shrink-0 items-center gap-1 @max-[110px]:sr-only ${isLow ? 'text-warning' : 'text-ink-3'}`}
    >
      <Gauge className="size-3" aria-hidden />
      <span className="sr-only">quality</span>
      {formatNumber(value)}
    </span>
  )
}
