import { labToCss, type Lab } from './lab-color'

/** L, a and b with one decimal. */
export function formatLab([l, a, b]: Lab): string {
  return `L ${l.toFixed(1)}  a ${a.toFixed(1)}  b ${b.toFixed(1)}`
}

/** A skin tone as a patch of that very colour. */
export function SkinSwatch({ lab, className = 'size-4' }: { lab: Lab; className?: string }) {
  return (
    <span
      role="img"
      aria-label={`Skin tone ${formatLab(lab)}`}
      title={formatLab(lab)}
      className={`inline-block shrink-0 rounded-sm border border-line-strong ${className}`}
      style={{ backgroundColor: labToCss(lab) }}
    />
  )
}
