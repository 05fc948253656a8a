import { X } from 'lucide-react'
import type { ReactNode } from 'react'
import { importRulesSchema, type ImportRules } from '../../../core/celebrities/contract-import-schemas'
import {
  qualityComponentNames,
  qualityComponentWords,
  type QualityComponent,
} from '../../../core/model/quality'
import { Button } from '../../kit/button'
import { formatAmount, formatNumber } from '../../kit/format'
import { IconButton } from '../../kit/icon-button'
import { Select } from '../../kit/select'
import { Slider } from '../../kit/slider'

/** The rules that hold where nobody says otherwise. */
export const usualRules: ImportRules = importRulesSchema.parse({})

/** What a first least value of a component is. */
const firstLeast = 40

/** What is published without a question, and what is asked. */
export function RulesFields({
  rules,
  onChange,
}: {
  rules: ImportRules
  onChange: (rules: ImportRules) => void
}) {
  const set = (change: Partial<ImportRules>) => onChange({ ...rules, ...change })
  return (
    <div className="flex flex-col gap-5">
      <Group title="Quality" words="A face under this is rejected; you can still accept it by hand.">
        <Slider
          label="Least quality"
          value={rules.min_quality}
          onChange={(value) => set({ min_quality: value })}
          text={formatNumber(rules.min_quality)}
        />
        <LeastParts rules={rules} onChange={set} />
      </Group>
      <Group title="Same person" words="By the likeness of two faces. Between the two, a person is asked.">
        <Slider
          label="One person from"
          value={rules.same_person}
          onChange={(value) => set({ same_person: value, other_person: Math.min(value, rules.other_person) })}
          text={formatNumber(rules.same_person)}
          ends={['merges more', 'asks more']}
        />
        <Slider
          label="Two people under"
          value={rules.other_person}
          onChange={(value) => set({ other_person: value, same_person: Math.max(value, rules.same_person) })}
          text={formatNumber(rules.other_person)}
        />
      </Group>
      <Group
        title="Same picture"
        words="Two copies of one picture differ in few bits of their fingerprints: other sizes, other formats."
      >
        <Slider
          label="One picture up to"
          value={rules.same_picture}
          max={32}
          step={1}
          onChange={(value) => set({ same_picture: value })}
          text={`${formatAmount(rules.same_picture, 'bit')} of 64`}
        />
      </Group>
      <Group
        title="Minors"
        words="The models’ estimate of an age is off by some years. Who may be younger than an adult is held for a person."
      >
        <Slider
          label="Adults from"
          value={rules.adult_age}
          max={30}
          step={1}
          onChange={(value) => set({ adult_age: value })}
          text={formatAmount(rules.adult_age, 'year')}
        />
        <Slider
          label="Doubt of the estimate"
          value={rules.age_uncertainty}
          max={40}
          step={1}
          onChange={(value) => set({ age_uncertainty: value })}
          text={`± ${formatAmount(rules.age_uncertainty, 'year')}: held under ${rules.adult_age + rules.age_uncertainty}`}
        />
      </Group>
      <Button className="self-start" onPress={() => onChange(usualRules)}>
        Back to the usual rules
      </Button>
    </div>
  )
}

function Group({ title, words, children }: { title: string; words: string; children: ReactNode }) {
  return (
    <fieldset className="flex flex-col gap-2">
      <legend className="font-medium">{title}</legend>
      <p className="text-sm text-pretty text-ink-3">{words}</p>
      {children}
    </fieldset>
  )
}

/** The least of single parts of the quality. */
function LeastParts({
  rules: { min_components: least },
  onChange,
}: {
  rules: ImportRules
  onChange: (change: Partial<ImportRules>) => void
}) {
  const set = (name: QualityComponent, value: number | undefined) => {
    const { [name]: _before, ...others } = least
    onChange({ min_components: value === undefined ? others : { ...others, [name]: value } })
  }
  const free = qualityComponentNames.filter((name) => least[name] === undefined)
  return (
    <>
      {qualityComponentNames.map((name) => {
        const value = least[name]
        if (value === undefined) return null
        const { label } = qualityComponentWords[name]
        return (
          <div key={name} className="flex items-start gap-2">
            <div className="grow">
              <Slider
                label={label}
                value={value}
                max={100}
                step={1}
                onChange={(next) => set(name, next)}
                text={`at least ${value} of 100`}
              />
            </div>
            <IconButton label={`Ask for no ${label.toLowerCase()}`} onPress={() => set(name, undefined)}>
              <X />
            </IconButton>
          </div>
        )
      })}
      {free.length > 0 && (
        <Select
          label="Also ask for"
          options={free.map((name) => ({ id: name, label: qualityComponentWords[name].label }))}
          value={undefined}
          onChange={(name) => name && set(name, firstLeast)}
          className="self-start"
        />
      )}
    </>
  )
}
