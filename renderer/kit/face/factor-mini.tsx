import { factorNames, type Factors } from '../../../core/model/weights'
import { factorLabels } from './factor-words'
import { formatScore } from './score-badge'

/** The six factors in the room of a word, for rows of a list: a column each, a dash at the foot where it is missing. */
export function FactorMini({ factors }: { factors: Factors }) {
  const words = factorNames.map((name) => {
    const value = factors[name]
    return `${factorLabels[name]} ${value === null ? 'missing' : formatScore(value)}`
  })
  return (
    <span
      role="img"
      aria-label={words.join(', ')}
      title={words.join('\n')}
      className="flex h-5 items-end gap-0.5"
    >
      {factorNames.map((name) => {
        const value = factors[name]
        return value === null ? (
          <span key={name} className="h-px w-1.25 bg-ink-3" />
        ) : (
          <span key={name} className="relative h-full w-1.25 overflow-hidden rounded-[1px] bg-active">
            <span className="absolute inset-x-0 bottom-0 bg-accent" style={{ height: `${value * 100}%` }} />
          </span>
        )
      })}
    </span>
  )
}
