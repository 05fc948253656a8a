import { useMutation, useQueries } from '@tanstack/react-query'
import { useState } from 'react'
import { RadioButton, RadioField, RadioGroup } from 'react-aria-components'
import type { Celebrity } from '../../../../core/celebrities/contract'
import { Button } from '../../../kit/button'
import { cx } from '../../../kit/class-names'
import { Dialog } from '../../../kit/dialog'
import { ErrorState } from '../../../kit/error-state'
import { formatAmount, formatDate, formatLabel, formatNumber, unknown } from '../../../kit/format'
import { Skeleton } from '../../../kit/skeleton'
import { Thumbnail } from '../../../kit/thumbnail'
import { notifyFailed } from '../../../kit/toast'
import { useConnection } from '../../../rpc/connection'
import { describeError } from '../../../rpc/errors'
import { proposeWhoStays } from './merge-choice'
import { useTellChange } from './use-changes'

/** Makes several celebrities one: side by side, to choose who stays. The others' photos become theirs. */
export function MergeDialog({
  ids,
  onClose,
  onDone,
}: {
  ids: readonly string[]
  onClose: () => void
  /** @param id Who stayed. */
  onDone: (id: string) => void
}) {
  const { api } = useConnection()
  const queries = useQueries({
    queries: ids.map((id) => api.celebrities.get.queryOptions({ input: { id } })),
  })
  const failed = queries.find((query) => query.isError && !query.data)
  const people = queries.flatMap(({ data }) => data ?? [])
  const isReady = people.length === ids.length
  const [wanted, setWanted] = useState<string>()
  const staying = wanted ?? (isReady ? proposeWhoStays(people) : undefined)
  const merge = useMerge((id) => {
    onClose()
    onDone(id)
  })
  const name = people.find(({ id }) => id === staying)?.name
  const submit = () => {
    if (!staying || !isReady || merge.isPending) return
    merge.mutate({
      id: staying,
      others: ids.filter((id) => id !== staying),
      seen: Object.fromEntries(people.map(({ id, updated_at }) => [id, updated_at])),
      name: name ?? '',
    })
  }
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={`Merge ${formatAmount(ids.length, 'celebrity', 'celebrities')} into one`}
      width="lg"
      onSubmit={submit}
      footer={
        <>
          <Button onPress={onClose}>Cancel</Button>
          <Button type="submit" variant="primary" isDisabled={!isReady} isPending={merge.isPending}>
            {name ? `Merge into ${name}` : 'Merge'}
          </Button>
        </>
      }
    >
      {failed ? (
        <ErrorState
          title="They could not be loaded"
          message={describeError(failed.error)}
          onRetry={() => void failed.refetch()}
          isRetrying={failed.isFetching}
        />
      ) : isReady ? (
        <div className="flex flex-col gap-3">
          <p className="text-pretty text-ink-2">
            Who stays keeps their name and facts, and takes the photos of the others as further photos. The
            others go; an undo brings them back.
          </p>
          <Candidates people={people} staying={staying} onStay={setWanted} />
        </div>
      ) : (
        <div role="status" aria-label="Loading them" className="grid grid-cols-3 gap-3">
          {ids.slice(0, 3).map((id) => (
            <Skeleton key={id} className="h-64" />
          ))}
        </div>
      )}
    </Dialog>
  )
}

interface Merge {
  id: string
  others: string[]
  /** What the curator has looked at: somebody else's change in between is a conflict. */
  seen: Record<string, Date>
}

function useMerge(onDone: (id: string) => void) {
  const { client } = useConnection()
  const tell = useTellChange()
  return useMutation({
    mutationFn: ({ name: _name, ...merge }: Merge & { name: string }) => client.curation.merge(merge),
    onSuccess: async (group, { id, others, name }) => {
      onDone(id)
      await tell(group, `${formatAmount(others.length, 'celebrity', 'celebrities')} merged into ${name}`)
    },
    onError: (error) => notifyFailed('They could not be merged', describeError(error)),
  })
}

function Candidates({
  people,
  staying,
  onStay,
}: {
  people: readonly Celebrity[]
  staying: string | undefined
  onStay: (id: string) => void
}) {
  return (
    <RadioGroup
      aria-label="Who stays"
      value={staying ?? null}
      onChange={onStay}
      orientation="horizontal"
      className="grid grid-cols-[repeat(auto-fill,minmax(13rem,1fr))] gap-3"
    >
      {people.map((person) => (
        <RadioField key={person.id} value={person.id} autoFocus={person.id === staying} className="flex">
          <RadioButton className="flex min-w-0 grow cursor-default flex-col overflow-hidden rounded-md border bg-panel data-focus-visible:outline-2 data-hovered:border-line-strong data-selected:border-accent data-selected:shadow-[0_0_0_1px_var(--accent)]">
            {({ isSelected }) => <Candidate person={person} isStaying={isSelected} />}
          </RadioButton>
        </RadioField>
      ))}
    </RadioGroup>
  )
}

function Candidate({ person, isStaying }: { person: Celebrity; isStaying: boolean }) {
  const { name, thumbnail_url, category, gender, quality_score, provenance, created_at, lookalikes } = person
  const facts = [
    ['Category', category && formatLabel(category)],
    ['Gender', gender && formatLabel(gender)],
    ['Quality', quality_score === null ? null : formatNumber(quality_score)],
    ['Licence', provenance?.licence],
    ['Found for', lookalikes.length > 0 ? formatAmount(lookalikes.length, 'person', 'people') : null],
    ['Added', formatDate(created_at)],
  ] as const
  return (
    <>
      <span className="relative block">
        <Thumbnail src={thumbnail_url} name={name} size="fill" className="rounded-none" />
        <span
          className={cx(
            'absolute top-2 left-2 rounded-sm px-1.5 text-sm shadow-float',
            isStaying ? 'bg-accent-soft font-medium text-accent-ink' : 'bg-panel text-ink-2',
          )}
        >
          {isStaying ? 'Stays' : 'Goes'}
        </span>
      </span>
      <span className="flex flex-col gap-1.5 p-2.5">
        <span className="font-medium break-words">{name}</span>
        <span className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-2 text-sm">
          {facts.map(([label, value]) => (
            <span key={label} className="contents">
              <span className="text-ink-3">{label}</span>
              <span className="truncate">{value ?? unknown}</span>
            </span>
          ))}
        </span>
      </span>
    </>
  )
}
