import { useRef, useState } from 'react'
import { StatusDot } from '../../kit/badge'
import { Button } from '../../kit/button'
import { formatAmount, formatCount, formatDuration } from '../../kit/format'
import { ProgressBar } from '../../kit/progress-bar'
import { Segmented } from '../../kit/segmented'
import type { Tone } from '../../kit/tone'
import { useVirtualRows } from '../../kit/use-virtual-rows'
import type { NewCelebrityPhoto } from './add-celebrity'
import type { ImportEntry, ImportProgress, ImportQueue } from './import-queue'
import { importStore, runImport, useImportProgress } from './import-store'

type Entry = ImportEntry<NewCelebrityPhoto>

const stateWords: Record<Entry['state'], { label: string; tone: Tone }> = {
  waiting: { label: 'Waiting', tone: 'neutral' },
  running: { label: 'Sending', tone: 'info' },
  added: { label: 'Added', tone: 'good' },
  known: { label: 'Known already', tone: 'warning' },
  rejected: { label: 'Rejected', tone: 'bad' },
  failed: { label: 'Failed', tone: 'bad' },
}

const filters = ['all', 'added', 'known', 'rejected', 'failed'] as const
type Filter = (typeof filters)[number]

const rowHeight = 48

/** Progress of a running or ended import, and what became of every photo. */
export function ImportRun({ onShow }: { onShow: (id: string) => void }) {
  const progress = useImportProgress()
  const [filter, setFilter] = useState<Filter>('all')
  if (!progress) return null
  const count = (wanted: Filter) =>
    wanted === 'all'
      ? progress.entries.length
      : progress.entries.filter(({ state }) => state === wanted).length
  return (
    <div className="flex flex-col gap-3">
      <ProgressBar
        label={phaseWords(progress)}
        value={progress.entries.length === 0 ? 1 : progress.done / progress.entries.length}
        text={progressText(progress)}
        tone={toneOf(progress)}
      />
      <div className="flex">
        <Segmented
          label="Outcomes"
          options={filters.map((id) => ({
            id,
            label: id === 'all' ? 'All' : stateWords[id].label,
            count: formatCount(count(id)),
          }))}
          value={filter}
          onChange={setFilter}
        />
      </div>
      <Outcomes
        entries={
          filter === 'all' ? progress.entries : progress.entries.filter(({ state }) => state === filter)
        }
        onShow={onShow}
      />
    </div>
  )
}

function toneOf({ phase, done, entries }: ImportProgress<unknown>): Tone {
  if (phase !== 'idle' || done < entries.length) return 'accent'
  return entries.some(({ state }) => state === 'failed') ? 'warning' : 'good'
}

function phaseWords({ phase, done, entries }: ImportProgress<unknown>): string {
  if (phase === 'running') return 'Importing'
  if (phase === 'stopping') return 'Stopping after what is under way'
  if (done < entries.length) return 'Import stopped'
  const failed = entries.filter(({ state }) => state === 'failed').length
  return failed === 0 ? 'Import finished' : `Import finished, ${formatAmount(failed, 'failure')} to try again`
}

function progressText({ phase, done, entries, rate, secondsLeft }: ImportProgress<unknown>): string {
  const position = `${formatCount(done)} of ${formatCount(entries.length)}`
  if (phase === 'idle' || rate === null || secondsLeft === null) return position
  return `${position} · ${rate.toFixed(1)} a second · ${formatDuration(secondsLeft * 1000)} left`
}

/** What one can do about an import: stop it, go on, try again what failed, begin another. */
export function ImportRunButtons({
  queue,
  onClose,
}: {
  queue: ImportQueue<NewCelebrityPhoto>
  onClose: () => void
}) {
  const progress = useImportProgress()
  if (!progress) return null
  if (progress.phase !== 'idle') {
    return (
      <>
        <Button className="mr-auto" onPress={queue.cancel} isDisabled={progress.phase === 'stopping'}>
          Stop
        </Button>
        <Button variant="primary" autoFocus onPress={onClose}>
          Go on in the background
        </Button>
      </>
    )
  }
  const failed = progress.entries.filter((entry) => entry.state === 'failed').length
  const waiting = progress.entries.length - progress.done
  const goOn = () => {
    queue.retryFailed()
    void runImport(queue)
  }
  return (
    <>
      <Button variant="ghost" className="mr-auto" onPress={() => importStore.set(null)}>
        Import others
      </Button>
      {failed + waiting > 0 && (
        <Button onPress={goOn}>
          {waiting > 0
            ? `Continue with ${formatCount(waiting + failed)}`
            : `Try ${formatCount(failed)} again`}
        </Button>
      )}
      <Button
        variant="primary"
        onPress={() => {
          importStore.set(null)
          onClose()
        }}
      >
        Done
      </Button>
    </>
  )
}

function Outcomes({ entries, onShow }: { entries: readonly Entry[]; onShow: (id: string) => void }) {
  const scroller = useRef<HTMLDivElement>(null)
  const rows = useVirtualRows({ scroller, rows: entries.length, rowHeight, current: -1 })
  return (
    <div ref={scroller} className="h-80 overflow-y-auto rounded-md border">
      {entries.length === 0 && <p className="p-4 text-ink-3">None.</p>}
      <ul className="relative" style={{ height: rows.height }}>
        {rows.items.map(({ index, start }) => {
          const entry = entries[index]
          return (
            entry && (
              <li
                key={entry.id}
                style={{ height: rowHeight, transform: `translateY(${start}px)` }}
                className="absolute inset-x-0 top-0 flex items-center gap-3 border-b px-3"
              >
                <Outcome entry={entry} onShow={onShow} />
              </li>
            )
          )
        })}
      </ul>
    </div>
  )
}

function Outcome({ entry, onShow }: { entry: Entry; onShow: (id: string) => void }) {
  const { label, tone } = stateWords[entry.state]
  const { name: fileName } = entry.item.file
  const detail = 'reason' in entry ? `${fileName}: ${entry.reason}` : fileName
  const shownId = 'celebrityId' in entry ? entry.celebrityId : null
  return (
    <>
      <span className="w-32 shrink-0">
        <StatusDot tone={tone} isLive={entry.state === 'running'}>
          {label}
        </StatusDot>
      </span>
      <span className="flex min-w-0 grow flex-col">
        <span className="truncate font-medium">{entry.item.name}</span>
        <span className="truncate text-sm text-ink-3" title={detail}>
          {detail}
        </span>
      </span>
      {shownId && (
        <Button size="sm" variant="ghost" onPress={() => onShow(shownId)}>
          Show
        </Button>
      )}
    </>
  )
}
