import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type {
  Decision,
  Import,
  ImportFile,
  ImportFileDetail,
} from '../../../../core/celebrities/contract-import-schemas'
import { useApi } from '../../../rpc/connection'
import { lackOf, neverAccepted } from '../import-words'
import { useNotes } from '../notes'
import type { ImportSearch } from '../search'
import { flipped, isLacking, nextFace, nextToReview } from './review-walk'
import { useDecisions, type Decisions } from './use-decisions'
import { shownOf, useFiles } from './use-files'
import { usePrefetch } from './use-prefetch'

/** Items whose data and photos are loaded ahead. */
const ahead = 3

export interface Review extends Pick<Decisions, 'pending' | 'decide'> {
  list: ReturnType<typeof useFiles>
  /** Place of the item in what is loaded; −1: not there. */
  index: number
  itemId: number | undefined
  /** The item's own data, and those of the photo that is shown: one of its siblings, or itself. */
  item: ImportFileDetail | undefined
  shown: ImportFileDetail | undefined
  shownId: number | undefined
  error: unknown
  /** Nothing of the list is left to decide. */
  isAtEnd: boolean
  canDecide: boolean
  /** Why the photo that is shown can't be accepted, or nothing can be decided about it. */
  whyNot: string | null
  select: (file: Pick<ImportFile, 'id'>) => void
  show: (fileId: number) => void
  walk: (step: 1 | -1) => void
  flip: (step: 1 | -1) => void
  accept: () => void
  reject: () => void
  samePerson: () => void
  differentPerson: () => void
  otherFace: (faceIndex?: number) => void
  reset: () => void
  undo: () => void
  redo: () => void
}

/**
 * The review of an import: where one is in the list, and what one can do there.
 * @param onLack A photo is to be accepted that lacks something without which it can't be published.
 */
export function useReview(
  of: Import,
  filters: ImportSearch,
  onChange: (change: Partial<ImportSearch>) => void,
  onLack: (file: ImportFileDetail, lack: 'name' | 'licence' | 'source') => void,
): Review {
  const list = useFiles(of.id, filters)
  const { items } = list
  const { say } = useNotes()
  const [flip, setFlip] = useState<{ item: number; shown: number }>()
  const [isAtEnd, setAtEnd] = useState(false)
  const itemId = filters.file ?? items[0]?.id
  const index = items.findIndex(({ id }) => id === itemId)
  const shownId = flip && flip.item === itemId ? flip.shown : itemId
  const { item, shown, error } = useShown(of.id, itemId, shownId)
  const canDecide = of.state === 'review' && shown?.published_at === null
  const whyNot = shown ? neverAccepted(shown) : null

  const select = ({ id }: Pick<ImportFile, 'id'>) => {
    setAtEnd(false)
    setFlip(undefined)
    onChange({ file: id })
  }
  const { decide, undo, redo, pending } = useDecisions(
    of.id,
    (id) => select({ id }),
    async (changed) => isLacking(items, changed, filters) && list.query.refetch(),
  )
  const place = (step: number) => items[index + step]?.id
  const siblings = item?.siblings.map(({ id }) => id) ?? []
  const wasOpen = items[index]?.outcome === 'needs_person'
  const next = nextToReview(items, index, new Set(pending.keys()), wasOpen)
  usePrefetch(
    of.id,
    [items[next]?.id, ...siblings.slice(0, 2), ...aheadOf(items, next), place(1), place(-1)].filter(
      (id): id is number => id !== undefined,
    ),
  )

  const about = shown?.person_name ?? shown?.name
  const seen = lastDecision(shown)
  const decideAndGo = (decision: Decision) => {
    decide(decision, about, seen)
    const target = items[nextToReview(items, index, new Set([...pending.keys(), shownId ?? -1]), wasOpen)]
    if (target) select(target)
    else setAtEnd(true)
  }
  const onShown = (act: (file: ImportFileDetail) => unknown) => () => {
    if (canDecide && shown) act(shown)
    else if (of.state === 'review' && whyNot) say(`Nothing was decided. ${whyNot}`, true)
  }
  return {
    list,
    index,
    itemId,
    item,
    shown,
    shownId,
    error,
    pending,
    decide,
    isAtEnd,
    canDecide,
    whyNot,
    select,
    undo,
    redo,
    show: (fileId) => {
      if (itemId !== undefined && (fileId === itemId || siblings.includes(fileId))) {
        setFlip({ item: itemId, shown: fileId })
      } else select({ id: fileId })
    },
    walk: (step) => {
      const target = items[index + step]
      if (target) select(target)
      else if (step === 1) setAtEnd(true)
    },
    flip: (step) => {
      if (itemId === undefined || shownId === undefined || siblings.length === 0) return
      setFlip({ item: itemId, shown: flipped([itemId, ...siblings], shownId, step) })
    },
    accept: onShown((file) => {
      if (whyNot) return say(`Not accepted. ${whyNot}`, true)
      const lack = lackOf(file, of)
      if (lack) return onLack(file, lack)
      decideAndGo({ kind: 'accept', files: [shownOf(file)] })
    }),
    reject: onShown((file) => decideAndGo({ kind: 'reject', file_ids: [file.id] })),
    samePerson: onShown(({ id, reference }) => {
      if (reference?.file_id != null) {
        decideAndGo({ kind: 'same_person', file_id: id, with: { file_id: reference.file_id } })
      } else if (reference?.celebrity_id != null) {
        decideAndGo({ kind: 'same_person', file_id: id, with: { celebrity_id: reference.celebrity_id } })
      }
    }),
    differentPerson: onShown(({ id, reference }) => {
      if (reference) decideAndGo({ kind: 'different_person', file_id: id })
    }),
    otherFace: (faceIndex) =>
      onShown((file) => {
        const face = faceIndex ?? nextFace(file.found_faces, file.face_index)
        const isThere = file.found_faces.some(({ face_index }) => face_index === face)
        if (face !== null && isThere)
          decide({ kind: 'face', file_id: file.id, face_index: face }, about, seen)
      })(),
    reset: onShown(({ id }) => decide({ kind: 'reset', file_ids: [id] }, about, seen)),
  }
}

/** The last decision about a file that its reviewer sees; null: none. */
export function lastDecision(file: Pick<ImportFileDetail, 'decisions'> | undefined): number | null {
  return file?.decisions.reduce<number | null>((last, { id }) => Math.max(last ?? 0, id), null) ?? null
}

/** What comes behind the next one. */
function aheadOf(items: readonly ImportFile[], next: number): (number | undefined)[] {
  return next < 0 ? [] : Array.from({ length: ahead - 1 }, (_, step) => items[next + 1 + step]?.id)
}

function useShown(id: string, itemId: number | undefined, shownId: number | undefined) {
  const api = useApi()
  const item = useQuery({
    ...api.imports.file.queryOptions({ input: { id, file_id: itemId ?? 0 } }),
    enabled: itemId !== undefined,
  })
  const shown = useQuery({
    ...api.imports.file.queryOptions({ input: { id, file_id: shownId ?? 0 } }),
    enabled: shownId !== undefined,
  })
  return { item: item.data, shown: shown.data, error: shown.error }
}
