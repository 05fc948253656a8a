import type { Import, Outcome, OutcomeCode } from '../../../../core/celebrities/contract-import-schemas'
import { cx } from '../../../kit/class-names'
import { formatCount } from '../../../kit/format'
import { toneSolid } from '../../../kit/tone'
import { codeWords, outcomeOrder, outcomeWords, reasonsOf } from '../import-words'
import type { ImportSearch } from '../search'

/** The files by outcome, those of the chosen one by reason. */
export function GroupNav({
  of,
  filters,
  onChange,
}: {
  of: Import
  filters: ImportSearch
  onChange: (change: Pick<ImportSearch, 'outcome' | 'code'>) => void
}) {
  const choose = (outcome?: Outcome, code?: OutcomeCode) => onChange({ outcome, code })
  const shown = outcomeOrder.filter(
    (outcome) => of.outcomes[outcome] > 0 || outcome === 'needs_person' || outcome === filters.outcome,
  )
  return (
    <nav aria-label="Outcomes" className="max-h-[42%] shrink-0 overflow-y-auto border-b p-1.5">
      <Entry
        label="All files"
        count={of.files}
        isCurrent={!filters.outcome && !filters.code}
        onPress={() => choose()}
      />
      {shown.map((outcome) => (
        <div key={outcome}>
          <Entry
            label={outcomeWords[outcome].label}
            title={outcomeWords[outcome].meaning}
            dot={toneSolid[outcomeWords[outcome].tone]}
            count={of.outcomes[outcome]}
            isCurrent={filters.outcome === outcome && !filters.code}
            onPress={() => choose(outcome)}
          />
          {filters.outcome === outcome &&
            reasonsOf(of, outcome).map(({ code, files }) => (
              <Entry
                key={code}
                label={codeWords[code]}
                count={files}
                isCurrent={filters.code === code}
                isInner
                onPress={() => choose(outcome, filters.code === code ? undefined : code)}
              />
            ))}
        </div>
      ))}
    </nav>
  )
}

function Entry(props: {
  label: string
  title?: string
  dot?: string
  count: number
  isCurrent: boolean
  isInner?: boolean
  onPress: () => void
}) {
  const { label, title, dot, count, isCurrent, isInner = false, onPress } = props
  return (
    <button
      type="button"
      title={title}
      aria-current={isCurrent || undefined}
      onClick={onPress}
      className={cx(
        'flex h-7 w-full items-center gap-2 rounded-md px-2 text-left transition-colors hover:bg-active',
        isInner && 'h-6 pl-6 text-sm',
        isCurrent ? 'bg-active font-medium text-ink' : 'text-ink-2',
      )}
    >
      {dot && <span aria-hidden className={cx('size-2 shrink-0 rounded-full', dot)} />}
      <span className="min-w-0 grow truncate">{label}</span>
      <span className="text-sm font-normal text-ink-3">{formatCount(count)}</span>
    </button>
  )
}
