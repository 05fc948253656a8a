import { factorNames, weightsSchema } from '../../../core/model/weights'
import type { Setting } from '../../../core/settings/contract'
import { formatLabel, formatPercent } from '../../kit/format'
import { Notice } from '../../kit/notice'
import { Card } from '../../kit/section'
import { LastChange } from './setting-line'

/** The six weights as bars on one scale, and their sum. */
export function WeightsCard({ setting }: { setting: Setting }) {
  const weights = weightsSchema.safeParse(setting.value)
  return (
    <Card title="Weights of a match score" aside={<LastChange setting={setting} />}>
      {setting.description && <p className="-mt-1 text-sm text-ink-3">{setting.description}</p>}
      {weights.success ? (
        <dl className="grid grid-cols-[auto_1fr_auto] items-center gap-x-4 gap-y-1.5">
          {factorNames.map((name) => (
            <div key={name} className="contents">
              <dt className="text-ink-2">{formatLabel(name)}</dt>
              <dd className="h-2 rounded-full bg-active" aria-hidden>
                <span
                  className="block h-full rounded-full bg-accent-solid"
                  style={{ width: `${weights.data[name] * 100}%` }}
                />
              </dd>
              <dd className="w-12 text-right font-medium">{formatPercent(weights.data[name])}</dd>
            </div>
          ))}
          <div className="contents text-ink-3">
            <dt>Sum</dt>
            <dd />
            <dd className="w-12 text-right">
              {formatPercent(factorNames.reduce((sum, name) => sum + weights.data[name], 0))}
            </dd>
          </div>
        </dl>
      ) : (
        <Notice tone="bad">
          These weights can’t be used: {weights.error.issues[0]?.message} An admin has to correct them in the
          database.
        </Notice>
      )}
    </Card>
  )
}
