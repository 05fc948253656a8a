import type { StoredQualityComponents } from '../../../core/model/quality'
import { unknown } from '../format'
import { Meter } from '../meter'
import { Section } from '../section'
import { qualityParts, type QualityPart } from './quality-parts'

/** The parts of a face's quality as bars, the weak ones first and with what to do about them. */
export function QualityMeters({ components }: { components: StoredQualityComponents }) {
  const { recognition, portrait } = qualityParts(components)
  return (
    <>
      <Section title="Quality for recognition" aside="0 to 100, weakest first">
        <PartList parts={recognition} />
      </Section>
      <Section title="As an identity photo" aside="not needed for matching">
        <PartList parts={portrait} />
      </Section>
    </>
  )
}

function PartList({ parts }: { parts: readonly QualityPart[] }) {
  return (
    <ul className="flex flex-col gap-1">
      {parts.map(({ name, label, value, words }) => (
        <li key={name}>
          <Meter
            label={label}
            value={value}
            max={100}
            text={value === null ? unknown : String(Math.round(value))}
            tone={words ? 'warning' : 'accent'}
          />
          {words && <p className="text-sm text-pretty text-ink-3">{words}</p>}
        </li>
      ))}
    </ul>
  )
}
