import { formatPercent } from '../../kit/format'
import type { RegionDisplacement, ShapeComparison } from '../../kit/face/procrustes'
import { Section } from '../../kit/section'
import { shiftWords, typicalDisplacement } from './displacement'

/** Where the bars end: a region that lies further apart than this is rare (share of the eyes' distance). */
const scaleEnd = 0.3

/** How far the parts of two faces lie apart once their 68 landmarks are laid on each other. */
export function DisplacementSection({ comparison }: { comparison: ShapeComparison | null }) {
  if (!comparison) {
    return (
      <Section title="Shape, by landmarks">
        <p className="text-ink-3">The landmarks of a side are not known, so the shapes can’t be compared.</p>
      </Section>
    )
  }
  return (
    <Section title="Shape, by landmarks" aside="100 % = the distance of the eyes">
      <table className="w-full border-collapse">
        <caption className="sr-only">
          How far each part of the second face lies from the first face’s, after both were brought to one
          size, place and angle
        </caption>
        <thead>
          <tr className="h-6 text-left text-sm text-ink-3 [&>th]:font-normal">
            <th scope="col" className="w-20">
              Part
            </th>
            <th scope="col">
              Apart on average <span className="sr-only">and, as a tick, what is usual</span>
            </th>
            <th scope="col" className="w-14 text-right">
              Mean
            </th>
            <th scope="col" className="w-16 text-right">
              Greatest
            </th>
            <th scope="col" className="w-52 pl-4">
              The second’s lies
            </th>
          </tr>
        </thead>
        <tbody>
          {comparison.regions.map((region) => (
            <RegionRow key={region.name} region={region} />
          ))}
          <RegionRow region={comparison.all} isTotal />
        </tbody>
      </table>
      <p className="text-sm text-pretty text-ink-3">
        The tick marks the median of two photos of one person (
        {formatPercent(typicalDisplacement.All.same, 1)} over all points), the ring that of two strangers (
        {formatPercent(typicalDisplacement.All.different, 1)}). A turned head moves the jaw and the nose most.
      </p>
    </Section>
  )
}

function RegionRow({ region, isTotal = false }: { region: RegionDisplacement; isTotal?: boolean }) {
  const { name, mean, greatest, shift } = region
  const { same, different } = typicalDisplacement[name]
  const at = (value: number) => `${Math.min(1, value / scaleEnd) * 100}%`
  return (
    <tr className={isTotal ? 'h-7 border-t font-medium' : 'h-6'}>
      <th scope="row" className={`text-left ${isTotal ? 'font-medium' : 'font-normal text-ink-2'}`}>
        {isTotal ? 'All points' : name}
      </th>
      <td>
        <span aria-hidden className="relative block h-1.5 rounded-full bg-active">
          <span
            className={`block h-full rounded-full ${isTotal ? 'bg-ink' : 'bg-accent'}`}
            style={{ width: at(mean) }}
          />
          <span className="absolute -inset-y-1 w-0.5 -translate-x-1/2 bg-ink" style={{ left: at(same) }} />
          <span
            className="absolute top-1/2 size-2 -translate-1/2 rounded-full border-[1.5px] border-ink bg-panel"
            style={{ left: at(different) }}
          />
        </span>
      </td>
      <td className="text-right">{formatPercent(mean, 1)}</td>
      <td className="text-right text-ink-3">{formatPercent(greatest, 1)}</td>
      <td className="pl-4 text-ink-3">{!isTotal && shiftWords(shift)}</td>
    </tr>
  )
}
