import { CircleAlert, LoaderCircle } from 'lucide-react'
import type { CelebritySummary } from '../../../core/celebrities/contract'
import { formatLabel, formatNumber } from '../../kit/format'
import { Thumbnail } from '../../kit/thumbnail'
import { stateLabels } from './search'

/** What of a celebrity stands under the name: what they are, or how far the analysis has come. */
function caption({ state, category, age, quality_score, error_message }: CelebritySummary): string {
  if (state === 'failed') return error_message ?? stateLabels.failed.label
  if (state !== 'ready') return `${stateLabels[state].label}…`
  const quality = quality_score === null ? null : `Q ${formatNumber(quality_score)}`
  return [category && formatLabel(category), age, quality].filter(Boolean).join(' · ')
}

/** A celebrity in the grid. */
export function CelebrityCard({ celebrity }: { celebrity: CelebritySummary }) {
  const { state, name, thumbnail_url } = celebrity
  const text = caption(celebrity)
  return (
    <>
      <span className="relative block">
        <Thumbnail
          src={thumbnail_url}
          name={name}
          size="fill"
          className={`rounded-none ${state === 'failed' ? 'opacity-50' : ''}`}
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
      <span className="flex min-h-0 grow flex-col justify-center px-2.5">
        <span className="truncate font-medium">{name}</span>
        <span className={`truncate text-sm ${state === 'failed' ? 'text-bad' : 'text-ink-3'}`} title={text}>
          {text}
        </span>
      </span>
    </>
  )
}

/** The same for those who hear the grid. */
export function celebrityLabel(celebrity: CelebritySummary): string {
  return `${celebrity.name}, ${caption(celebrity)}`
}
