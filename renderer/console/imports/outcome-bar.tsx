import type { Import } from '../../../core/celebrities/contract-import-schemas'
import { cx } from '../../kit/class-names'
import { formatCount } from '../../kit/format'
import { toneSolid } from '../../kit/tone'
import { outcomeLabel, outcomeOrder, outcomeWords } from './import-words'

/** The files of an import by outcome, as a bar and in words. */
export function OutcomeBar({ of }: { of: Pick<Import, 'outcomes'> }) {
  const parts = outcomeOrder.filter((outcome) => of.outcomes[outcome] > 0)
  if (parts.length === 0) return null
  return (
    <div className="flex min-w-0 flex-col gap-1.5">
      <span aria-hidden className="flex h-1.5 gap-px overflow-hidden rounded-full">
        {parts.map((outcome) => (
          <span
            key={outcome}
            className={cx('min-w-1', toneSolid[outcomeWords[outcome].tone], fade[outcome])}
            style={{ flexGrow: of.outcomes[outcome] }}
          />
        ))}
      </span>
      <ul className="flex flex-wrap gap-x-3 text-sm text-ink-2">
        {parts.map((outcome) => (
          <li key={outcome} className="inline-flex items-center gap-1.5">
            <span
              aria-hidden
              className={cx('size-2 rounded-full', toneSolid[outcomeWords[outcome].tone], fade[outcome])}
            />
            {formatCount(of.outcomes[outcome])} {outcomeLabel(outcome, of.outcomes[outcome])}
          </li>
        ))}
      </ul>
    </div>
  )
}

/** Sisters of one colour. */
const fade: Partial<Record<string, string>> = { replaces_photo: 'opacity-60' }
