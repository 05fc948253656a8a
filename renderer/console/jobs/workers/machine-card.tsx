import { type ReactNode, useId } from 'react'
import type { WorkingMachine } from '../../../../core/jobs/contract-machine'
import type { MachineWork } from '../../../../core/model/machine-work'
import { Segmented } from '../../../kit/segmented'
import { Select } from '../../../kit/select'
import { isAtLeast, useMe } from '../../shell/me'
import { type Choice, machineLabels, machineText, photoChoices, shareChoices } from './machine-words'
import { useMachine, useSetMachine } from './use-machine'

/** What the machine that this console comes from gives to the queue; a curator changes it. */
export function MachineCard() {
  const machine = useMachine().data
  const mayChange = isAtLeast(useMe().role, 'curator')
  const titleId = useId()
  if (!machine) return null
  return (
    <section aria-labelledby={titleId} className="flex shrink-0 flex-col gap-2 border-b px-4 py-3">
      <header className="flex flex-wrap items-baseline gap-x-2">
        <h2 id={titleId} className="font-semibold">
          This machine
        </h2>
        <p className="text-pretty text-ink-3">{conditionOf(machine)}</p>
      </header>
      <div className="flex flex-wrap items-center gap-x-6 gap-y-2">
        {mayChange ? <Editors machine={machine} /> : <Values machine={machine} />}
      </div>
    </section>
  )
}

function conditionOf({ idle_because, is_on_battery, worker_id }: WorkingMachine): string {
  return idle_because ?? `${worker_id}${is_on_battery ? ', on battery' : ''}`
}

function Editors({ machine }: { machine: WorkingMachine }) {
  const { isPending, variables, mutate } = useSetMachine()
  // Pressed at once; a refusal takes it back.
  const shown = isPending ? { ...machine, [variables.key]: variables.value } : machine
  const set = (key: keyof MachineWork, value: MachineWork[keyof MachineWork]) => {
    if (value !== machine[key]) mutate({ key, value, seen: machine })
  }
  return (
    <>
      <Named name={machineLabels.background}>
        <Segmented
          label={machineLabels.background}
          value={String(shown.background)}
          onChange={(id) => set('background', id === 'true')}
          options={[
            { id: 'false', label: 'Off' },
            { id: 'true', label: 'On' },
          ]}
        />
      </Named>
      <Chosen
        name={machineLabels.concurrency}
        choices={photoChoices(shown)}
        value={shown.concurrency !== null && shown.concurrency < shown.threads ? shown.concurrency : null}
        onChange={(value) => set('concurrency', value)}
      />
      <Chosen
        name={machineLabels.cpu_share}
        choices={shareChoices(shown)}
        value={shown.cpu_share}
        onChange={(value) => set('cpu_share', value)}
      />
      <Named name={machineLabels.on_battery}>
        <Segmented
          label={machineLabels.on_battery}
          value={String(shown.on_battery)}
          onChange={(id) => set('on_battery', id === 'true')}
          options={[
            { id: 'false', label: 'Pause' },
            { id: 'true', label: 'Go on' },
          ]}
        />
      </Named>
    </>
  )
}

function Chosen<Value>({
  name,
  choices,
  value,
  onChange,
}: {
  name: string
  choices: readonly Choice<Value>[]
  value: Value
  onChange: (value: Value) => void
}) {
  return (
    <Select
      label={name}
      options={choices}
      value={choices.find((choice) => choice.value === value)?.id}
      onChange={(id) => {
        const choice = choices.find((one) => one.id === id)
        if (choice) onChange(choice.value)
      }}
    />
  )
}

function Values({ machine }: { machine: WorkingMachine }) {
  return (Object.keys(machineLabels) as (keyof MachineWork)[]).map((key) => (
    <Named key={key} name={machineLabels[key]}>
      <span className="font-medium">{machineText(machine, key)}</span>
    </Named>
  ))
}

function Named({ name, children }: { name: string; children: ReactNode }) {
  return (
    <span className="flex items-center gap-2">
      <span className="text-ink-3">{name}</span>
      {children}
    </span>
  )
}
