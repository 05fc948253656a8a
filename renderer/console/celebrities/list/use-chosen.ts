import { useState } from 'react'
import type { WindowChecks } from '../../../kit/window-checks'
import { notifyFailed } from '../../../kit/toast'
import { describeError } from '../../../rpc/errors'
import { countOf, everybody, isChosen, mostChosen, nobody, withChosen, type Chosen } from '../selection'
import type { CatalogueRows } from './use-catalogue-rows'

/** Who is chosen for what is done to several at a time. It holds while one scrolls; another list begins with nobody. */
export function useChosen(rows: CatalogueRows) {
  const [kept, setKept] = useState<{ key: string; chosen: Chosen }>({ key: rows.key, chosen: nobody })
  const chosen = kept.key === rows.key ? kept.chosen : nobody
  const change = (how: (chosen: Chosen) => Chosen) =>
    setKept((before) => ({ key: rows.key, chosen: how(before.key === rows.key ? before.chosen : nobody) }))
  const total = rows.total ?? 0
  const count = countOf(chosen, total)
  const checks: WindowChecks = {
    has: (id) => isChosen(chosen, id),
    state: count === 0 ? 'none' : count >= total ? 'all' : 'partly',
    onToggle: (place, isRange) => {
      const from = isRange && chosen.anchor >= 0 ? chosen.anchor : place
      const row = rows.rowAt(place)
      if (from === place) {
        if (row) change((now) => withChosen(now, [row.id], isRange || !isChosen(now, row.id), place))
        return
      }
      if (Math.abs(place - from) >= mostChosen) return failAsTooMany()
      rows.rowsBetween(from, place).then(
        (found) =>
          change((now) =>
            withChosen(
              now,
              found.map(({ id }) => id),
              true,
              place,
            ),
          ),
        (error: unknown) => notifyFailed('They could not be chosen', describeError(error)),
      )
    },
    onToggleAll: () => change(() => (count > 0 ? nobody : everybody)),
  }
  return {
    chosen,
    count,
    checks,
    clear: () => change(() => nobody),
    chooseAll: () => change(() => everybody),
  }
}

function failAsTooMany(): void {
  notifyFailed('Too many to choose one by one', 'Choose 10,000 at most, or all that match with Ctrl and A.')
}
