import { useEffect, useRef, useState } from 'react'
import type { CelebrityFilter } from '../../../../core/celebrities/contract-filter'
import { formatAmount } from '../../../kit/format'
import { notifyDone, notifyFailed } from '../../../kit/toast'
import { useConnection } from '../../../rpc/connection'
import { describeError } from '../../../rpc/errors'
import type { Chosen } from '../selection'

export interface ExportProgress {
  rows: number
  of: number
}

/** What is asked for: all that match, or of them those that are chosen. */
export interface ExportAsk {
  filter: CelebrityFilter
  chosen?: Chosen | undefined
  count: number
}

/** Writes celebrities into a CSV file, piece by piece; `progress` while that lasts. */
export function useExport() {
  const { client } = useConnection()
  const [progress, setProgress] = useState<ExportProgress | null>(null)
  const running = useRef<AbortController>(undefined)
  useEffect(() => () => running.current?.abort(), [])

  const run = async ({ filter, chosen, count }: ExportAsk) => {
    running.current?.abort()
    const controller = new AbortController()
    const { signal } = controller
    running.current = controller
    const which = chosenOf(chosen)
    // A Blob's parts need not stay in memory: a browser keeps large ones on disk.
    let file = new Blob([], { type: 'text/csv;charset=utf-8' })
    let rows = 0
    let cursor: string | undefined
    try {
      do {
        setProgress({ rows, of: count })
        const piece = await client.curation.exportCsv({ filter, ...which, cursor }, { signal })
        file = new Blob([file, piece.text], { type: file.type })
        rows += piece.rows
        cursor = piece.next_cursor ?? undefined
      } while (cursor !== undefined && !signal.aborted)
      if (signal.aborted) return
      download(file, `celebrities-${new Date().toISOString().slice(0, 10)}.csv`)
      notifyDone(`${formatAmount(rows, 'celebrity', 'celebrities')} exported`)
    } catch (error) {
      if (!signal.aborted) notifyFailed('The export did not end', describeError(error))
    } finally {
      if (running.current === controller) setProgress(null)
    }
  }
  return {
    progress,
    run: (ask: ExportAsk) => void run(ask),
    cancel: () => {
      running.current?.abort()
      setProgress(null)
    },
  }
}

function chosenOf(chosen: Chosen | undefined): { ids?: string[]; except?: string[] } {
  if (!chosen) return {}
  if (chosen.mode === 'some') return { ids: [...chosen.ids] }
  return chosen.except.size === 0 ? {} : { except: [...chosen.except] }
}

function download(file: Blob, name: string): void {
  const address = URL.createObjectURL(file)
  const link = document.createElement('a')
  link.href = address
  link.download = name
  link.click()
  // The download has taken hold of it by then.
  setTimeout(() => URL.revokeObjectURL(address), 60_000)
}
